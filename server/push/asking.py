"""Asking everything that decides about a batch of deliveries, at this very moment: a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from server.accounts.device_queries import PushDevice, list_push_devices
from server.accounts.rules.roles import EXPERT
from server.availability.queries import list_reachability, list_shift_reachability
from server.availability.rules.kinds import DUTY as DUTY_SHIFT
from server.availability.rules.schedule import Reachability
from server.ports.calls import DutyCalls, PageCalls
from server.ports.registry import ask_port
from server.ports.talks import TalkKeeper, Waiting
from server.push.actions.leasing import Taken
from server.push.rules.deciding import (
    ANSWERED,
    CONFIRMED,
    MOVED,
    NO_DEVICE,
    NOT_MEMBER,
    READ,
    SIGNED_OUT,
    SUSPENDED,
    TAKEN,
    Case,
)
from server.push.rules.kinds import DUTY, KINDS, MESSAGE, NOTICE, PAGE, TEST
from server.realtime.ack_queries import Progresses, load_progresses

# A line of the duty pool is open to an expert by their duty shift, every other conversation by their hours.
_LINE: Final = "line"
_WAITS: Final = {PAGE: ANSWERED, TEST: CONFIRMED, DUTY: TAKEN}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The answers."""

    devices: Mapping[str, PushDevice]
    talks: Mapping[tuple[str, str], Waiting] = field(default_factory=dict)
    calls: frozenset[str] = frozenset()
    hours: Mapping[str, Reachability] = field(default_factory=dict)
    shifts: Mapping[str, Reachability] = field(default_factory=dict)
    progresses: Progresses = field(default_factory=Progresses)


@dataclass(frozen=True, slots=True)
class Asked:
    """A delivery with all that decides about it, and the device that it would go to, if that is its person's still."""

    taken: Taken
    case: Case
    device: PushDevice | None


def ask_cases(taken: Sequence[Taken], *, now: datetime) -> list[Asked]:
    """Return the case of each of these deliveries as it is now, in order. At most twelve statements, and what
    `load_schedules` needs; those about a kind only when there is one of it."""
    devices = list_push_devices({one.device_id for one in taken}, now=now)
    alive = [one for one in taken if _find_fault(one, devices.get(one.device_id)) == ""]
    answers = _ask(alive, devices, now)
    return [_make(one, answers, now) for one in taken]


def _ask(alive: Sequence[Taken], devices: Mapping[str, PushDevice], now: datetime) -> _Asked:
    places = [(one.person_id, one.conversation_id) for one in alive if one.kind == MESSAGE and one.conversation_id]
    talks = ask_port(TalkKeeper).list_waiting(places) if places else {}
    experts = [one for one in alive if devices[one.device_id].role == EXPERT and KINDS[one.kind].asks_reachability]
    on_shift = {one.person_id for one in experts if _goes_by_shift(one, talks)}
    by_hours = {one.person_id for one in experts if not _goes_by_shift(one, talks)}
    others = [one for one in alive if not one.urgent]
    return _Asked(
        devices,
        talks,
        _ask_calls(alive, now),
        list_reachability(by_hours, now) if by_hours else {},
        list_shift_reachability(on_shift, DUTY_SHIFT, now) if on_shift else {},
        _ask_progresses(others, now) if others else Progresses(),
    )


def _ask_calls(alive: Sequence[Taken], now: datetime) -> frozenset[str]:
    """Return the subjects of pages, test pages and duty requests that still wait for somebody."""
    by_kind = {kind: [one.subject for one in alive if one.kind == kind and one.subject] for kind in _WAITS}
    found: set[str] = set()
    if by_kind[PAGE]:
        found |= ask_port(PageCalls).list_waiting_pages(by_kind[PAGE])
    if by_kind[TEST]:
        found |= ask_port(PageCalls).list_waiting_tests(by_kind[TEST], now=now)
    if by_kind[DUTY]:
        found |= ask_port(DutyCalls).list_open_offers(by_kind[DUTY])
    return frozenset(found)


def _ask_progresses(others: Sequence[Taken], now: datetime) -> Progresses:
    talks = {one.conversation_id for one in others if one.conversation_id}
    return load_progresses({one.person_id for one in others}, talks, now=now)


def _goes_by_shift(one: Taken, talks: Mapping[tuple[str, str], Waiting]) -> bool:
    talk = talks.get((one.person_id, one.conversation_id or ""))
    return one.kind == DUTY or (talk is not None and talk.kind == _LINE)


def _find_fault(taken: Taken, device: PushDevice | None) -> str:
    """Return why nothing of this person's may go to the device, "" when it may."""
    if device is None:
        return NO_DEVICE
    if device.person_id != taken.person_id:
        return MOVED
    if device.is_suspended:
        return SUSPENDED
    here = not device.is_ended if KINDS[taken.kind].wakes else device.is_live
    return "" if here else SIGNED_OUT


def _make(taken: Taken, asked: _Asked, now: datetime) -> Asked:
    device = asked.devices.get(taken.device_id)
    fault = _find_fault(taken, device)
    if device is None or fault:
        return Asked(taken, Case(taken.kind, now, taken.expires_at, "", device=fault), None)
    talk = asked.talks.get((taken.person_id, taken.conversation_id or ""))
    hours = asked.shifts if _goes_by_shift(taken, asked.talks) else asked.hours
    place = _find_place(taken, talk, asked)
    case = Case(
        kind=taken.kind,
        now=now,
        expires_at=taken.expires_at,
        role=device.role,
        waits=_find_end(taken, talk, asked),
        hours=hours.get(taken.person_id),
        gate=talk is not None and talk.seq == 0 and talk.hidden,
        gate_opens_at=talk.opens_at if talk is not None else None,
        acked=asked.progresses.has_acked(taken.person_id, device.session_id, place),
        elsewhere=asked.progresses.has_elsewhere(taken.person_id, device.session_id, place),
        patient=taken.patient,
    )
    return Asked(taken, case, device)


def _find_place(taken: Taken, talk: Waiting | None, asked: _Asked) -> int | None:
    """Return up to where a device must have acknowledged the log so as to need no push; None: it needs it anyway.

    What a held notice is about comes into the log at the opening as well, perhaps a moment after this question.
    """
    if taken.kind == NOTICE and taken.held:
        return None
    return asked.progresses.find_place(taken.person_id, taken.conversation_id, talk.seq if talk else taken.seq)


def _find_end(taken: Taken, talk: Waiting | None, asked: _Asked) -> str:
    """Return why nothing waits for the person any more, "" while something does."""
    if taken.kind == MESSAGE:
        if talk is None:
            return NOT_MEMBER
        return "" if talk.seq or talk.hidden else READ
    if taken.kind in _WAITS and taken.subject not in asked.calls:
        return _WAITS[taken.kind]
    return ""
