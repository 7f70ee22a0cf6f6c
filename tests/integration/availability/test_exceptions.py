"""Other hours on some days."""

from __future__ import annotations

from typing import Any

import pytest

from server.availability.actions.exceptions import MOST_AHEAD
from server.availability.models import HoursException
from server.events.facts import HoursChanged
from server.foundation.ids import make_id
from tests.cast import Answer, Cast
from tests.integration.availability.gates import RecordingGates
from tests.integration.availability.people import (
    EVENINGS,
    TUESDAY,
    Neighbours,
    ask_reachability,
    delete,
    get,
    have_hours,
    post,
)
from tests.witness import list_facts, nothing_changes

PATH = "/me/availability/exceptions"
TODAY = {"kind": "exam", "from": "2026-11-17", "to": "2026-11-17", "windows": []}


def except_(cast: Cast, **fields: Any) -> Answer:
    return post(cast.ben, PATH, **(TODAY | fields))


def test_days_are_closed_at_once_and_opened_again(cast: Cast, gates: RecordingGates) -> None:
    have_hours(cast.ben)
    gates.forget()
    answer = except_(cast)
    assert answer.status == 201
    assert gates.calls == [("lock", (cast.ben.id,)), ("turn", (cast.ben.id,))]
    assert gates.open_at_turn == {cast.ben.id: False}
    now = ask_reachability(cast.ben)
    assert (now["reason"], now["rule_id"]) == ("exception", f"exception:{answer.body['id']}")
    assert now["next_opening"] == "2026-11-18T18:00:00.000Z"
    assert delete(cast.ben, f"{PATH}/{answer.body['id']}").status == 204
    assert gates.open_at_turn == {cast.ben.id: True}
    assert len(list_facts(HoursChanged)) == 3


def test_other_hours_stand_in_for_the_weekly_ones(cast: Cast) -> None:
    have_hours(cast.ben)
    windows = [{"start": "14:00", "end": "15:00"}, {"start": "15:00", "end": "16:00"}]
    except_(cast, kind="other_hours", windows=windows)
    (shown,) = get(cast.ben, PATH).body["exceptions"]
    assert shown["windows"] == [{"start": "14:00", "end": "16:00"}]
    assert not ask_reachability(cast.ben)["open"]
    assert ask_reachability(cast.ben, "2026-11-17T13:30:00Z")["open"]


def test_parts_are_taken_off_the_weekly_hours(cast: Cast) -> None:
    have_hours(cast.ben)
    except_(cast, kind="partial", parts=[{"start": "20:00", "end": "21:00"}])
    assert ask_reachability(cast.ben)["next_opening"] == "2026-11-17T20:00:00.000Z"
    assert ask_reachability(cast.ben, "2026-11-17T18:30:00Z")["until"] == "2026-11-17T19:00:00.000Z"


def test_what_is_over_is_not_listed(cast: Cast) -> None:
    except_(cast, **{"from": "2026-11-01", "to": "2026-11-16"})
    made = except_(cast).body["id"]
    assert [one["id"] for one in get(cast.ben, PATH).body["exceptions"]] == [made]


def test_a_year_is_not_too_long(cast: Cast) -> None:
    assert except_(cast, to="2027-11-17").status == 201  # 366 days, both included


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "backwards": ({"from": "2026-11-18", "to": "2026-11-17"}, 422, "availability.exception_backwards"),
    "367 days": ({"to": "2027-11-18"}, 422, "availability.exception_too_long"),
    "ten years": ({"to": "2036-11-17"}, 422, "availability.exception_too_long"),
    "no such day": ({"to": "2027-02-29"}, 422, "availability.date_malformed"),
    "an instant": ({"to": "2026-11-17T00:00:00Z"}, 422, "availability.date_malformed"),
    "a year without dashes": ({"to": "20261118"}, 422, "availability.date_malformed"),
    "long ago": ({"from": "0001-01-01"}, 422, "availability.date_malformed"),
    "far away": ({"to": "9999-12-31"}, 422, "availability.date_malformed"),
    "no kind": ({"kind": ""}, 422, "availability.kind_malformed"),
    "a sentence": ({"kind": "My mother is ill"}, 422, "availability.kind_malformed"),
    "a long word": ({"kind": "x" * 41}, 422, "availability.kind_malformed"),
    "no length": ({"windows": [{"start": "19:00", "end": "19:00"}]}, 422, "availability.window_empty"),
    "an odd time": ({"windows": [{"start": "7pm", "end": "22:00"}]}, 422, "availability.window_malformed"),
    "an odd part": ({"parts": [{"start": "19:60", "end": "22:00"}]}, 422, "availability.window_malformed"),
    "both": (
        {"windows": [{"start": "19:00", "end": "20:00"}], "parts": [{"start": "19:00", "end": "20:00"}]},
        422,
        "availability.exception_mixed",
    ),
    "too many": ({"windows": [{"start": "19:00", "end": "20:00"}] * 71}, 422, "availability.too_many_windows"),
    "a weekday": ({"windows": [EVENINGS[0]]}, 400, "proto.bad_frame"),
    "no end": ({"to": None}, 400, "proto.bad_frame"),
}


@pytest.mark.parametrize("name", BAD)
def test_an_odd_exception_is_refused_and_changes_nothing(cast: Cast, gates: RecordingGates, name: str) -> None:
    fields, status, code = BAD[name]
    with nothing_changes():
        answer = except_(cast, **fields)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert gates.calls == []


def test_there_is_an_end_to_exceptions(cast: Cast) -> None:
    row = {"person_id": cast.ben.person.id, "kind": "closed", "first_on": "2027-01-01", "last_on": "2027-01-01"}
    HoursException.objects.bulk_create(HoursException(**row, created_at=TUESDAY) for _ in range(MOST_AHEAD))
    have_hours(cast.ben)
    with nothing_changes():
        answer = except_(cast)
    assert (answer.status, answer.body["code"]) == (409, "availability.too_many_exceptions")


def test_only_ones_own_exception_is_taken_back(cast: Cast, neighbours: Neighbours) -> None:
    made = except_(cast).body["id"]
    for player in (neighbours.bo, neighbours.emil):
        have_hours(player)
        with nothing_changes():
            theirs, nobodys = delete(player, f"{PATH}/{made}"), delete(player, f"{PATH}/{make_id()}")
        assert theirs.seen == nobodys.seen
        assert (theirs.status, theirs.body["code"]) == (404, "http.not_found")
