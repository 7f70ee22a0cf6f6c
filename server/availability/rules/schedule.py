"""A person's hours as data: everything that `reachability` looks at, loaded once and compared by value.

Wall times are local to `Schedule.zone`; only what happened at an instant (a pause, a cap that was reached) is an
instant. Weekdays are 1 (Monday) to 7. Intervals are half-open; an `end` not after its `start` lies on the next day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A piece of a day in wall time, [start, end); `end` ≤ `start` is on the next day, equal ones are 24 hours."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, order=True)
class WeeklyWindow:
    """A window that begins on every such weekday (1 to 7)."""

    weekday: int
    start: time
    end: time


AROUND_THE_CLOCK = tuple(WeeklyWindow(weekday, time(0), time(0)) for weekday in range(1, 8))


@dataclass(frozen=True, slots=True)
class DatedException:
    """Other hours on the days `first` to `last`, both included.

    `windows` are the hours of each of these days instead of the weekly ones; empty closes them. With `parts` the
    ordinary hours stay, less these parts of each day (`windows` is empty then and closes nothing). `kind` says why.
    """

    id: str
    kind: str
    first: date
    last: date
    windows: tuple[Window, ...] = ()
    parts: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Absence:
    """Away on the days `first` to `last`, both included; stronger than any exception, ends by itself."""

    id: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Closure:
    """Closed from an instant on: a pause (`until` None: until the person ends it), a cap that was reached, rest.

    `reason` is one of REASONS; `rule_id` names the row or the cap.
    """

    start: datetime
    until: datetime | None
    reason: str
    rule_id: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift on one date, in the zone of the schedule: `kind` is `duty` (pool of experts) or `on_call`."""

    id: str
    kind: str
    on: date
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Schedule:
    """All of one person's hours.

    `windows`, and the windows of an exception, are kept normalised (merged, sorted). `holidays` are the dates on
    which the person's country has a public holiday that they keep, as far as they matter (loaded, not computed here).
    """

    zone: str
    windows: tuple[WeeklyWindow, ...] = ()
    exceptions: tuple[DatedException, ...] = ()
    absences: tuple[Absence, ...] = ()
    closures: tuple[Closure, ...] = ()
    shifts: tuple[Shift, ...] = ()
    holidays: frozenset[date] = frozenset()


# Why somebody cannot be reached (`reachability.reason`, a gate's reason, the ledger). "" while open.
OUTSIDE_HOURS = "outside_hours"
EXCEPTION = "exception"
HOLIDAY = "holiday"
ABSENCE = "absence"
PAUSE = "pause"
CAP = "cap"
REST = "rest"
NO_HOURS = "no_hours"
REASONS = (OUTSIDE_HOURS, EXCEPTION, HOLIDAY, ABSENCE, PAUSE, CAP, REST, NO_HOURS)


@dataclass(frozen=True, slots=True)
class Reachability:
    """The answer: may this person be reached at that instant.

    While open, `until` is the first instant at which they no longer are (None: beyond the horizon, as with hours
    around the clock) and `next_opening` is None. While closed, `until` is None and `next_opening` the next instant
    at which they are (None: not within the horizon, or unknown, as in a pause without an end). `rule_id` names what
    decided: `window:<weekday>:<HH:MM>`, `exception:<id>`, `holiday:<date>`, `absence:<id>`, `shift:<id>`,
    a closure's own, `weekly` when no window covers the instant, or `shifts` when no shift does.
    """

    open: bool
    until: datetime | None
    next_opening: datetime | None
    reason: str
    rule_id: str
