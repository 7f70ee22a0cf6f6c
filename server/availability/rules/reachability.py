"""The one question: may this person be reached at this instant, until when, and when again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Final

from server.availability.rules.days import DAY, Calendar, read_hours, read_shifts
from server.availability.rules.schedule import NO_HOURS, OUTSIDE_HOURS, Reachability, Schedule
from server.availability.rules.wall_clock import read_wall
from server.availability.rules.weeks import Piece, find_week, lay_out_week

HORIZON_DAYS: Final = 70
_INSTANT: Final = timedelta(microseconds=1)
# No zone is further from UTC than 26 hours: what may lie on a local date begins and ends within two days of it.
_FAR: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hours within one local date by one rule: [starts_at, ends_at) in UTC, and what the wall shows at both.

    A stretch that goes on over midnight ends at 00:00, and the next date's begins there.
    """

    on: date
    starts_at: datetime
    ends_at: datetime
    start: time
    end: time
    rule_id: str


def reachability(schedule: Schedule, at: datetime, *, horizon_days: int = HORIZON_DAYS) -> Reachability:
    """Return whether the person may be reached at an instant of any zone; the answer's instants are UTC.

    What lies more than `horizon_days` after `at` counts as unknown. The same schedule asked again costs microseconds.
    Raises ZoneInfoNotFoundError, ValueError when `at` has no zone, OverflowError near the ends of the calendar.
    """
    return _answer(read_hours(schedule), at, timedelta(days=horizon_days))


def find_shift(schedule: Schedule, kind: str, at: datetime) -> Reachability:
    """Return whether the person has a shift of this kind at an instant; absences and pauses close one, duty also caps
    and rest.

    `rule_id` is `shifts` outside of all. The reason is NO_HOURS when none is ahead within HORIZON_DAYS. Raises as
    `reachability` does.
    """
    answer = _answer(read_shifts(schedule, kind), at, timedelta(days=HORIZON_DAYS))
    if answer.reason == OUTSIDE_HOURS and answer.next_opening is None:
        return replace(answer, reason=NO_HOURS)
    return answer


def preview(schedule: Schedule, first_day: date, days: int = 28) -> list[Stretch]:
    """Return when the person may be reached on so many local dates, in order. Raises as `reachability` does."""
    stretches: list[Stretch] = []
    for piece in _list_pieces(read_hours(schedule), first_day, first_day + DAY * (days - 1)):
        if piece.verdict.open:
            stretch = _describe(piece, schedule.zone)
            if stretches and _goes_on(stretches[-1], stretch):
                stretch = replace(stretch, starts_at=stretches[-1].starts_at, start=stretches.pop().start)
            stretches.append(stretch)
    return stretches


def _answer(calendar: Calendar, at: datetime, horizon: timedelta) -> Reachability:
    if at.tzinfo is None:
        raise ValueError("an instant has a zone")
    at = at.astimezone(UTC)
    week = lay_out_week(calendar, find_week(at))
    verdict = week.pieces[week.find_place(at)].verdict
    turn = _find_turn(calendar, at, at + horizon)
    if verdict.open:
        return Reachability(True, turn, None, verdict.reason, verdict.rule_id)
    return Reachability(False, None, turn, verdict.reason, verdict.rule_id)


def _find_turn(calendar: Calendar, at: datetime, last: datetime) -> datetime | None:
    """Return the first instant after `at`, `last` at the latest, at which being open turns."""
    week = lay_out_week(calendar, find_week(at))
    place = week.find_place(at)
    before = week.pieces[place].verdict.open
    later = (lay_out_week(calendar, number).pieces for number in range(find_week(at) + 1, find_week(last) + 1))
    for piece in chain(week.pieces[place + 1 :], chain.from_iterable(later)):
        if piece.verdict.open is not before:
            return piece.start if piece.start <= last else None
    return None


def _list_pieces(calendar: Calendar, first: date, last: date) -> Iterator[Piece]:
    begin, end = (datetime.combine(on, time.min, UTC) for on in (first, last))
    for number in range(find_week(begin - _FAR), find_week(end + _FAR) + 1):
        yield from (piece for piece in lay_out_week(calendar, number).pieces if first <= piece.on <= last)


def _describe(piece: Piece, zone: str) -> Stretch:
    start = read_wall(piece.start, zone).time()
    end = (read_wall(piece.end - _INSTANT, zone) + _INSTANT).time()
    return Stretch(piece.on, piece.start, piece.end, start, end, piece.verdict.rule_id)


def _goes_on(earlier: Stretch, later: Stretch) -> bool:
    return (earlier.on, earlier.ends_at, earlier.rule_id) == (later.on, later.starts_at, later.rule_id)
