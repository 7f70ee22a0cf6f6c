"""What a schedule says about one date on the wall: which hours begin on it, and who has the last word on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from server.availability.rules.kinds import DUTY
from server.availability.rules.schedule import (
    ABSENCE,
    EXCEPTION,
    HOLIDAY,
    NO_HOURS,
    OUTSIDE_HOURS,
    PAUSE,
    REASONS,
    Absence,
    Closure,
    DatedException,
    Schedule,
)
from server.availability.rules.windows import measure, normalise_windows

DAY: Final = timedelta(days=1)
_SCHEDULES_KEPT: Final = 1_024


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may be reached, and what says so; `reason` is "" when they may."""

    open: bool
    reason: str
    rule_id: str


@dataclass(frozen=True, slots=True)
class Slot:
    """Hours that begin on a date: [start, end) in wall time, over midnight when the end is not after the start."""

    start: time
    end: time
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Span:
    """Hours as they lie on the calendar. `of` is the exception that they belong to, "" when none."""

    start: datetime
    end: datetime
    verdict: Verdict
    of: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """A schedule made ready to be asked about dates; compared by identity, so that it is a cheap key.

    Exceptions, absences and closures stand in the order in which they have their say: the first that applies is named.
    """

    zone: str
    weekly: Mapping[int, Sequence[Slot]]
    dated: Mapping[date, Sequence[Slot]]
    exceptions: tuple[DatedException, ...]
    absences: tuple[Absence, ...]
    closures: tuple[Closure, ...]
    holidays: frozenset[date]
    outside: Verdict


@dataclass(frozen=True, slots=True)
class Day:
    """One date. `taken` closes the windows that would begin on it; `spans` are all of these, the closed ones too."""

    on: date
    shut: Verdict | None
    holiday: Verdict | None
    replacing: tuple[str, ...]
    taken: Verdict | None
    spans: tuple[Span, ...]
    parts: tuple[Span, ...]


@lru_cache(maxsize=_SCHEDULES_KEPT)
def read_hours(schedule: Schedule) -> Calendar:
    """Return the calendar of a person's windows with everything that changes them."""
    weekly: dict[int, list[Slot]] = {}
    for window in normalise_windows(schedule.windows):
        verdict = Verdict(True, "", f"window:{window.weekday}:{window.start:%H:%M}")
        weekly.setdefault(window.weekday, []).append(Slot(window.start, window.end, verdict))
    has_hours = bool(weekly) or any(one.windows for one in schedule.exceptions)
    return Calendar(
        zone=schedule.zone,
        weekly=weekly,
        dated={},
        exceptions=tuple(sorted(schedule.exceptions, key=lambda one: one.id)),
        absences=_sort_absences(schedule.absences),
        closures=_sort_closures(schedule.closures),
        holidays=schedule.holidays,
        outside=Verdict(False, OUTSIDE_HOURS if has_hours else NO_HOURS, "weekly"),
    )


@lru_cache(maxsize=_SCHEDULES_KEPT)
def read_shifts(schedule: Schedule, kind: str) -> Calendar:
    """Return the calendar of a person's shifts of one kind.

    Absences and pauses close these, and caps and rest close duty as well: it is contact like any other.
    """
    dated: dict[date, list[Slot]] = {}
    for shift in schedule.shifts:
        if shift.kind == kind:
            slot = Slot(shift.start, shift.end, Verdict(True, "", f"shift:{shift.id}"))
            dated.setdefault(shift.on, []).append(slot)
    return Calendar(
        zone=schedule.zone,
        weekly={},
        dated=dated,
        exceptions=(),
        absences=_sort_absences(schedule.absences),
        closures=_sort_closures(one for one in schedule.closures if kind == DUTY or one.reason == PAUSE),
        holidays=frozenset(),
        outside=Verdict(False, OUTSIDE_HOURS, "shifts"),
    )


