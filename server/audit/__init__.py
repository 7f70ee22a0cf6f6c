"""Who did or looked at what: an append-only log of ids and codes, chained by hashes, anchored outside the database."""
