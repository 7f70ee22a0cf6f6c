"""Test the commands, without a database."""