def read_day(calendar: Calendar, on: date) -> Day:
    """Return what the calendar says about one date."""
    covering = [one for one in calendar.exceptions if one.first <= on <= one.last]
    replacing = [one for one in covering if one.windows]
    shut = _find_absence(calendar, on) or _find_closing(covering)
    holiday = Verdict(False, HOLIDAY, f"holiday:{on}") if on in calendar.holidays and not replacing else None
    replaced = _close_by(replacing[0]) if replacing else None
    taken = shut or holiday or replaced
    spans = [
        _lay_out(on, slot, taken) for slot in (*calendar.weekly.get(on.isoweekday(), ()), *calendar.dated.get(on, ()))
    ]
    for one in replacing:
        verdict = Verdict(True, "", f"exception:{one.id}")
        spans += [_lay_out(on, Slot(window.start, window.end, verdict), shut, one.id) for window in one.windows]
    parts = [
        _lay_out(on, Slot(part.start, part.end, _close_by(one)), None, one.id) for one in covering for part in one.parts
    ]
    return Day(on, shut, holiday, tuple(one.id for one in replacing), taken, tuple(spans), tuple(parts))


def judge_day(eve: Day, today: Day, outside: Verdict) -> list[tuple[datetime, Verdict]]:
    """Return the verdicts of a date's wall time, each with the wall time from which it holds; the first is midnight.

    `eve` is the date before: its windows run into today, unless today is replaced by an exception they are not of.
    """
    midnight = datetime.combine(today.on, time.min)
    if today.shut:
        return [(midnight, today.shut)]
    running = [span for span in eve.spans if not today.replacing or span.of in today.replacing]
    spans = _find_on(today.on, (*running, *today.spans))
    parts = _find_on(today.on, (*eve.parts, *today.parts))
    edges = {edge for span in (*spans, *parts) for edge in (span.start, span.end)}
    cuts = [midnight, *sorted(edge for edge in edges if midnight < edge < midnight + DAY)]
    return [(cut, _judge(today, _list_at(parts, cut), _list_at(spans, cut)) or outside) for cut in cuts]


def _judge(today: Day, parts: Sequence[Span], spans: Sequence[Span]) -> Verdict | None:
    if parts:
        return min(parts, key=lambda part: part.verdict.rule_id).verdict
    if today.holiday:
        return today.holiday
    if allowing := [span for span in spans if span.verdict.open]:
        return min(allowing, key=lambda span: (span.start, span.verdict.rule_id)).verdict
    # What is left are windows of the eve that never began; all were taken by the same.
    return today.taken or (spans[0].verdict if spans else None)


def _find_absence(calendar: Calendar, on: date) -> Verdict | None:
    away = (one for one in calendar.absences if one.first <= on <= one.last)
    return next((Verdict(False, ABSENCE, f"absence:{one.id}") for one in away), None)


def _find_closing(covering: Iterable[DatedException]) -> Verdict | None:
    return next((_close_by(one) for one in covering if not one.windows and not one.parts), None)


def _close_by(exception: DatedException) -> Verdict:
    return Verdict(False, EXCEPTION, f"exception:{exception.id}")


def _lay_out(on: date, slot: Slot, taken: Verdict | None, of: str = "") -> Span:
    midnight = datetime.combine(on, time.min)
    start, end = measure(slot.start, slot.end)
    return Span(midnight + start, midnight + end, taken or slot.verdict, of)


def _find_on(on: date, spans: Iterable[Span]) -> list[Span]:
    midnight = datetime.combine(on, time.min)
    return [span for span in spans if span.end > midnight]


def _list_at(spans: Iterable[Span], wall: datetime) -> list[Span]:
    return [span for span in spans if span.start <= wall < span.end]


def _sort_absences(absences: Iterable[Absence]) -> tuple[Absence, ...]:
    return tuple(sorted(absences, key=lambda one: one.id))


def _sort_closures(closures: Iterable[Closure]) -> tuple[Closure, ...]:
    in_order = sorted(closures, key=lambda one: (REASONS.index(one.reason), one.rule_id))
    return tuple(
        replace(one, start=one.start.astimezone(UTC), until=one.until and one.until.astimezone(UTC)) for one in in_order
    )
