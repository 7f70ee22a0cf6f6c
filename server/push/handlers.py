"""What the push room does about facts of other rooms. Facts come at least once: a repeat joins what still waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from server.accounts.device_queries import list_device_places
from server.availability.rules.reading import read_instant
from server.events.facts import (
    DutyOffered,
    HelpPickedUp,
    HoursChanged,
    HoursEnding,
    MessageAccepted,
    PageQueued,
    PairingMoved,
    PersonSuspended,
    SessionEnded,
    TestPageAsked,
)
from server.push.actions.queueing import Want, queue_for, queue_pushes
from server.push.actions.waking import drop_of_people, drop_of_sessions, wake_held
from server.push.rules.kinds import DUTY, ENDING, MESSAGE, NOTICE, PAGE, TEST

_EMERGENCY: Final = "emergency"
# Steps of a pairing after which the two have something to do in the app; of all others they read when they open it.
_OPENED_FOR: Final = frozenset({"propose", "introduce", "activate", "close"})


def on_message_accepted(facts: Sequence[MessageAccepted], now: datetime) -> None:
    """Queue a push for each device of each member who did not write it. Heard for every message: for people without a
    device it costs one statement a batch, and nothing is made for them."""
    places = list_device_places({one for fact in facts for one in fact.recipient_ids}, now=now)
    reached = {one.person_id for one in places}
    if reached:
        wants = [_want_message(fact, one, now) for fact in facts for one in reached.intersection(fact.recipient_ids)]
        queue_for(places, wants, now=now)


def on_page_queued(facts: Sequence[PageQueued], now: datetime) -> None:
    """Call a coordinator. At an emergency, and only then, it breaks their do-not-disturb."""
    wants = [
        Want(
            PAGE,
            fact.recipient_id,
            fact.escalation_id,
            _read(fact.at, now),
            subject=fact.page_id,
            breaks_silence=fact.level == _EMERGENCY,
        )
        for fact in facts
    ]
    queue_pushes(wants, now=now)


def on_test_page_asked(facts: Sequence[TestPageAsked], now: datetime) -> None:
    """Have a coordinator show that a page reaches them."""
    wants = [
        Want(TEST, fact.recipient_id, fact.test_page_id, _read(fact.at, now), subject=fact.test_page_id)
        for fact in facts
    ]
    queue_pushes(wants, now=now)


def on_duty_offered(facts: Sequence[DutyOffered], now: datetime) -> None:
    """Ask experts on a duty shift whether they have room."""
    wants = [
        Want(DUTY, one, fact.request_id, _read(fact.at, now), subject=fact.request_id)
        for fact in facts
        for one in fact.person_ids
    ]
    queue_pushes(wants, now=now)


def on_hours_ending(facts: Sequence[HoursEnding], now: datetime) -> None:
    """Tell experts that their hours end soon."""
    wants = [Want(ENDING, fact.person_id, fact.until, now, until=_read(fact.until, now)) for fact in facts]
    queue_pushes(wants, now=now)


def on_pairing_moved(facts: Sequence[PairingMoved], now: datetime) -> None:
    """Tell a youth and an expert that something waits for them, when a step leaves them something to do."""
    wants = [
        Want(NOTICE, one, "", _read(fact.at, now))
        for fact in facts
        if fact.verb in _OPENED_FOR
        for one in (fact.youth_id, fact.expert_id)
    ]
    queue_pushes(wants, now=now)


def on_help_picked_up(facts: Sequence[HelpPickedUp], now: datetime) -> None:
    """Tell a youth who called for help that there is news in the app."""
    queue_pushes([Want(NOTICE, fact.youth_id, "", _read(fact.at, now)) for fact in facts], now=now)


def on_hours_changed(facts: Sequence[HoursChanged], now: datetime) -> None:
    """Ask again about what is held for these people."""
    wake_held(person_ids={fact.person_id for fact in facts}, now=now)


def on_session_ended(facts: Sequence[SessionEnded], now: datetime) -> None:
    """Drop what waits for a device that its person has signed out of."""
    drop_of_sessions(person_ids={fact.person_id for fact in facts}, now=now)


def on_person_suspended(facts: Sequence[PersonSuspended], now: datetime) -> None:
    """Drop all that waits for somebody who is shut out."""
    drop_of_people(person_ids={fact.person_id for fact in facts}, now=now)


def _want_message(fact: MessageAccepted, person_id: str, now: datetime) -> Want:
    at = _read(fact.at, now)
    return Want(MESSAGE, person_id, fact.conversation_id, at, fact.conversation_id, fact.seq)


def _read(at: str, now: datetime) -> datetime:
    return read_instant(at) if at else now
