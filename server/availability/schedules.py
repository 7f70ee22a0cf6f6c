"""Loading people's hours from the tables into `rules.schedule.Schedule`: one statement while nothing has changed.

Each change of a schedule gives its Hours row a fresh `revision`; this process keeps what it loaded by it. A revision
that was rolled back never comes back, so a kept schedule is that of a commit, or of the transaction that asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from server.accounts.queries import list_team_zones
from server.availability.public_holidays import list_holidays
from server.availability.rules.reading import restore_day, restore_weekly
from server.availability.rules.rosters import place_shift
from server.availability.rules.schedule import PAUSE, Absence, Closure, DatedException, Schedule, Shift
from server.foundation.database import Answer, Pipeline, as_texts, open_pipeline

# What ended earlier than this before `now` is left out; a kept schedule serves a day in each direction.
_LOOK_BACK: Final = timedelta(days=3)
_KEPT_FOR: Final = timedelta(days=1)
_MOST_KEPT: Final = 20_000

# Dates and times travel as text: SQLite's driver would read a bare column of such a type in a way of its own.
_HOURS_SQL = (
    "SELECT person_id, revision, zone, windows, holiday_country, holiday_subdivision FROM availability_hours "
    "WHERE person_id = ANY(%(people)s::uuid[])"
)
_EXCEPTIONS_SQL = (
    "SELECT person_id, id, kind, CAST(first_on AS text), CAST(last_on AS text), windows, parts "
    "FROM availability_hoursexception "
    "WHERE person_id = ANY(%(people)s::uuid[]) AND last_on >= %(since_on)s::date ORDER BY first_on, id"
)
_ABSENCES_SQL = (
    "SELECT person_id, id, CAST(first_on AS text), CAST(last_on AS text) FROM availability_hoursabsence "
    "WHERE person_id = ANY(%(people)s::uuid[]) AND last_on >= %(since_on)s::date AND ended_at IS NULL "
    "ORDER BY first_on, id"
)
_PAUSES_SQL = (
    "SELECT person_id, id, started_at, until, ended_at FROM availability_pause "
    "WHERE person_id = ANY(%(people)s::uuid[]) AND (until IS NULL OR until > %(since)s::timestamptz) "
    "AND (ended_at IS NULL OR ended_at > %(since)s::timestamptz) ORDER BY started_at, id"
)
_CAPS_SQL = (
    "SELECT person_id, start, until, ended_at, reason, rule_id FROM availability_capclosure "
    "WHERE person_id = ANY(%(people)s::uuid[]) AND until > %(since)s::timestamptz "
    "AND (ended_at IS NULL OR ended_at > %(since)s::timestamptz) ORDER BY start, id"
)
_SHIFTS_SQL = (
    'SELECT person_id, id, kind, zone, CAST("on" AS text), CAST(start AS text), CAST("end" AS text) '
    "FROM availability_shift "
    'WHERE person_id = ANY(%(people)s::uuid[]) AND "on" >= %(since_on)s::date AND removed_at IS NULL '
    'ORDER BY "on", start, id'
)
_Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class _Kept:
    revision: str
    loaded_at: datetime
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class _Row:
    """An Hours row as it was read."""

    revision: str
    zone: str
    windows: list[dict[str, Any]]
    country: str
    subdivision: str


_kept: dict[str, _Kept] = {}


def load_schedules(person_ids: Iterable[object], *, now: datetime) -> dict[str, Schedule]:
    """Return the hours of these people as they matter from two days before `now` on, by id.

    Who has no row has an empty schedule, in the zone of their team: without hours nobody is reachable. One statement
    when all are known to this process, else six, and one more when somebody has no row.
    """
    ids = as_texts(person_ids)
    with open_pipeline() as pipeline:
        asked = ask_hours(pipeline, ids)
    return read_schedules(asked, ids, now=now)


def ask_hours(pipeline: Pipeline, person_ids: Iterable[object]) -> Answer:
    """Ask for these people's rows with one statement of the caller's pipeline; `read_schedules` takes the answer."""
    return pipeline.ask(_HOURS_SQL, {"people": as_texts(person_ids)}, "uuid uuid text json text text")


def read_schedules(asked: Answer, person_ids: Iterable[object], *, now: datetime) -> dict[str, Schedule]:
    """Return the schedules of these people, all of whom were asked for, as `load_schedules` does."""
    ids = as_texts(person_ids)
    rows = {person: _Row(*rest) for person, *rest in asked.rows()}
    found = {one: kept.schedule for one, row in rows.items() if (kept := _find_kept(one, row.revision, now))}
    found |= _load({one: row for one, row in rows.items() if one not in found}, now)
    strangers = [one for one in ids if one not in found]
    zones = list_team_zones(strangers) if strangers else {}
    return found | {one: Schedule(zones.get(one, "UTC")) for one in strangers}


def _find_kept(person_id: str, revision: str, now: datetime) -> _Kept | None:
    kept = _kept.get(person_id)
    fits = kept is not None and kept.revision == revision and abs(kept.loaded_at - now) <= _KEPT_FOR
    return kept if fits else None


def _load(rows: Mapping[str, _Row], now: datetime) -> dict[str, Schedule]:
    if not rows:
        return {}
    since = now - _LOOK_BACK
    params = {"people": sorted(rows), "since": since, "since_on": since.date().isoformat()}
    with open_pipeline() as pipeline:
        answers = (
            pipeline.ask(_EXCEPTIONS_SQL, params, "uuid uuid text text text json json"),
            pipeline.ask(_ABSENCES_SQL, params, "uuid uuid text text"),
            pipeline.ask(_PAUSES_SQL, params, "uuid uuid time time time"),
            pipeline.ask(_CAPS_SQL, params, "uuid time time time text text"),
            pipeline.ask(_SHIFTS_SQL, params, "uuid uuid text text text text text"),
        )
    parts = [_group(answer) for answer in answers]
    years = range(now.year - 1, now.year + 2)
    loaded = {one: _assemble(row, [part.get(one, []) for part in parts], years) for one, row in rows.items()}
    _keep({one: _Kept(rows[one].revision, now, schedule) for one, schedule in loaded.items()})
    return loaded


def _keep(loaded: Mapping[str, _Kept]) -> None:
    if len(_kept) + len(loaded) > _MOST_KEPT:
        _kept.clear()
    _kept.update(loaded)


def _group(answer: Answer) -> _Rows:
    grouped: _Rows = {}
    for person_id, *rest in answer.rows():
        grouped.setdefault(person_id, []).append(tuple(rest))
    return grouped


def _assemble(row: _Row, parts: Sequence[list[tuple[Any, ...]]], years: Sequence[int]) -> Schedule:
    exceptions, absences, pauses, caps, shifts = parts
    closures = [_make_pause(*one) for one in pauses] + [_make_cap(*one) for one in caps]
    return Schedule(
        zone=row.zone,
        windows=restore_weekly(row.windows),
        exceptions=tuple(_make_exception(*one) for one in exceptions),
        absences=tuple(Absence(id_, _date(first), _date(last)) for id_, first, last in absences),
        closures=tuple(closures),
        shifts=tuple(shift for one in shifts for shift in _make_shifts(*one, into=row.zone)),
        holidays=list_holidays(row.country, row.subdivision, years),
    )


def _make_exception(id_: str, kind: str, first: str, last: str, windows: Any, parts: Any) -> DatedException:
    return DatedException(id_, kind, _date(first), _date(last), restore_day(windows), restore_day(parts))


def _make_pause(id_: str, started_at: datetime, until: datetime | None, ended_at: datetime | None) -> Closure:
    ends = [one for one in (until, ended_at) if one is not None]
    return Closure(started_at, min(ends, default=None), PAUSE, f"pause:{id_}")


def _make_cap(start: datetime, until: datetime, ended_at: datetime | None, reason: str, rule_id: str) -> Closure:
    return Closure(start, until if ended_at is None else min(until, ended_at), reason, rule_id)


def _make_shifts(id_: str, kind: str, zone: str, on: str, start: str, end: str, *, into: str) -> list[Shift]:
    shift = Shift(id_, kind, _date(on), time.fromisoformat(start), time.fromisoformat(end))
    return place_shift(shift, zone, into)


def _date(text: str) -> date:
    return date.fromisoformat(text)
