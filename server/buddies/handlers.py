"""What the buddies room does about facts of other rooms. Facts come at least once: each handler is idempotent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.accounts.rules.roles import EXPERT
from server.availability.rules.reading import read_instant
from server.buddies.actions.errands import BLOCKED, HOURS, ROLE, SUSPENDED, note_errands
from server.buddies.actions.warmth import hear_youths
from server.events.facts import BlockPlaced, HoursChanged, MessageAccepted, PersonSuspended, RoleChanged
from server.events.seen import Seen

_heard: Seen[tuple[str, str, datetime]] = Seen()  # who wrote where in which hour, experts included


def on_message_accepted(facts: Sequence[MessageAccepted], now: datetime) -> None:
    """Move the reminders of youths who wrote: by the hour, which is fine enough for days and spares the database.

    After all of the relay's listeners for this fact but push's, since pairings are locked after hours and streams.
    """
    at = {one.message_id: read_instant(one.at) if one.at else now for one in facts}
    heard = _heard.list_new((one.conversation_id, one.sender_id, _floor(at[one.message_id])) for one in facts)
    if heard:
        new = {(talk, sender) for talk, sender, _ in heard}
        times = {(one.conversation_id, one.sender_id): at[one.message_id] for one in facts}
        hear_youths(heard={key: time for key, time in times.items() if key in new})
        _heard.remember(heard)


def on_hours_changed(facts: Sequence[HoursChanged], now: datetime) -> None:
    """Look soon at who covers for these people."""
    note_errands(kind=HOURS, people=[(one, None) for one in sorted({fact.person_id for fact in facts})], now=now)


def on_block_placed(facts: Sequence[BlockPlaced], now: datetime) -> None:
    """Part a youth and an expert of whom one has blocked the other: somebody else is found, nobody has to explain."""
    note_errands(kind=BLOCKED, people=[(one.blocker_id, one.blocked_id) for one in facts], now=now)


def on_person_suspended(facts: Sequence[PersonSuspended], now: datetime) -> None:
    """Find somebody else for the youths of an expert who is shut out; their coordinators see each of it."""
    note_errands(kind=SUSPENDED, people=[(one.person_id, None) for one in facts], now=now)


def on_role_changed(facts: Sequence[RoleChanged], now: datetime) -> None:
    """Find somebody else for the youths of an expert who is something else now."""
    people = sorted({fact.person_id for fact in facts if fact.from_role == EXPERT})
    note_errands(kind=ROLE, people=[(one, None) for one in people], now=now)


def _floor(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
