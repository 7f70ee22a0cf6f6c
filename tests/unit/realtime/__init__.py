"""The socket without a database."""
