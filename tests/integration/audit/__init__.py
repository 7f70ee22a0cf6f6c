"""The audit log in the database: recording, reading, checkpoints, checking, and what the database itself refuses."""
