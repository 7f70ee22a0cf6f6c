"""The roster: who stands on which dated shift."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from server.availability.models import Shift, TeamHours
from server.availability.queries import list_on_shift, load_schedules
from server.availability.rules.reachability import find_shift
from server.events.facts import HoursChanged
from server.foundation.ids import make_id
from tests.cast import Answer, Cast, make_player
from tests.integration.availability.gates import RecordingGates
from tests.integration.availability.people import (
    TUESDAY,
    Neighbours,
    delete,
    get,
    have_hours,
    post,
    put,
)
from tests.witness import list_facts, nothing_changes

DUTY = {"kind": "duty", "on": "2026-11-17", "start": "19:00", "end": "23:00"}


def add(cast: Cast, **fields: Any) -> Answer:
    return post(cast.mara, "/shifts", **(DUTY | fields))


def add_one(cast: Cast, **fields: Any) -> str:
    answer = add(cast, **fields)
    assert answer.status == 201, answer.body
    (shift,) = answer.body["shifts"]
    return str(shift["id"])


def test_a_shift_of_somebody_and_one_of_nobody_yet(cast: Cast, gates: RecordingGates) -> None:
    taken = add(cast, person=cast.ben.id)
    assert taken.body["shifts"] == [
        {
            "id": taken.body["shifts"][0]["id"],
            "kind": "duty",
            "person": cast.ben.id,
            "on": "2026-11-17",
            "start": "19:00",
            "end": "23:00",
            "zone": "Europe/Amsterdam",
            "starts_at": "2026-11-17T18:00:00.000Z",
            "ends_at": "2026-11-17T22:00:00.000Z",
        }
    ]
    assert gates.calls == [("lock", (cast.ben.id,)), ("turn", (cast.ben.id,))]
    assert add(cast).body["shifts"][0]["person"] is None
    assert list_on_shift(cast.team.id, "duty", TUESDAY) == [cast.ben.id]
    assert list_on_shift(cast.team.id, "on_call", TUESDAY) == []
    assert list_facts(HoursChanged) == [HoursChanged(cast.ben.id, str(cast.team.id))]


def test_a_shift_makes_no_window(cast: Cast) -> None:
    """Duty answers whoever writes to the pool; it opens no gate of a talk that an expert has."""
    have_hours(cast.ben, [])
    add(cast, person=cast.ben.id)
    assert not get(cast.ben, "/me/availability").body["reachability"]["open"]


def test_a_shift_every_week(cast: Cast) -> None:
    made = add(cast, weeks=53, person=cast.ben.id).body["shifts"]
    assert [one["on"] for one in made[:3]] == ["2026-11-17", "2026-11-24", "2026-12-01"]
    assert len(made) == Shift.objects.count() == 53
    assert {one["start"] for one in made} == {"19:00"}, "on the wall, over both changes of the clock"
    assert len({one["starts_at"][11:16] for one in made}) == 2


def test_the_roster_is_read_by_span_and_kind(cast: Cast, neighbours: Neighbours) -> None:
    add(cast, weeks=3)
    add(cast, kind="on_call", person=cast.noor.id)
    assert len(get(cast.mara, "/shifts").body["shifts"]) == 4
    assert len(get(cast.mara, "/shifts?kind=on_call").body["shifts"]) == 1
    assert len(get(cast.ben, "/shifts").body["shifts"]) == 3, "experts see the duty pool's"
    for day, expected in (("2026-11-23", []), ("2026-11-24", ["2026-11-24"]), ("2026-11-25", [])):
        on_day = get(cast.mara, f"/shifts?from={day}&to={day}").body["shifts"]
        assert [one["on"] for one in on_day] == expected
    assert get(neighbours.edda, "/shifts").body == {"shifts": []}
    assert get(cast.mara, "/shifts?kind=night").body["code"] == "availability.shift_kind_unknown"
    assert get(cast.mara, "/shifts?from=2026-01-01").body["code"] == "proto.bad_frame"
    assert get(cast.mara, "/shifts?from=soon").body["code"] == "availability.date_malformed"


def test_absence_and_pause_take_somebody_off_a_shift(cast: Cast) -> None:
    add(cast, person=cast.ben.id)
    post(cast.ben, "/me/pause")
    assert list_on_shift(cast.team.id, "duty", TUESDAY) == []


def test_a_shift_stands_on_the_teams_wall_wherever_the_person_lives(cast: Cast) -> None:
    have_hours(cast.ben, [], zone="America/New_York")
    add(cast, person=cast.ben.id)
    schedule = load_schedules([cast.ben.id], now=TUESDAY)[cast.ben.id]
    assert f"{schedule.shifts[0].start:%H:%M}" == "13:00"
    on_shift = find_shift(schedule, "duty", TUESDAY)
    assert on_shift.open
    assert on_shift.until == TUESDAY.replace(hour=22, minute=0)


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "another kind": ({"kind": "night"}, 422, "availability.shift_kind_unknown"),
    "no length": ({"start": "19:00", "end": "19:00"}, 422, "availability.shift_malformed"),
    "an odd time": ({"start": "25:00"}, 422, "availability.shift_malformed"),
    "an odd date": ({"on": "2026-02-30"}, 422, "availability.shift_malformed"),
    "over": ({"start": "18:00", "end": "20:30"}, 422, "availability.shift_past"),
    "last year": ({"on": "2025-11-17"}, 422, "availability.shift_past"),
    "in two years": ({"on": "2028-11-17"}, 422, "availability.shift_past"),
    "54 weeks": ({"weeks": 54}, 422, "availability.shift_repeats"),
    "no week": ({"weeks": 0}, 422, "availability.shift_repeats"),
    "a person that is none": ({"person": "ben"}, 400, "proto.bad_frame"),
    "no start": ({"start": None}, 400, "proto.bad_frame"),
}


@pytest.mark.parametrize("name", BAD)
def test_an_odd_shift_is_refused_and_changes_nothing(cast: Cast, name: str) -> None:
    fields, status, code = BAD[name]
    with nothing_changes():
        answer = add(cast, **fields)
    assert (answer.status, answer.body["code"]) == (status, code)


def test_duty_is_for_experts_and_on_call_for_coordinators(cast: Cast) -> None:
    for kind, player in (("duty", cast.noor), ("on_call", cast.ben)):
        with nothing_changes():
            answer = add(cast, kind=kind, person=player.id)
        assert (answer.status, answer.body["code"]) == (422, "availability.shift_role")


def test_nobody_stands_on_two_shifts_at_once(cast: Cast, neighbours: Neighbours) -> None:
    add(cast, person=cast.ben.id)
    later = {"on": "2026-11-17", "start": "22:00", "end": "02:00"}
    with nothing_changes():
        answer = add(cast, person=cast.ben.id, **later)
        weekly = add(cast, person=cast.ben.id, on="2026-11-10", start="22:00", end="21:00", weeks=2)
    assert (answer.status, answer.body["code"]) == (409, "availability.shift_overlap")
    assert weekly.body["code"] in ("availability.shift_overlap", "availability.shift_past")
    assert add(cast, person=neighbours.bo.id, **later).status == 201
    assert add(cast, person=cast.ben.id, start="23:00", end="02:00").status == 201, "right after is fine"


def test_a_shift_is_given_to_another_and_to_nobody(cast: Cast, neighbours: Neighbours, gates: RecordingGates) -> None:
    shift = add_one(cast, person=cast.ben.id)
    gates.forget()
    answer = post(cast.mara, f"/shifts/{shift}/assign", person=neighbours.bo.id)
    assert (answer.status, answer.body["person"]) == (200, neighbours.bo.id)
    both = tuple(sorted((cast.ben.id, neighbours.bo.id)))
    assert gates.calls == [("lock", both), ("turn", both)]
    assert list_on_shift(cast.team.id, "duty", TUESDAY) == [neighbours.bo.id]
    assert post(cast.mara, f"/shifts/{shift}/assign", person=None).body["person"] is None
    assert list_on_shift(cast.team.id, "duty", TUESDAY) == []


def test_a_shift_is_taken_off_the_roster_once(cast: Cast) -> None:
    shift = add_one(cast, person=cast.ben.id)
    assert delete(cast.mara, f"/shifts/{shift}").status == 204
    assert get(cast.mara, "/shifts").body == {"shifts": []}
    assert list_on_shift(cast.team.id, "duty", TUESDAY) == []
    with nothing_changes():
        assert delete(cast.mara, f"/shifts/{shift}").status == 404
    assert add(cast, person=cast.ben.id).status == 201, "the place is free again"


def test_what_is_over_is_not_rewritten(cast: Cast, clock: time_machine.Traveller) -> None:
    shift = add_one(cast, person=cast.ben.id)
    clock.move_to(TUESDAY + timedelta(hours=3))
    get(cast.mara, "/shifts")  # moves the idle clock of her session
    with nothing_changes():
        answers = [
            post(cast.mara, f"/shifts/{shift}/assign", person=None),
            delete(cast.mara, f"/shifts/{shift}"),
        ]
    assert [(one.status, one.body["code"]) for one in answers] == [(409, "availability.shift_over")] * 2


def test_a_coordinators_shift_turns_no_gate(cast: Cast, gates: RecordingGates) -> None:
    add_one(cast, kind="on_call", person=cast.noor.id)
    assert gates.calls == []
    assert list_on_shift(cast.team.id, "on_call", TUESDAY) == [cast.noor.id]


def test_the_first_shift_makes_the_team_one_whose_roster_is_looked_at(cast: Cast) -> None:
    assert not TeamHours.objects.exists()
    add(cast)
    assert TeamHours.objects.get().team_id == cast.team.id


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_only_coordinators_keep_the_roster(cast: Cast, who: str) -> None:
    shift, player = add_one(cast), getattr(cast, who)
    with nothing_changes():
        answers = [
            post(player, "/shifts", **DUTY),
            post(player, f"/shifts/{shift}/assign", person=cast.ben.id),
            delete(player, f"/shifts/{shift}"),
            get(player, "/coverage"),
        ]
    assert [(one.status, one.body["code"]) for one in answers] == [(403, "auth.forbidden")] * 4


def test_another_teams_coordinator_finds_nothing_to_change(cast: Cast, neighbours: Neighbours) -> None:
    shift, edda = add_one(cast, person=cast.ben.id), neighbours.edda
    doors: list[Callable[[str], Answer]] = [
        lambda id_: post(edda, f"/shifts/{id_}/assign", person=None),
        lambda id_: post(edda, f"/shifts/{id_}/assign", person=neighbours.emil.id),
        lambda id_: delete(edda, f"/shifts/{id_}"),
    ]
    with nothing_changes():
        for knock in doors:
            theirs, nobodys = knock(shift), knock(str(make_id()))
            assert theirs.seen == nobodys.seen
            assert (theirs.status, theirs.body["code"]) == (404, "http.not_found")
        for person in (cast.ben.id, str(make_id()), cast.ada.id):
            assert post(edda, "/shifts", **DUTY, person=person).status == 404
            assert put(edda, "/shifts").status == 405


def test_nobody_of_another_team_is_put_on_the_roster(cast: Cast, neighbours: Neighbours) -> None:
    shift = add_one(cast)
    stranger = make_player(cast.eve.person.team, "expert", "Erik", TUESDAY)
    with nothing_changes():
        for person in (stranger.id, neighbours.emil.id, cast.ada.id, str(make_id())):
            assert add(cast, person=person).status == 404
            assert post(cast.mara, f"/shifts/{shift}/assign", person=person).status == 404
