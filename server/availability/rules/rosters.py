"""Shifts as instants, and what a roster leaves open. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from server.availability.rules.reachability import find_shift
from server.availability.rules.schedule import PAUSE, Schedule, Shift
from server.availability.rules.wall_clock import find_instant, read_wall

Span = tuple[datetime, datetime]
_DAY: Final = timedelta(days=1)


def find_span(shift: Shift, zone: str) -> Span:
    """Return a shift's instants [start, end) in UTC, read in the zone in which it is dated."""
    starts = datetime.combine(shift.on, shift.start)
    last = shift.on if shift.end > shift.start else shift.on + _DAY
    return find_instant(starts, zone), find_instant(datetime.combine(last, shift.end), zone)


def place_shift(shift: Shift, zone: str, into: str) -> list[Shift]:
    """Return a shift dated in `zone` as the wall clocks of `into` show it.

    A shift is of one piece, save where a change of the clock makes it longer than 24 hours there.
    """
    if zone == into:
        return [shift]
    starts, ends = (read_wall(at, into) for at in find_span(shift, zone))
    if starts >= ends:
        return []
    cuts = [starts, ends] if ends - starts <= _DAY else [starts, starts + _DAY, ends]
    return [Shift(shift.id, shift.kind, begin.date(), begin.time(), end.time()) for begin, end in pairwise(cuts)]


def list_times_on_shift(schedule: Schedule, kind: str, begin: datetime, end: datetime) -> Iterator[Span]:
    """Yield when between two instants somebody really stands on shifts of this kind: absences and pauses taken off."""
    at = begin
    while at < end:
        answer = find_shift(schedule, kind, at)
        turn = answer.until if answer.open else answer.next_opening
        until = min(turn or end, end)
        if answer.open:
            yield at, until
        at = until


def list_times_away(schedule: Schedule, begin: datetime, end: datetime) -> list[Span]:
    """Return when between two instants somebody is away as a whole: absent, or in a pause."""
    days = [
        (_find_midnight(one.first, schedule.zone), _find_midnight(one.last + _DAY, schedule.zone))
        for one in schedule.absences
    ]
    pauses = [(one.start, one.until or end) for one in schedule.closures if one.reason == PAUSE]
    return merge_spans(clip_span(span, begin, end) for span in [*days, *pauses])


def find_common(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    """Return what both cover; merged, in order."""
    others = list(other)
    return merge_spans(clip_span(span, *within) for span in one for within in others)


def find_gaps(wanted: Iterable[Span], covered: Iterable[Span]) -> list[Span]:
    """Return what of the wanted spans no covered one covers; merged, in order."""
    held = merge_spans(covered)
    return [gap for span in merge_spans(wanted) for gap in _cut_out(span, held)]


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, overlapping and touching ones as one, empty ones left out."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def clip_span(span: Span, begin: datetime, end: datetime) -> Span:
    """Return what of a span lies between two instants; of none, one that ends before it starts."""
    return max(span[0], begin), min(span[1], end)


def _find_midnight(day: date, zone: str) -> datetime:
    return find_instant(datetime.combine(day, datetime.min.time()), zone)


def _cut_out(span: Span, held: Iterable[Span]) -> Iterator[Span]:
    at, end = span
    for start, stop in held:
        if at < start < end:
            yield at, start
        if start < end:
            at = max(at, stop)
    if at < end:
        yield at, end
