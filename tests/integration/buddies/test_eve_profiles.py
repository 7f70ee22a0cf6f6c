"""Every door to files, the waiting list and the matching: shut without a session, to the wrong role, to other teams."""

from __future__ import annotations

from typing import Any

import pytest

from server.buddies.actions.requests import open_missing_requests
from server.buddies.models import BuddyRequest
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from server.foundation.json_codec import encode
from tests.cast import Cast, Player, Rest, make_player
from tests.frames import list_operations
from tests.integration.buddies.people import VALID, Neighbours, get, put, told, write_file
from tests.witness import nothing_changes

# Calls → what a youth, an expert and a coordinator are told who have nothing to do with what stands behind the door.
DOORS: dict[tuple[str, str], tuple[int, int, int]] = {
    ("GET", "/buddy-themes"): (200, 200, 200),
    ("GET", "/me/intake"): (200, 403, 403),
    ("PUT", "/me/intake"): (200, 403, 403),
    ("GET", "/me/profile"): (403, 200, 403),
    ("PUT", "/me/profile"): (403, 200, 403),
    ("GET", "/people/{person_id}/buddy-card"): (404, 404, 403),
    ("GET", "/people/{person_id}/buddy-profile"): (403, 403, 404),
    ("PUT", "/people/{person_id}/buddy-profile"): (403, 403, 404),
    ("GET", "/team/buddies"): (403, 403, 200),
    ("PUT", "/team/buddies"): (403, 403, 200),
    ("GET", "/waiting-list"): (403, 403, 200),
    ("GET", "/waiting-list/assignment"): (403, 403, 200),
    ("POST", "/waiting-list/{request_id}/withdraw"): (403, 403, 404),
    ("GET", "/youths/{youth_id}/candidates"): (403, 403, 404),
}
CODES = {403: "auth.forbidden", 404: "http.not_found"}
BODIES = {
    ("PUT", "/me/intake"): {"region": "Ede"},
    ("PUT", "/me/profile"): {"region": "Ede"},
    ("PUT", "/people/{person_id}/buddy-profile"): {"region": "Ede"},
    ("PUT", "/team/buddies"): {"silence_days": 7},
}


def knock(player: Player | None, door: tuple[str, str], **ids: str) -> tuple[int, Any]:
    """Return the status and all that a client can compare."""
    method, path = door
    for name in ("person_id", "request_id", "youth_id"):
        path = path.replace(f"{{{name}}}", ids.get(name) or str(make_id()))
    answer = Rest(player).call(method, path, encode(BODIES[door]) if door in BODIES else b"")
    return answer.status, answer.seen


def find_things(cast: Cast) -> dict[str, str]:
    """Return what stands behind the doors in the cast's team."""
    open_missing_requests(team_id=cast.team.id, now=read_clock())
    put(cast.ada, "/me/intake", own_words="kanarie")
    put(cast.ben, "/me/profile", introduction="kanarie")
    request = BuddyRequest.objects.get(youth_id=cast.ada.id)
    return {"person_id": cast.ada.id, "youth_id": cast.ada.id, "request_id": str(request.id)}


def test_every_door_of_this_part_is_here() -> None:
    published = {(method, path.removeprefix("/api/v1")) for method, path in list_operations()}
    starts = ("/buddy-themes", "/me/intake", "/me/profile", "/team/buddies", "/waiting-list")
    ends = ("/buddy-card", "/buddy-profile", "/candidates")
    assert {one for one in published if one[1].startswith(starts) or one[1].endswith(ends)} == set(DOORS)


@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_without_a_session_there_is_no_answer(cast: Cast, door: tuple[str, str]) -> None:
    things = find_things(cast)
    with nothing_changes():
        status, seen = knock(None, door, **things)
    assert (status, seen[1]["code"]) == (401, "auth.session_revoked")


@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_of_another_team_everything_is_as_if_it_were_not_there(
    cast: Cast, neighbours: Neighbours, door: tuple[str, str]
) -> None:
    things = find_things(cast)
    for at, player in enumerate((cast.eve, neighbours.emil, neighbours.edda)):
        expected = DOORS[door][at]
        if expected == 200:
            continue
        with nothing_changes():
            status, seen = knock(player, door, **things)
            assert (status, seen) == knock(player, door), "the same as for what does not exist"
        assert (status, seen[1]["code"]) == (expected, CODES[expected])


@pytest.mark.parametrize("door", [one for one in DOORS if "{" in one[1] and DOORS[one][2] == 404], ids=" ".join)
def test_in_ones_own_team_the_wrong_role_is_refused_and_changes_nothing(cast: Cast, door: tuple[str, str]) -> None:
    things = find_things(cast)
    for player in (cast.ada, cast.ben):
        with nothing_changes():
            status, _ = knock(player, door, **things)
        assert status == 403


def test_a_coordinator_has_no_file_and_an_expert_no_candidates(cast: Cast) -> None:
    with nothing_changes():
        assert get(cast.mara, f"/people/{cast.noor.id}/buddy-profile").status == 404
        assert put(cast.mara, f"/people/{cast.mara.id}/buddy-profile", region="Ede").status == 404
        assert get(cast.mara, f"/youths/{cast.ben.id}/candidates").status == 404


def test_what_is_seen_of_another_team_holds_nothing_of_this_one(cast: Cast, neighbours: Neighbours) -> None:
    find_things(cast)
    write_file(cast.mara, cast.ben, **VALID)
    names = {cast.ada.id, cast.ben.id, "kanarie"}
    for path in ("/waiting-list", "/waiting-list/assignment", f"/youths/{cast.eve.id}/candidates"):
        shown = str(told(get(neighbours.edda, path)))
        assert not any(name in shown for name in names)


def test_strangers_of_one_team_see_no_card_of_each_other(cast: Cast) -> None:
    find_things(cast)
    lone = make_player(cast.team, "expert", "Lone", read_clock())
    for one, other in ((cast.ada, lone), (lone, cast.ada), (cast.ada, cast.ada), (cast.ada, cast.mara)):
        with nothing_changes():
            answer = get(one, f"/people/{other.id}/buddy-card")
        assert (answer.status, answer.body["code"]) == (404, "http.not_found")
