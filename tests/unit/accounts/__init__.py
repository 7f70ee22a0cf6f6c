"""The rules of the accounts room, without a database."""
