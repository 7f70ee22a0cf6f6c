"""Rooms with their database: the same tests on PostgreSQL and on SQLite."""
