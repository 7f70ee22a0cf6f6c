"""Tests without a database, in the order of `server/`."""
