"""The only writers of the audit tables. Lock order: audit streams ascending, after every other lock there is."""

from server.audit.actions.recording import record_entries, record_restore

__all__ = ["record_entries", "record_restore"]
