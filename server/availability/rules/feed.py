"""One's own hours and shifts as the events of a calendar: weekly ones, and single ones where a day is different."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from server.availability.rules.reachability import preview
from server.availability.rules.rosters import Span, find_gaps, merge_spans
from server.availability.rules.schedule import Schedule, WeeklyWindow
from server.availability.rules.wall_clock import find_instant, read_wall

WEEKS_AHEAD: Final = 26
HOURS: Final = "hours"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One event of a feed: wall times in the feed's zone; with a `weekday` weekly for ever, save on `except_on`.

    `starts` and `ends` are naive.
    """

    uid: str
    summary: str
    starts: datetime
    ends: datetime
    weekday: int | None = None
    except_on: Sequence[date] = ()


def list_entries(schedule: Schedule, owner: str, today: date, words: Mapping[str, str]) -> list[CalendarEntry]:
    """Return the events from today on; `words` are the summaries of HOURS and of each kind of shift.

    What exceptions, holidays, absences and pauses change is looked up for WEEKS_AHEAD weeks.
    """
    days = WEEKS_AHEAD * 7
    reached = merge_spans((one.starts_at, one.ends_at) for one in preview(schedule, today, days))
    kept: list[Span] = []
    weekly = [_make_weekly(one, schedule, owner, today, words[HOURS], reached, kept) for one in schedule.windows]
    single = [_make_single(span, schedule.zone, owner, words[HOURS]) for span in find_gaps(reached, kept)]
    return [*weekly, *single, *_list_shifts(schedule, owner, today, words)]


def _make_weekly(
    window: WeeklyWindow,
    schedule: Schedule,
    owner: str,
    today: date,
    summary: str,
    reached: Sequence[Span],
    kept: list[Span],
) -> CalendarEntry:
    """Return the weekly event of a window; the occurrences that are reached as a whole are added to `kept`."""
    first = today + _DAY * ((window.weekday - today.isoweekday()) % 7)
    except_on = []
    for on in (first + timedelta(weeks=number) for number in range(WEEKS_AHEAD)):
        starts, ends = _lay_out(on, window)
        span = find_instant(starts, schedule.zone), find_instant(ends, schedule.zone)
        if find_gaps([span], reached):
            except_on.append(on)
        else:
            kept.append(span)
    uid = f"window-{window.weekday}-{window.start:%H%M}@{owner}"
    return CalendarEntry(uid, summary, *_lay_out(first, window), window.weekday, tuple(except_on))


def _make_single(span: Span, zone: str, owner: str, summary: str) -> CalendarEntry:
    starts, ends = (read_wall(at, zone) for at in span)
    return CalendarEntry(f"hours-{starts:%Y%m%dT%H%M}@{owner}", summary, starts, ends)


def _list_shifts(schedule: Schedule, owner: str, today: date, words: Mapping[str, str]) -> Iterator[CalendarEntry]:
    for shift in schedule.shifts:
        if shift.on >= today:
            starts = datetime.combine(shift.on, shift.start)
            last = shift.on if shift.end > shift.start else shift.on + _DAY
            uid = f"shift-{shift.id}-{shift.on:%Y%m%d}@{owner}"
            yield CalendarEntry(uid, words[shift.kind], starts, datetime.combine(last, shift.end))


def _lay_out(on: date, window: WeeklyWindow) -> Span:
    last = on if window.end > window.start else on + _DAY
    return datetime.combine(on, window.start), datetime.combine(last, window.end)
