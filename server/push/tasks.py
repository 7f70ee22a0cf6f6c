"""What is due for pushes: one bounded step at a time, safe with any number of workers."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from server.accounts.rules.platforms import PLATFORMS
from server.push.actions.leasing import hurry_probe, list_stopped, take_calls, take_deliveries, take_probe
from server.push.actions.pruning import prune_decisions, prune_deliveries
from server.push.actions.sending import FindBackend, send_deliveries
from server.push.actions.stopping import resume_backend
from server.push.backends.choosing import find_backend, find_call_backend

DUE: Final = "push_delivery WHERE state = 'waiting' AND due_at <= %(now)s::timestamptz"
DUE_CALLS: Final = f"{DUE} AND urgent"


def step_send(now: datetime, find: FindBackend = find_backend) -> bool:
    """Send one batch of pushes that are due; say whether there was one.

    The hold on them is committed first. While a backend is stopped, what goes out by it waits, and one delivery a
    minute is tried. `find` returns the backend of a platform.
    """
    stopped = list_stopped()
    probe = take_probe(list(stopped.values()), now=now)
    if probe is not None and _probe(probe, find, now):
        return True
    taken = take_deliveries([one for one in PLATFORMS if find(one).name not in stopped], now=now)
    if taken:
        send_deliveries(taken, find, now=now)
    return bool(taken)


def step_call(now: datetime, find: FindBackend = find_call_backend) -> bool:
    """Send one batch of calls that are due; say whether there was one.

    Beside `step_send`, which takes them as well: while that one waits for a push service that does not answer, another
    may still carry a page.
    """
    stopped = list_stopped()
    taken = take_calls([one for one in PLATFORMS if find(one).name not in stopped], now=now)
    if taken:
        send_deliveries(taken, find, now=now)
    return bool(taken)


def step_prune(now: datetime) -> bool:
    """Remove a bounded number of deliveries and decisions whose time of keeping is over; say whether there were any."""
    return bool(prune_deliveries(now=now) + prune_decisions(now=now))


def _probe(backend: str, find: FindBackend, now: datetime) -> bool:
    platforms = [one for one in PLATFORMS if find(one).name == backend]
    if not platforms:  # it is no longer one of this installation's
        resume_backend(backend=backend)
        return False
    taken = take_deliveries(platforms, now=now, most=1)
    if taken and not send_deliveries(taken, find, now=now, probing=True):
        hurry_probe(backend, now=now)
    return bool(taken)
