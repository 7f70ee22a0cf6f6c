"""The chat room without a database."""
