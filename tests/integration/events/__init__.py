"""The outbox and its relay."""
