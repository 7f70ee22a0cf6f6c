"""The desk is for coordinators: who is none is told so at every door, whatever stands behind it."""

from __future__ import annotations

import pytest

from tests.cast import Cast, Rest, make_player
from tests.frames import list_operations
from tests.integration.availability.people import TUESDAY, Neighbours
from tests.integration.desk.team import MINUTE, Pair
from tests.integration.safety.calls import press_help, put_on_call
from tests.witness import nothing_changes

FIGURES = ("hours", "contacts", "waiting", "escalations", "buddies")
DOORS = [
    "/people",
    "/team/talks",
    "/team/on-shift",
    "/team/openings",
    "/team/swaps",
    "/team/validity",
    "/team/warmth",
    "/team/hours/history",
    "/team/chains/history",
    "/team/safety/history",
    "/team/silence/history",
    *(f"/insight/{name}{form}" for name in FIGURES for form in ("", ".csv")),
]


def knock(rest: Rest, path: str) -> tuple[int, str]:
    answer = rest.get(path)
    return answer.status, answer.body["code"]


def test_every_door_of_the_desk_is_here() -> None:
    published = {path.removeprefix("/api/v1") for method, path in list_operations() if method == "GET"}
    ours = {path for path in published if path.startswith("/insight/") or path.endswith("/history")}
    assert ours == {path for path in DOORS if path.startswith("/insight/") or path.endswith("/history")}
    assert set(DOORS) <= published


def test_without_a_session_there_is_no_answer(cast: Cast) -> None:
    with nothing_changes():
        told = {path: knock(Rest(None), path) for path in DOORS}
    assert told == dict.fromkeys(DOORS, (401, "auth.session_revoked"))


@pytest.mark.parametrize("who", ["ada", "ben", "eve"])
def test_youths_and_experts_are_told_the_same(cast: Cast, pairs: list[Pair], who: str) -> None:
    pairs[0].talk_at(TUESDAY - MINUTE)
    press_help(cast)
    with nothing_changes():
        told = {path: knock(Rest(getattr(cast, who)), path) for path in DOORS}
    assert told == dict.fromkeys(DOORS, (403, "auth.forbidden"))


def test_an_admin_has_no_desk(cast: Cast) -> None:
    admin = Rest(make_player(cast.team, "admin", "Ans", TUESDAY))
    shut = [path for path in DOORS if path != "/people"]
    with nothing_changes():
        told = {path: knock(admin, path) for path in shut}
    assert told == dict.fromkeys(shut, (403, "auth.forbidden"))


def test_looking_changes_nothing_and_shows_nothing_of_another_team(
    cast: Cast, neighbours: Neighbours, pairs: list[Pair]
) -> None:
    pairs[0].talk_at(TUESDAY - MINUTE)
    put_on_call(cast, cast.noor)
    press_help(cast, youth=pairs[1].youth)
    with nothing_changes():
        seen = {path: Rest(neighbours.edda).get(path) for path in DOORS if not path.endswith(".csv")}
    assert {answer.status for answer in seen.values()} == {200}
    ours = [cast.mara, cast.noor, cast.ben, *(who for pair in pairs for who in (pair.youth, pair.expert))]
    assert [path for path, answer in seen.items() if any(one.id in str(answer.body) for one in ours)] == []
