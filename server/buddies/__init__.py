"""The room of buddy pairings: from a youth who asks to a pairing that ends well."""
