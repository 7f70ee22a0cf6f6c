"""Whether one push may go out at one instant: a table of questions, asked in order; the first that says no decides.

It is asked at the moment of sending and never earlier: what was true when a message came may be wrong by then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from server.accounts.rules.roles import COORDINATOR, EXPERT
from server.availability.rules.schedule import NO_HOURS, Reachability
from server.push.rules.kinds import ENDING, KINDS, MESSAGE, NOTICE, PAGE, TEST

WAITING: Final = "waiting"
SENT: Final = "sent"
DROPPED: Final = "dropped"
FAILED: Final = "failed"
STATES: Final = (WAITING, SENT, DROPPED, FAILED)

HELD: Final = "held"
MERGED: Final = "merged"
DECISIONS: Final = (SENT, HELD, MERGED, DROPPED, FAILED)
# What the tallies count beside the decisions.
QUEUED: Final = "queued"

SEND: Final = "send"
PATIENCE: Final = "patience"
SOON: Final = "soon"

# --- why (stable codes; `words` has the sentences)

# The device: nothing of it is sent to whoever has it now.
NO_DEVICE: Final = "no_device"
MOVED: Final = "moved"
SIGNED_OUT: Final = "signed_out"
SUSPENDED: Final = "suspended"
# The person.
NOT_ON_CALL: Final = "not_on_call"
NOT_MEMBER: Final = "not_member"
# What waited waits no longer.
READ: Final = "read"
ACKED: Final = "acked"
ANSWERED: Final = "answered"
CONFIRMED: Final = "confirmed"
TAKEN: Final = "taken"
OVER: Final = "over"
EXPIRED: Final = "expired"
# Sent: within somebody's hours, or to somebody who keeps none.
OPEN: Final = "open"
ALWAYS: Final = "always"
# Merged with what waited.
JOINED: Final = "joined"
# Held although the hours are open: the conversation's own gate is closed (as many talks as the person may have).
GATE: Final = "gate"
# How sending went.
TOKEN_GONE: Final = "token_gone"  # noqa: S105  a code, no password
BROKEN: Final = "broken"
NO_BACKEND: Final = "no_backend"

ON_HOLD: Final = frozenset({MESSAGE, NOTICE})  # these wait for the next opening; others are over with the hours
LOOK_AGAIN: Final = timedelta(days=1)  # without an opening in sight; a change of the hours wakes it at once
# A full expert's gate opens when a talk of theirs is over; one whose time has come is opened by the next sweep.
GATE_AGAIN: Final = timedelta(seconds=30)
SWEPT_WITHIN: Final = timedelta(seconds=2)
# Seen on another device a moment ago: whoever reads there says so within seconds.
PATIENT_FOR: Final = timedelta(seconds=30)
_PAGES: Final = frozenset({PAGE, TEST})
# What a device that has acknowledged it needs no push for. A page is never among them: an open desk tab is no proof
# that somebody is awake.
_ACKED_COUNTS: Final = frozenset({MESSAGE, ENDING, NOTICE})


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that decides about one delivery.

    `device` and `waits` are "" or the code of why not. `hours` are those of an expert, of their duty shift for a duty
    line; None for nobody's. `gate` says that the message waits behind the conversation's gate, until `gate_opens_at`
    if that is known. `acked`: this very device has it. `elsewhere`: another device, connected now, has it. `patient`:
    it has waited for that once already.
    """

    kind: str
    now: datetime
    expires_at: datetime
    role: str
    device: str = ""
    waits: str = ""
    hours: Reachability | None = None
    gate: bool = False
    gate_opens_at: datetime | None = None
    acked: bool = False
    elsewhere: bool = False
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """What to do, why, by which rule: that of the hours, and where another question decided, the reason is its name.

    `until`: looked at again then; or not to be sent at or after that instant.

    `opening` is when the person can be reached again, as far as that is known. `ttl_seconds` is how long the push
    service may keep it: never beyond `until`.
    """

    decision: str
    reason: str = ""
    rule_id: str = ""
    until: datetime | None = None
    opening: datetime | None = None
    ttl_seconds: int = 0


def decide(case: Case) -> Ruling:
    """Return what becomes of a delivery now: send, held, dropped or (a page that came too late) failed; or to be looked
    at again in a moment, of which nobody reads: patience (once) and soon."""
    if case.device:
        return drop(case.device)
    if case.kind in _PAGES and case.role != COORDINATOR:
        return drop(NOT_ON_CALL)
    if case.waits:
        return drop(case.waits)
    if case.now >= case.expires_at:
        return fail(EXPIRED) if case.kind == PAGE else drop(EXPIRED)
    return _ask_hours(case) or _ask_gate(case) or _ask_devices(case) or _allow(case)


def drop(reason: str) -> Ruling:
    """Return that it is not sent, for a reason that is a rule by itself."""
    return Ruling(DROPPED, reason, reason)


def fail(reason: str) -> Ruling:
    """Return that it could not be sent, for a reason that is a rule by itself."""
    return Ruling(FAILED, reason, reason)


def find_silence(kind: str, hours: Reachability, now: datetime) -> Ruling:
    """Return what becomes of a push for somebody who cannot be reached: held until they can, or over."""
    if kind not in ON_HOLD:
        return Ruling(DROPPED, OVER, hours.rule_id)
    return Ruling(HELD, hours.reason, hours.rule_id, hours.next_opening or now + LOOK_AGAIN, hours.next_opening)


def _ask_hours(case: Case) -> Ruling | None:
    if not _keeps_hours(case):
        return None
    hours = case.hours or Reachability(False, None, None, NO_HOURS, "weekly")
    return None if hours.open else find_silence(case.kind, hours, case.now)


def _ask_gate(case: Case) -> Ruling | None:
    if not case.gate:
        return None
    if case.gate_opens_at is not None and case.gate_opens_at <= case.now:
        return Ruling(SOON, until=case.now + SWEPT_WITHIN)
    return Ruling(HELD, GATE, GATE, until=case.gate_opens_at or case.now + GATE_AGAIN, opening=case.gate_opens_at)


def _ask_devices(case: Case) -> Ruling | None:
    if case.kind not in _ACKED_COUNTS:
        return None
    if case.acked:
        return drop(ACKED)
    if case.elsewhere and not case.patient:
        return Ruling(PATIENCE, until=case.now + PATIENT_FOR)
    return None


def _allow(case: Case) -> Ruling:
    if not _keeps_hours(case) or case.hours is None:
        return Ruling(SEND, ALWAYS, ALWAYS, case.expires_at, ttl_seconds=find_ttl(case.kind, case.now, case.expires_at))
    sent = Ruling(SEND, OPEN, case.hours.rule_id or OPEN, case.expires_at)
    if case.hours.until is not None:
        sent = replace(sent, until=min(case.expires_at, case.hours.until))
    return replace(sent, ttl_seconds=find_ttl(case.kind, case.now, sent.until or case.now))


def find_ttl(kind: str, now: datetime, until: datetime) -> int:
    """Return for how many whole seconds a push service may keep a push: not beyond `until`, nor its kind's time."""
    return max(0, int(min(KINDS[kind].ttl, until - now).total_seconds()))


def _keeps_hours(case: Case) -> bool:
    return case.role == EXPERT and KINDS[case.kind].asks_reachability
