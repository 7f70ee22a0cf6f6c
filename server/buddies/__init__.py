"""The room of buddy pairings: from a youth who asks to a pairing that ends well (its own issue builds it)."""
