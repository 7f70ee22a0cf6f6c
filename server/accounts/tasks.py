"""What is due in the accounts room: one bounded step at a time, safe with any number of workers."""

from __future__ import annotations

from datetime import datetime

from server.accounts.actions.devices import forget_old_devices
from server.accounts.actions.passkeys import forget_lapsed_challenges
from server.accounts.actions.tickets import forget_spent_tickets


def step_forget_tickets(now: datetime) -> bool:
    """Forget a bounded number of lapsed tickets and of questions to passkeys; say whether there were any."""
    return forget_spent_tickets(now=now) + forget_lapsed_challenges(now=now) > 0


def step_forget_devices(now: datetime) -> bool:
    """Forget a bounded number of push registrations that nobody has renewed; say whether there were any."""
    return forget_old_devices(now=now) > 0
