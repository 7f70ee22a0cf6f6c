"""The only door to `icalendar` and `recurring_ical_events`: own hours as a feed, other calendars as busy hours.

Knows nothing of Django: `calendar_reader` runs the reading in a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from server.availability.errors import CalendarMalformed, CalendarTooMany
from server.availability.rules.busy import Busy
from server.availability.rules.feed import CalendarEntry

MOST_EVENTS: Final = 2_000
MOST_OCCURRENCES: Final = 5_000
MOST_COUNT: Final = 10_000
# More than once a day, by their frequency or because each of these multiplies what a rule yields on one day.
_RESTLESS: Final = ("SECONDLY", "MINUTELY", "HOURLY")
_FINER: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_CHUNK: Final = timedelta(weeks=4)
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def draw_calendar(name: str, zone: str, entries: Iterable[CalendarEntry], *, now: datetime) -> bytes:
    """Return an iCalendar file (RFC 5545) with its VTIMEZONE, in UTF-8."""
    calendar = icalendar.Calendar()
    for key, value in (("prodid", "-//Warmlijn//availability//NL"), ("version", "2.0"), ("x-wr-calname", name)):
        calendar.add(key, value)
    for entry in entries:
        calendar.add_component(_draw_event(entry, ZoneInfo(zone), now))
    calendar.add_missing_timezones(first_date=(now - 400 * _DAY).date(), last_date=(now + 800 * _DAY).date())
    drawn: bytes = calendar.to_ical()
    return drawn


def list_busy(text: bytes, zone: str, first: date, last: date) -> list[Busy]:
    """Return what the calendar's events take of the local dates `first` to `last`, both included, in order.

    Cancelled events and those marked as free take nothing. Nothing of what an event says is looked at but its times.
    Raises CalendarMalformed, CalendarTooMany; may be slow for a rule that never fits: run it apart.
    """
    calendar = _parse(text)
    _require_few(calendar)
    begin = datetime.combine(first, time(0), ZoneInfo(zone))
    end = datetime.combine(last + _DAY, time(0), ZoneInfo(zone))
    try:
        busy = list(_list_pieces(calendar, begin, end, zone))
    except (CalendarMalformed, CalendarTooMany):
        raise
    except Exception:  # the libraries raise much: ValueError, TypeError, KeyError, their own
        raise CalendarMalformed() from None
    return sorted({one for one in busy if first <= one.on <= last})


def _draw_event(entry: CalendarEntry, zone: ZoneInfo, now: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", now)
    event.add("summary", entry.summary)
    event.add("dtstart", entry.starts.replace(tzinfo=zone))
    event.add("dtend", entry.ends.replace(tzinfo=zone))
    if entry.weekday is not None:
        event.add("rrule", {"freq": "weekly", "byday": _WEEKDAYS[entry.weekday - 1]})
    if entry.except_on:
        event.add("exdate", [datetime.combine(on, entry.starts.time(), zone) for on in entry.except_on])
    return event


def _parse(text: bytes) -> icalendar.Component:
    try:
        calendar = icalendar.Calendar.from_ical(text.decode("utf-8-sig"))
    except Exception:  # as in `list_busy`
        raise CalendarMalformed() from None
    if not isinstance(calendar, icalendar.Calendar):
        raise CalendarMalformed()
    return calendar


def _require_few(calendar: icalendar.Component) -> None:
    events = calendar.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise CalendarTooMany()
    dates = 0
    for event in events:
        for rule in _list_values(event, "RRULE"):
            _require_calm(rule)
        dates += sum(len(getattr(one, "dts", ())) for name in ("RDATE", "EXDATE") for one in _list_values(event, name))
    if dates > MOST_OCCURRENCES:
        raise CalendarTooMany()


def _require_calm(rule: Any) -> None:
    if not isinstance(rule, icalendar.vRecur):
        raise CalendarMalformed()
    frequencies, counts = rule.get("FREQ", []), rule.get("COUNT", [0])
    if any(one in _RESTLESS for one in frequencies) or any(one > MOST_COUNT for one in counts):
        raise CalendarTooMany()
    if any(name in rule for name in _FINER):
        raise CalendarTooMany()


def _list_values(event: icalendar.Component, name: str) -> list[Any]:
    value = event.get(name, [])
    return value if isinstance(value, list) else [value]


def _list_pieces(calendar: icalendar.Component, begin: datetime, end: datetime, zone: str) -> Iterator[Busy]:
    for number, event in enumerate(_list_occurrences(calendar, begin, end), 1):
        if number > MOST_OCCURRENCES:
            raise CalendarTooMany()
        if _takes_time(event):
            starts, ends = _read_wall(event, "DTSTART", zone), _read_wall(event, "DTEND", zone, up=True)
            yield from _cut_at_midnights(max(starts, begin.replace(tzinfo=None)), min(ends, end.replace(tzinfo=None)))


def _list_occurrences(calendar: icalendar.Component, begin: datetime, end: datetime) -> Iterator[icalendar.Component]:
    """Yield what happens between, a few weeks at a time so that too much is noticed early; some of it twice."""
    query = recurring_ical_events.of(calendar)
    at = begin
    while at < end:
        until = min(at + _CHUNK, end)
        yield from query.between(at, until)
        at = until


def _takes_time(event: icalendar.Component) -> bool:
    return str(event.get("TRANSP", "")).upper() != "TRANSPARENT" and str(event.get("STATUS", "")).upper() != "CANCELLED"


def _read_wall(event: icalendar.Component, name: str, zone: str, *, up: bool = False) -> datetime:
    """Return what the wall shows, to the minute before (or after); a time without a zone is the wall's own."""
    at: date | datetime = event.decoded(name)
    if not isinstance(at, datetime):
        return datetime.combine(at, time(0))
    wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) if at.tzinfo else at
    whole = wall.replace(second=0, microsecond=0)
    return whole + _MINUTE if up and whole < wall else whole


def _cut_at_midnights(starts: datetime, ends: datetime) -> Iterator[Busy]:
    while starts < ends:
        midnight = datetime.combine(starts.date() + _DAY, time(0))
        until = min(ends, midnight)
        yield Busy(starts.date(), starts.time(), until.time())
        starts = until
