"""What is due in the accounts room: one bounded step at a time, safe with any number of workers."""

from __future__ import annotations

from datetime import datetime

from server.accounts.actions.tickets import forget_spent_tickets


def step_forget_tickets(now: datetime) -> bool:
    """Forget a bounded number of lapsed tickets; say whether there were any."""
    return forget_spent_tickets(now=now) > 0
