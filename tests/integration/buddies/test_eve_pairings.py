"""Eve at every door of pairings: the answer is that for a thing that does not exist, and nothing changes."""

from __future__ import annotations

from typing import Any

import pytest

from server.foundation.ids import make_id
from server.foundation.json_codec import encode
from tests.cast import Answer, Cast, Player, Rest
from tests.integration.buddies.pairs import make_active, make_expert_ready
from tests.integration.buddies.people import Neighbours
from tests.witness import nothing_changes

# method, path below /pairings/{id}, body, who may come that far by role
YOUTH, EXPERT, COORDINATOR = "youth", "expert", "coordinator"
ALL = (YOUTH, EXPERT, COORDINATOR)
DOORS: tuple[tuple[str, str, dict[str, Any], tuple[str, ...]], ...] = (
    ("GET", "", {}, ALL),
    ("POST", "/accept", {}, (YOUTH, EXPERT)),
    ("POST", "/activate", {}, ALL),
    ("POST", "/decline", {}, (YOUTH, EXPERT)),
    ("POST", "/withdraw", {}, (COORDINATOR,)),
    ("POST", "/pause", {}, ALL),
    ("POST", "/resume", {}, ALL),
    ("POST", "/change", {}, ALL),
    ("POST", "/close", {}, ALL),
    ("PUT", "/moves", {"moves": "note"}, (YOUTH,)),
    ("PUT", "/backup", {"backups": []}, (COORDINATOR,)),
    ("GET", "/introduction", {}, ALL),
    ("PUT", "/introduction", {"items": []}, (EXPERT,)),
    ("GET", "/notes", {}, (EXPERT,)),
    ("POST", "/notes", {"words": "hoi"}, (EXPERT,)),
    ("GET", "/handover-note", {}, ALL),
    ("PUT", "/handover-note", {"words": "hoi"}, (EXPERT, COORDINATOR)),
    ("POST", "/handover-note/approve", {"revision": 1}, (YOUTH,)),
    ("GET", "/warmth", {}, (EXPERT, COORDINATOR)),
    ("PUT", "/warmth", {"silence_days": 5}, (COORDINATOR,)),
    ("PUT", "/warmth/quiet", {"until": None}, (EXPERT,)),
    ("GET", "/closing", {}, (YOUTH, EXPERT)),
    ("PUT", "/closing", {"scores": []}, (YOUTH, EXPERT)),
)


def knock(player: Player | None, method: str, path: str, body: dict[str, Any]) -> Answer:
    """Try a door."""
    return Rest(player).call(method, path, encode(body) if method != "GET" else b"")


@pytest.fixture
def pairing(cast: Cast, neighbours: Neighbours) -> str:
    """Ada and Ben."""
    make_expert_ready(cast, cast.ben, neighbours.bo)
    return make_active(cast, cast.ada, cast.ben)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door[0]} {door[1]}")
def test_outsiders_find_nothing_at_any_door(cast: Cast, neighbours: Neighbours, pairing: str, door: Any) -> None:
    method, below, body, roles = door
    outsiders = {
        YOUTH: [cast.eve, neighbours.yara],
        EXPERT: [neighbours.emil, neighbours.bo],
        COORDINATOR: [neighbours.edda],
    }
    with nothing_changes():
        for role, players in outsiders.items():
            for player in players:
                answer = knock(player, method, f"/pairings/{pairing}{below}", body)
                nowhere = knock(player, method, f"/pairings/{make_id()}{below}", body)
                assert answer.seen == nowhere.seen, (role, door)
                assert answer.status == (404 if role in roles else 403), (role, door)
        assert knock(None, method, f"/pairings/{pairing}{below}", body).status == 401


def test_the_lists_show_eve_nothing(cast: Cast, neighbours: Neighbours, pairing: str) -> None:
    for player in (cast.eve, neighbours.emil, neighbours.edda, neighbours.yara, neighbours.bo):
        assert Rest(player).get("/pairings").body == {"pairings": []}


def test_an_expert_of_another_team_is_nobody(cast: Cast, neighbours: Neighbours, pairing: str) -> None:
    with nothing_changes():
        calls: list[tuple[str, str, dict[str, Any]]] = [("GET", "leaving", {}), ("POST", "leave", {"decisions": []})]
        for method, below, body in calls:
            theirs = knock(neighbours.edda, method, f"/experts/{cast.ben.id}/{below}", body)
            assert theirs.seen == knock(neighbours.edda, method, f"/experts/{make_id()}/{below}", body).seen
            assert theirs.status == 404
            assert knock(cast.eve, method, f"/experts/{cast.ben.id}/{below}", body).status == 403
