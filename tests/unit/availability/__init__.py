"""Hours without a database."""
