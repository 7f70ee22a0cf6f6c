"""What is due about complaints: one bounded step at a time, safe with any number of workers."""

from __future__ import annotations

from datetime import datetime

from server.safety.actions.complaints import assign_due_complaint, signal_due_complaint


def step_complaints(now: datetime) -> bool:
    """Find handlers for one complaint, or have the coordinators hear of one; say whether there was anything to do."""
    return assign_due_complaint(now=now) or signal_due_complaint(now=now)
