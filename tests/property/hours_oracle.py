"""The rules of docs/availability.md once more, slowly: reads the clock on the wall at an instant and goes through them.

It shares nothing with server/availability/rules but the data. Hours are sets of minutes; what comes next is found by
walking from minute to minute. So all wall times of a schedule must be whole minutes; closures may be any instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from server.availability.rules.schedule import DatedException, Schedule, Shift, Window

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MINUTES_OF_A_DAY = 24 * 60
MINUTES_OF_A_WEEK = 7 * MINUTES_OF_A_DAY
# open, reason, rule_id
Answer = tuple[bool, str, str]


@cache
def list_minutes(start: time, end: time) -> frozenset[int]:
    """Return the minutes that a window covers, counted from the midnight before it: up to 2,879."""
    minute, stop, covered = start.hour * 60 + start.minute, end.hour * 60 + end.minute, set[int]()
    while not covered or minute % MINUTES_OF_A_DAY != stop:
        covered.add(minute)
        minute += 1
    return frozenset(covered)


class HoursOracle:
    """Answers for the weekly hours of one schedule."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.zone = ZoneInfo(schedule.zone)
        self.exceptions = sorted(schedule.exceptions, key=lambda one: one.id)
        self.begun = self._find_begins()
        self.has_hours = bool(schedule.windows) or any(one.windows for one in schedule.exceptions)
        self._rulings: dict[date, Answer | None] = {}

    def ask(self, at: datetime) -> Answer:
        """Return whether the person may be reached, and what says so."""
        closures = [one for one in self.schedule.closures if one.start <= at and (one.until is None or at < one.until)]
        for reason in ("pause", "cap", "rest"):
            if names := [one.rule_id for one in closures if one.reason == reason]:
                return False, reason, min(names)
        wall = at.astimezone(self.zone)
        return self._ask_wall(wall.date(), wall.hour * 60 + wall.minute)

    def find_turn(self, at: datetime, last: datetime) -> datetime | None:
        """Walk from `at` to `last` and return the first instant at which open turns into closed, or the other way."""
        before = self.ask(at)[0]
        return next((step for step in self.list_steps(at, last) if self.ask(step)[0] is not before), None)

    def list_steps(self, at: datetime, last: datetime) -> Iterator[datetime]:
        """Yield every minute after `at` up to `last`, and the instants between at which a closure begins or ends."""
        edges = {edge for one in self.schedule.closures for edge in (one.start, one.until) if edge is not None}
        minute = at.astimezone(UTC).replace(second=0, microsecond=0)
        while minute <= last:
            between = (edge for edge in edges if minute < edge < minute + MINUTE)
            yield from (step for step in (minute, *sorted(between)) if at < step <= last)
            minute += MINUTE

    def _find_begins(self) -> dict[int, int]:
        """Return each covered minute of the week with the minute at which its window begins.

        A window is a run of covered minutes around the ring of the week; one of a day or more begins anew at every
        midnight.
        """
        covered = set[int]()
        for window in self.schedule.windows:
            monday = (window.weekday - 1) * MINUTES_OF_A_DAY
            covered |= {(monday + minute) % MINUTES_OF_A_WEEK for minute in list_minutes(window.start, window.end)}
        gaps = [minute for minute in range(MINUTES_OF_A_WEEK) if minute not in covered]
        if not gaps:
            return {minute: minute - minute % MINUTES_OF_A_DAY for minute in covered}
        begins = {}
        for gap, following in pairwise([*gaps, gaps[0] + MINUTES_OF_A_WEEK]):
            for minute in range(gap + 1, following):
                is_long = following - gap - 1 >= MINUTES_OF_A_DAY
                begin = max(gap + 1, minute - minute % MINUTES_OF_A_DAY) if is_long else gap + 1
                begins[minute % MINUTES_OF_A_WEEK] = begin % MINUTES_OF_A_WEEK
        return begins

    def _ask_wall(self, on: date, minute: int) -> Answer:
        ruling = self._find_ruling(on)
        if ruling and ruling[1] != "holiday":
            return ruling
        for one in self.exceptions:
            if one.parts and self._list_begins(one, one.parts, on, minute):
                return False, "exception", f"exception:{one.id}"
        if ruling:
            return ruling
        opening, lost = self._list_openings(on, minute)
        if opening:
            _, rule_id = min(opening)
            return True, "", rule_id
        if replacing := self._list_replacing(on):
            return False, "exception", f"exception:{min(one.id for one in replacing)}"
        return lost[0] if lost else (False, "outside_hours" if self.has_hours else "no_hours", "weekly")

    def _list_openings(self, on: date, minute: int) -> tuple[list[tuple[datetime, str]], list[Answer]]:
        """Return (begin, rule) of the windows that cover the minute, and why others that would do not exist."""
        opening, lost, replacing = list[tuple[datetime, str]](), list[Answer](), self._list_replacing(on)
        for one in (one for one in self.exceptions if one.windows):
            for begin in self._list_begins(one, one.windows, on, minute):
                ruling = self._find_ruling(begin.date())
                if ruling:
                    lost.append(ruling)
                elif one in replacing or not replacing:
                    opening.append((begin, f"exception:{one.id}"))
        begun = self.begun.get((on.isoweekday() - 1) * MINUTES_OF_A_DAY + minute)
        if begun is not None:
            here = datetime.combine(on, time(minute // 60, minute % 60))
            begin = here - MINUTE * ((here.weekday() * MINUTES_OF_A_DAY + minute - begun) % MINUTES_OF_A_WEEK)
            ruling, its_own = self._find_ruling(begin.date()), self._list_replacing(begin.date())
            if ruling or its_own:
                lost.append(ruling or (False, "exception", f"exception:{min(one.id for one in its_own)}"))
            elif not replacing:
                opening.append((begin, f"window:{begin.isoweekday()}:{begin:%H:%M}"))
        return opening, lost

    def _list_begins(
        self, exception: DatedException, windows: tuple[Window, ...], on: date, minute: int
    ) -> list[datetime]:
        """Return when those of the exception's windows began that cover a minute: on the date or on its eve."""
        found = []
        for day, counted in ((on - DAY, minute + MINUTES_OF_A_DAY), (on, minute)):
            if exception.first <= day <= exception.last:
                covering = [one for one in windows if counted in list_minutes(one.start, one.end)]
                found += [datetime.combine(day, one.start) for one in covering]
        return found

    def _find_ruling(self, on: date) -> Answer | None:
        """Return what closes a whole date."""
        if on not in self._rulings:
            self._rulings[on] = self._make_ruling(on)
        return self._rulings[on]

    def _make_ruling(self, on: date) -> Answer | None:
        absences = [one.id for one in self.schedule.absences if one.first <= on <= one.last]
        covering = [one for one in self.exceptions if one.first <= on <= one.last]
        closing = [one.id for one in covering if not one.windows and not one.parts]
        if absences:
            return False, "absence", f"absence:{min(absences)}"
        if closing:
            return False, "exception", f"exception:{min(closing)}"
        if on in self.schedule.holidays and not self._list_replacing(on):
            return False, "holiday", f"holiday:{on:%Y-%m-%d}"
        return None

    def _list_replacing(self, on: date) -> list[DatedException]:
        return [one for one in self.exceptions if one.windows and one.first <= on <= one.last]


class ShiftOracle(HoursOracle):
    """Answers for the shifts of one kind."""

    def __init__(self, schedule: Schedule, kind: str) -> None:
        super().__init__(schedule)
        self.shifts = [one for one in schedule.shifts if one.kind == kind]
        self.closing = {"pause": 0} if kind == "on_call" else {"pause": 0, "cap": 1, "rest": 2}

    def ask(self, at: datetime) -> Answer:
        """Return whether the person has a shift, and what says so; "none" as reason outside of all."""
        closures = [one for one in self.schedule.closures if one.reason in self.closing]
        shut = [one for one in closures if one.start <= at and (one.until is None or at < one.until)]
        if names := [(self.closing[one.reason], one.rule_id, one.reason) for one in shut]:
            return False, min(names)[2], min(names)[1]
        wall = at.astimezone(self.zone)
        if away := self._find_absence(wall.date()):
            return away
        here = self._list_here(wall.date(), wall.hour * 60 + wall.minute)
        kept = [(datetime.combine(one.on, one.start), one.id) for one in here if not self._find_absence(one.on)]
        if kept:
            return True, "", f"shift:{min(kept)[1]}"
        lost = [away for one in here if (away := self._find_absence(one.on))]
        return lost[0] if lost else (False, "none", "shifts")

    def _list_here(self, on: date, minute: int) -> list[Shift]:
        counted = {on: minute, on - DAY: minute + MINUTES_OF_A_DAY}
        return [one for one in self.shifts if counted.get(one.on, -1) in list_minutes(one.start, one.end)]

    def _find_absence(self, on: date) -> Answer | None:
        names = [one.id for one in self.schedule.absences if one.first <= on <= one.last]
        return (False, "absence", f"absence:{min(names)}") if names else None
