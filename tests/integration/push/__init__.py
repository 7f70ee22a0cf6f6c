"""The push room against a real database, the way out of the house replaced by a stand-in."""
