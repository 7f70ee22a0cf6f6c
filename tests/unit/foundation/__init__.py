"""Test the floor that knows no app, without a database."""
