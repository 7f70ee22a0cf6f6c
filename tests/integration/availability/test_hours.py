"""Weekly hours: replaced as a whole, normalised, with the gates turned before the answer comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from server.accounts.actions import NewPerson, create_people
from server.availability import schedules
from server.availability.actions import create_hours, set_hours
from server.availability.queries import find_reachability, list_reachability, load_schedules
from server.availability.rules.reading import restore_weekly
from server.events.facts import HoursChanged
from server.foundation.database import Answer, Pipeline, open_pipeline
from server.foundation.errors import Unavailable
from server.foundation.ids import make_id
from server.ports import registry
from server.ports.gates import GateMover
from tests.cast import Cast, make_player
from tests.integration.availability.gates import RecordingGates
from tests.integration.availability.people import (
    EVENINGS,
    TUESDAY,
    Neighbours,
    ask_reachability,
    card_of,
    get,
    have_hours,
    put,
)
from tests.witness import list_facts, nothing_changes

ZONE = "Europe/Amsterdam"


def test_hours_are_answered_whole_and_normalised(cast: Cast) -> None:
    given = [
        {"weekday": 2, "start": "21:00", "end": "23:00"},
        {"weekday": 2, "start": "19:00", "end": "21:30"},
        {"weekday": 7, "start": "22:00", "end": "01:00"},
    ]
    answer = put(cast.ben, "/me/availability", zone=ZONE, windows=given)
    assert answer.status == 200
    assert answer.body["windows"] == [
        {"weekday": 2, "start": "19:00", "end": "23:00"},
        {"weekday": 7, "start": "22:00", "end": "01:00"},
    ]
    assert answer.body["reachability"] == {
        "open": True,
        "until": "2026-11-17T22:00:00.000Z",
        "next_opening": None,
        "reason": "",
        "rule_id": "window:2:19:00",
    }
    assert get(cast.ben, "/me/availability").body == answer.body
    assert {name: answer.body[name] for name in ("exceptions", "absences", "pause", "rest", "holidays")} == {
        "exceptions": [],
        "absences": [],
        "pause": None,
        "rest": None,
        "holidays": {"country": "", "subdivision": ""},
    }


def test_the_gates_turn_to_the_new_hours_before_the_answer(cast: Cast, gates: RecordingGates) -> None:
    have_hours(cast.ben)
    assert gates.calls == [("lock", (cast.ben.id,)), ("turn", (cast.ben.id,))]
    assert gates.open_at_turn == {cast.ben.id: True}
    have_hours(cast.ben, [])
    assert gates.open_at_turn == {cast.ben.id: False}
    assert list_facts(HoursChanged)[-2:] == [HoursChanged(cast.ben.id, str(cast.team.id))] * 2


def test_each_change_counts(cast: Cast) -> None:
    versions = [put(cast.ben, "/me/availability", zone=ZONE, windows=EVENINGS).body["version"] for _ in range(3)]
    assert versions == [versions[0], versions[0] + 1, versions[0] + 2]


def test_who_has_no_hours_is_never_reachable(cast: Cast) -> None:
    new = make_player(cast.team, "expert", "Noa", TUESDAY)
    assert ask_reachability(new)["reason"] == "no_hours"
    assert not find_reachability(make_id(), TUESDAY).open
    assert get(new, "/me/availability").body["zone"] == cast.team.zone


def test_a_whole_day_is_a_window(cast: Cast) -> None:
    have_hours(cast.ben, [{"weekday": 2, "start": "00:00", "end": "00:00"}])
    answer = ask_reachability(cast.ben)
    assert (answer["open"], answer["until"]) == (True, "2026-11-17T23:00:00.000Z")


def test_the_day_before_reaches_over_midnight(cast: Cast, clock: time_machine.Traveller) -> None:
    have_hours(cast.ben, [{"weekday": 2, "start": "22:00", "end": "02:00"}])
    assert ask_reachability(cast.ben)["next_opening"] == "2026-11-17T21:00:00.000Z"
    clock.move_to(TUESDAY + timedelta(hours=5))
    assert ask_reachability(cast.ben)["until"] == "2026-11-18T01:00:00.000Z"


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "no length": ({"windows": [{"weekday": 1, "start": "19:00", "end": "19:00"}]}, 422, "availability.window_empty"),
    "an hour too far": (
        {"windows": [{"weekday": 1, "start": "19:00", "end": "24:00"}]},
        422,
        "availability.window_malformed",
    ),
    "no minutes": ({"windows": [{"weekday": 1, "start": "19", "end": "22:00"}]}, 422, "availability.window_malformed"),
    "other digits": (
        {"windows": [{"weekday": 1, "start": "1\N{ARABIC-INDIC DIGIT NINE}:00", "end": "22:00"}]},
        422,
        "availability.window_malformed",
    ),
    "an eighth day": (
        {"windows": [{"weekday": 8, "start": "19:00", "end": "22:00"}]},
        422,
        "availability.window_malformed",
    ),
    "a day before the first": (
        {"windows": [{"weekday": 0, "start": "19:00", "end": "22:00"}]},
        422,
        "availability.window_malformed",
    ),
    "71 windows": ({"windows": [EVENINGS[0]] * 71}, 422, "availability.too_many_windows"),
    "no zone of this world": ({"zone": "Mars/Olympus"}, 422, "availability.zone_unknown"),
    "a path for a zone": ({"zone": "../../etc/passwd"}, 422, "availability.zone_unknown"),
    "no zone": ({"zone": ""}, 422, "availability.zone_unknown"),
    "a word for a day": ({"windows": [{"weekday": "mon", "start": "1", "end": "2"}]}, 400, "proto.bad_frame"),
    "no end": ({"windows": [{"weekday": 1, "start": "19:00"}]}, 400, "proto.bad_frame"),
    "one thing more": ({"windows": [EVENINGS[0] | {"person": "x"}]}, 400, "proto.bad_frame"),
    "no list": ({"windows": EVENINGS[0]}, 400, "proto.bad_frame"),
    "somebody else's id": ({"person_id": str(make_id())}, 400, "proto.bad_frame"),
}


@pytest.mark.parametrize("name", BAD)
def test_odd_hours_are_refused_and_change_nothing(cast: Cast, gates: RecordingGates, name: str) -> None:
    fields, status, code = BAD[name]
    have_hours(cast.ben)
    gates.forget()
    with nothing_changes():
        answer = put(cast.ben, "/me/availability", **({"zone": ZONE, "windows": EVENINGS} | fields))
    assert (answer.status, answer.body["code"]) == (status, code)
    assert gates.calls == []


def test_seventy_windows_are_not_too_many(cast: Cast) -> None:
    assert put(cast.ben, "/me/availability", zone=ZONE, windows=[EVENINGS[0]] * 70).status == 200


def test_without_whoever_moves_gates_nothing_changes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    answerers: dict[Any, Any] = registry._answerers
    monkeypatch.delitem(answerers, GateMover)
    with nothing_changes():
        answer = put(cast.ben, "/me/availability", zone=ZONE, windows=EVENINGS)
    assert (answer.status, answer.body["code"]) == (503, "server.unavailable")
    with pytest.raises(Unavailable):
        set_hours(actor=card_of(cast.ben), zone=ZONE, windows=[], now=TUESDAY)


@pytest.mark.parametrize("who", ["ada", "mara"])
def test_only_experts_have_hours(cast: Cast, who: str) -> None:
    player = getattr(cast, who)
    with nothing_changes():
        answers = [get(player, "/me/availability"), put(player, "/me/availability", zone=ZONE, windows=EVENINGS)]
    assert [(one.status, one.body["code"]) for one in answers] == [(403, "auth.forbidden")] * 2


# --- who may ask


@pytest.mark.parametrize("who", ["ben", "mara", "noor"])
def test_oneself_and_the_teams_coordinators_may_ask(cast: Cast, who: str) -> None:
    have_hours(cast.ben)
    answer = get(getattr(cast, who), f"/people/{cast.ben.id}/reachability?at=2026-11-18T12:00:00Z")
    assert answer.status == 200
    assert (answer.body["open"], answer.body["next_opening"]) == (False, "2026-11-18T18:00:00.000Z")


def test_an_instant_may_have_an_offset(cast: Cast) -> None:
    have_hours(cast.ben)
    asked = [ask_reachability(cast.ben, at) for at in ("2026-11-18T19:00:00%2B01:00", "2026-11-18T19:00:00+01:00")]
    assert [one["open"] for one in asked] == [True, True]


@pytest.mark.parametrize(
    "at", ["now", "2026-11-18", "2026-11-18T19:00:00", "2026-13-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_an_odd_instant_is_refused(cast: Cast, at: str) -> None:
    answer = get(cast.ben, f"/people/{cast.ben.id}/reachability?at={at}")
    assert (answer.status, answer.body["code"]) == (422, "availability.date_malformed")


def test_nobody_else_learns_whether_somebody_exists(cast: Cast, neighbours: Neighbours) -> None:
    have_hours(cast.ben)
    for player in (cast.ada, cast.eve, neighbours.bo, neighbours.emil, neighbours.edda):
        theirs = get(player, f"/people/{cast.ben.id}/reachability")
        nobodys = get(player, f"/people/{make_id()}/reachability")
        assert theirs.seen == nobodys.seen
        assert (theirs.status, theirs.body["code"]) == (404, "http.not_found")
    assert get(cast.mara, f"/people/{cast.ada.id}/reachability").status == 404, "a youth has no hours"


# --- holidays


def test_public_holidays_close_the_day(cast: Cast) -> None:
    have_hours(cast.ben)
    assert put(cast.ben, "/me/availability/holidays", country="NL").body == {"country": "NL", "subdivision": ""}
    christmas = ask_reachability(cast.ben, "2026-12-25T19:00:00Z")
    assert (christmas["open"], christmas["reason"], christmas["rule_id"]) == (False, "holiday", "holiday:2026-12-25")
    assert ask_reachability(cast.ben, "2026-12-27T19:00:00Z")["open"]
    put(cast.ben, "/me/availability/holidays", country="", subdivision="")
    assert ask_reachability(cast.ben, "2026-12-25T19:00:00Z")["open"]


def test_a_part_of_a_country_has_holidays_of_its_own(cast: Cast) -> None:
    have_hours(cast.ben, zone="Europe/Berlin")
    assert put(cast.ben, "/me/availability/holidays", country="DE", subdivision="BY").status == 200
    assert ask_reachability(cast.ben, "2027-01-06T19:00:00Z")["reason"] == "holiday"


@pytest.mark.parametrize(
    "kept",
    [
        {"country": "XX"},
        {"country": "NLD"},
        {"country": "nl"},
        {"country": "NL", "subdivision": "BY"},
        {"country": "", "subdivision": "BY"},
    ],
)
def test_an_unknown_country_is_refused(cast: Cast, kept: dict[str, str]) -> None:
    with nothing_changes():
        answer = put(cast.ben, "/me/availability/holidays", **kept)
    assert (answer.status, answer.body["code"]) == (422, "availability.country_unknown")


# --- the preview


def test_the_next_four_weeks(cast: Cast) -> None:
    have_hours(cast.ben, [{"weekday": 2, "start": "19:00", "end": "22:00"}])
    shown = get(cast.ben, "/me/availability/preview").body
    assert [one["on"] for one in shown["stretches"]] == ["2026-11-17", "2026-11-24", "2026-12-01", "2026-12-08"]
    assert shown["stretches"][0] == {
        "on": "2026-11-17",
        "start": "19:00",
        "end": "22:00",
        "starts_at": "2026-11-17T18:00:00.000Z",
        "ends_at": "2026-11-17T21:00:00.000Z",
        "rule_id": "window:2:19:00",
    }
    assert len(get(cast.ben, "/me/availability/preview?days=7").body["stretches"]) == 1
    for days in ("0", "71", "many"):
        assert get(cast.ben, f"/me/availability/preview?days={days}").body["code"] == "proto.bad_frame"


# --- loading


def test_what_was_rolled_back_was_never_loaded(cast: Cast) -> None:
    have_hours(cast.ben, [])
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        set_hours(actor=card_of(cast.ben), zone=ZONE, windows=EVENINGS, now=TUESDAY)
        assert find_reachability(cast.ben.id, TUESDAY).open
        raise ZeroDivisionError
    assert not find_reachability(cast.ben.id, TUESDAY).open
    have_hours(cast.ben, [EVENINGS[0]])
    assert not find_reachability(cast.ben.id, TUESDAY).open


def test_a_kept_schedule_is_that_of_another_loaded_anew(cast: Cast) -> None:
    have_hours(cast.ben)
    first, again = (load_schedules([cast.ben.id], now=TUESDAY)[cast.ben.id] for _ in range(2))
    assert first is again
    later = load_schedules([cast.ben.id], now=TUESDAY + timedelta(days=30))[cast.ben.id]
    assert later is not first
    assert later.windows == first.windows


def test_many_are_asked_about_at_once(cast: Cast, neighbours: Neighbours) -> None:
    have_hours(cast.ben)
    have_hours(neighbours.bo, [])
    new = make_player(cast.team, "expert", "Noa", TUESDAY)
    answers = list_reachability([cast.ben.id, neighbours.bo.id, new.id], TUESDAY)
    assert {one: answer.open for one, answer in answers.items()} == {
        cast.ben.id: True,
        neighbours.bo.id: False,
        new.id: False,
    }


class CountingPipeline:
    """Passes statements on and counts them."""

    def __init__(self, pipeline: Pipeline, asked: list[str]) -> None:
        self._pipeline, self._asked = pipeline, asked

    def ask(self, sql: str, params: Mapping[str, Any], kinds: str) -> Answer:
        """Ask."""
        self._asked.append(sql)
        return self._pipeline.ask(sql, params, kinds)


@pytest.mark.parametrize("crowd", [1, 25])
def test_loading_many_costs_as_many_statements_as_loading_one(
    cast: Cast, crowd: int, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = create_people(team_id=cast.team.id, people=[NewPerson("expert", "Noa")] * crowd, now=TUESDAY)
    ids = [one.id for one in people]
    create_hours(person_ids=ids, zone=ZONE, windows=restore_weekly(EVENINGS), now=TUESDAY)
    asked: list[str] = []

    @contextmanager
    def open_counting() -> Iterator[CountingPipeline]:
        with open_pipeline() as pipeline:
            yield CountingPipeline(pipeline, asked)

    monkeypatch.setattr(schedules, "open_pipeline", open_counting)
    with django_assert_num_queries(0):
        counts = []
        for _ in range(2):
            assert len(load_schedules(ids, now=TUESDAY)) == crowd
            counts.append(len(asked))
    assert counts == [6, 7], "six at first; one while nothing has changed"
    with django_assert_num_queries(1):
        load_schedules([*ids, make_id()], now=TUESDAY)  # the zone of who has no hours


def test_new_people_are_given_hours_in_bulk_and_nobody_loses_theirs(cast: Cast, gates: RecordingGates) -> None:
    have_hours(cast.ben, [])
    gates.forget()
    new = make_player(cast.team, "expert", "Noa", TUESDAY)
    windows = restore_weekly(EVENINGS)
    create_hours(person_ids=[new.id, cast.ben.id], zone=ZONE, windows=windows, now=TUESDAY)
    answers = list_reachability([cast.ben.id, new.id], TUESDAY)
    assert [answers[one.id].open for one in (cast.ben, new)] == [False, True]
    assert gates.calls == []


# --- caps of one's own


def test_own_caps_count_where_they_are_the_stricter(cast: Cast) -> None:
    own = {
        "talks_at_once": 1,
        "contact_minutes_evening": 600,
        "evenings_in_row": None,
        "hours_week": 4,
        "rest_hours": 48,
    }
    answer = put(cast.ben, "/me/availability/caps", **own)
    assert answer.body["own"] == own
    assert answer.body["in_force"] == {
        "talks_at_once": 1,
        "contact_minutes_evening": 180,
        "evenings_in_row": 5,
        "hours_week": 4,
        "rest_hours": 48,
    }
    assert get(cast.ben, "/me/availability/caps").body == answer.body


@pytest.mark.parametrize(("name", "value"), [("talks_at_once", 0), ("hours_week", -1), ("rest_hours", 1000)])
def test_caps_out_of_bounds_are_refused(cast: Cast, name: str, value: int) -> None:
    caps: dict[str, int | None] = dict.fromkeys(
        ("talks_at_once", "contact_minutes_evening", "evenings_in_row", "hours_week", "rest_hours")
    )
    with nothing_changes():
        answer = put(cast.ben, "/me/availability/caps", **(caps | {name: value}))
    assert (answer.status, answer.body["code"]) == (422, "availability.setting_malformed")
