"""The roster: dated shifts, who stands on them, and taking them off."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, get_team_zone, list_cards
from server.availability.access import access_colleague, access_shift
from server.availability.actions.changing import change_hours
from server.availability.actions.teams import ensure_team_hours
from server.availability.errors import (
    DateMalformed,
    ShiftChanged,
    ShiftMalformed,
    ShiftOver,
    ShiftOverlap,
    ShiftPast,
    ShiftRepeats,
    WindowEmpty,
    WindowMalformed,
)
from server.availability.models import Shift, ShiftSwap
from server.availability.policies import fits_shift, require_keep_roster, require_shift_role
from server.availability.queries import find_shift_span
from server.availability.rules.kinds import require_shift_kind
from server.availability.rules.reading import read_date, read_window
from server.availability.rules.schedule import Window
from server.availability.states import SHIFT_SWAP

MOST_REPEATS = 53
_YEAR = timedelta(days=366)
_REACH = timedelta(days=2)


def add_shifts(
    *,
    actor: PersonCard,
    kind: str,
    on: str,
    start: str,
    end: str,
    person_id: UUID | str | None = None,
    weeks: int = 1,
    now: datetime,
) -> list[Shift]:
    """Put a shift on the team's roster on a date, and on the same weekday of the weeks after; return them in order.

    Times are `HH:MM` in the team's zone; without a person it is nobody's yet. Raises Forbidden, NotFound (the person),
    ShiftKindUnknown, ShiftMalformed, ShiftRepeats, ShiftPast, ShiftRole, ShiftOverlap. Publishes HoursChanged for the
    person. Locks as `change_hours`.
    """
    require_keep_roster(actor)
    dates, window = _read_dates(on, weeks), _read_times(start, end)
    person = access_colleague(actor, person_id) if person_id is not None else None
    if person is not None:
        require_shift_role(person, require_shift_kind(kind))
    shared = {"kind": require_shift_kind(kind), "zone": get_team_zone(actor.team_id)}
    drafts = [_draft(actor, person, day, window, shared, now) for day in dates]
    _require_coming_year(drafts, now)
    with _changing([person], now):
        ensure_team_hours(actor.team_id, now)
        _require_free(person, drafts)
        return Shift.objects.bulk_create(drafts)


def assign_shift(*, actor: PersonCard, shift_id: UUID | str, person_id: UUID | str | None, now: datetime) -> Shift:
    """Give a shift of the team to somebody else, or to nobody; swaps that were proposed for it fall away.

    Raises Forbidden, NotFound (shift or person), ShiftRole, ShiftOver, ShiftOverlap, ShiftChanged. Publishes
    HoursChanged for both. Locks as `change_hours`.
    """
    require_keep_roster(actor)
    shift = access_shift(actor, shift_id)
    person = access_colleague(actor, person_id) if person_id is not None else None
    if person is not None:
        require_shift_role(person, shift.kind)
    require_not_over(shift, now)
    with _changing([_find_owner(shift), person], now):
        hand_over_shift(shift, person, now)
        withdraw_swaps(shift, UUID(actor.id), now)
    return shift


def remove_shift(*, actor: PersonCard, shift_id: UUID | str, now: datetime) -> None:
    """Take a shift off the roster; swaps that were proposed for it fall away.

    Raises Forbidden, NotFound, ShiftOver, ShiftChanged. Publishes HoursChanged. Locks as `change_hours`.
    """
    require_keep_roster(actor)
    shift = access_shift(actor, shift_id)
    require_not_over(shift, now)
    with _changing([_find_owner(shift)], now):
        _require_one(_unchanged(shift).update(removed_at=now))
        withdraw_swaps(shift, UUID(actor.id), now)


def vacate_shifts(*, team_id: UUID | str, now: datetime) -> None:
    """Make the shifts of a team ahead nobody's on which somebody stands whose role they are not for any longer.

    Idempotent. Publishes HoursChanged. Locks as `change_hours`.
    """
    ahead = Shift.objects.filter(team_id=team_id, removed_at=None, on__gte=(now - _REACH).date()).order_by("id")
    taken = [one for one in ahead.exclude(person_id=None) if find_shift_span(one)[1] > now]
    cards = list_cards(one.person_id for one in taken)
    unfit = [one for one in taken if not fits_shift(cards[str(one.person_id)], one.kind)]
    with _changing([cards[str(one.person_id)] for one in unfit], now):
        for shift in unfit:
            _unchanged(shift).update(person_id=None)
            withdraw_swaps(shift, None, now)


def hand_over_shift(shift: Shift, person: PersonCard | None, now: datetime) -> None:
    """Change whose shift it is; the caller holds the hours of both. Raises ShiftOverlap, ShiftChanged."""
    _require_free(person, [shift])
    owner = UUID(person.id) if person is not None else None
    _require_one(_unchanged(shift).update(person_id=owner))
    shift.person_id = owner


def withdraw_swaps(shift: Shift, decided_by: UUID | None, now: datetime) -> None:
    """Let the swaps fall away that are still proposed for a shift; without anybody the server decides it."""
    state = SHIFT_SWAP.require_step("withdraw", SHIFT_SWAP.start)
    proposed = ShiftSwap.objects.filter(shift=shift, state=SHIFT_SWAP.start)
    proposed.update(state=state, decided_at=now, decided_by=decided_by)


def require_not_over(shift: Shift, now: datetime) -> None:
    """Raise ShiftOver when the shift has ended."""
    if find_shift_span(shift)[1] <= now:
        raise ShiftOver()


def _read_dates(on: str, weeks: int) -> list[date]:
    if not 1 <= weeks <= MOST_REPEATS:
        raise ShiftRepeats()
    try:
        first = read_date(on)
    except DateMalformed:
        raise ShiftMalformed() from None
    return [first + timedelta(weeks=number) for number in range(weeks)]


def _read_times(start: str, end: str) -> Window:
    try:
        return read_window(start, end)
    except (WindowMalformed, WindowEmpty):
        raise ShiftMalformed() from None


def _draft(
    actor: PersonCard, person: PersonCard | None, on: date, window: Window, shared: dict[str, Any], now: datetime
) -> Shift:
    return Shift(
        team_id=UUID(actor.team_id),
        person_id=UUID(person.id) if person is not None else None,
        on=on,
        start=window.start,
        end=window.end,
        created_by=UUID(actor.id),
        created_at=now,
        **shared,
    )


def _require_coming_year(drafts: Sequence[Shift], now: datetime) -> None:
    begin, _ = find_shift_span(drafts[-1])
    _, end = find_shift_span(drafts[0])
    if end <= now or begin > now + 2 * _YEAR or find_shift_span(drafts[0])[0] > now + _YEAR:
        raise ShiftPast()


def _require_free(person: PersonCard | None, shifts: Sequence[Shift]) -> None:
    if person is None:
        return
    first, last = shifts[0].on - _REACH, shifts[-1].on + _REACH
    others = Shift.objects.filter(person_id=person.id, removed_at=None, on__gte=first, on__lte=last)
    taken = [find_shift_span(one) for one in others.exclude(id__in=[shift.id for shift in shifts])]
    for begin, end in map(find_shift_span, shifts):
        if any(start < end and begin < stop for start, stop in taken):
            raise ShiftOverlap()


def _changing(people: Sequence[PersonCard | None], now: datetime) -> AbstractContextManager[Any]:
    concerned = {one.id: one for one in people if one is not None}
    return change_hours(list(concerned.values()), now=now) if concerned else transaction.atomic()


def _find_owner(shift: Shift) -> PersonCard | None:
    return list_cards([shift.person_id]).get(str(shift.person_id)) if shift.person_id else None


def _unchanged(shift: Shift) -> Any:
    return Shift.objects.filter(id=shift.id, person_id=shift.person_id, removed_at=None)


def _require_one(updated: int) -> None:
    if updated != 1:
        raise ShiftChanged()
