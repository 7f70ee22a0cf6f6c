"""What an entry may say, how entries are chained, and how a chain is checked. Pure."""
