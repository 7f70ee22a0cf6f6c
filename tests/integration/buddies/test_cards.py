"""What one of a pair sees of the other: nothing before, a little when asked, more once both have said yes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Cast, Player
from tests.integration.buddies.pairs import make_expert_ready, make_in_state
from tests.integration.buddies.people import Neighbours, get, put, told, write_file

INTAKE: dict[str, Any] = {
    "themes": ["trauma"],
    "own_words": "Ik slaap slecht.",
    "languages": ["nl"],
    "age_band": "18-20",
    "likes": ["muziek"],
    "institutions": ["Huize Kanarie"],
    "people_known": ["tante Kanarie"],
    "professional_name": "Kanarie",
    "wishes": "Kanarie",
}


@pytest.fixture(autouse=True)
def files(cast: Cast) -> None:
    make_expert_ready(cast, cast.ben, introduction="Hoi!", no_go=["psychosis"], places=["Kanariedorp"], region="Ede")
    told(put(cast.ada, "/me/intake", **INTAKE))
    write_file(cast.mara, cast.ada, bridge_until="2027-01-31")


def see(reader: Player, other: Player) -> dict[str, Any]:
    body: dict[str, Any] = told(get(reader, f"/people/{other.id}/buddy-card"))
    assert "Kanarie" not in str(body)
    return body


def test_while_it_is_proposed_both_see_a_little(cast: Cast) -> None:
    make_in_state(cast, "proposed", cast.ada, cast.ben)

    of_youth, of_expert = see(cast.ben, cast.ada), see(cast.ada, cast.ben)

    assert of_youth["seen_as"] == of_expert["seen_as"] == "asked"
    assert of_youth["card"] == {
        "bridge_until": "2027-01-31",
        "languages": ["nl"],
        "age_band": "18-20",
        "likes": ["muziek"],
    }
    assert of_expert["card"]["introduction"] == "Hoi!"
    assert of_expert["card"].keys() == {"kinds", "languages", "gender", "themes", "likes", "introduction"}


@pytest.mark.parametrize("state", ["introduced", "active", "paused", "closing"])
def test_once_both_have_said_yes_they_see_more(cast: Cast, state: str) -> None:
    make_in_state(cast, state, cast.ada, cast.ben)

    of_youth, of_expert = see(cast.ben, cast.ada), see(cast.ada, cast.ben)

    assert of_youth["seen_as"] == of_expert["seen_as"] == "paired"
    assert (of_youth["card"]["themes"], of_youth["card"]["own_words"]) == (["trauma"], "Ik slaap slecht.")
    assert of_expert["card"]["region"] == "Ede"
    assert "no_go" not in of_expert["card"]


@pytest.mark.parametrize("state", ["declined", "withdrawn", "rematch", "closed"])
def test_when_it_is_over_they_see_nothing(cast: Cast, state: str) -> None:
    make_in_state(cast, state, cast.ada, cast.ben)
    for reader, other in ((cast.ada, cast.ben), (cast.ben, cast.ada)):
        answer = get(reader, f"/people/{other.id}/buddy-card")
        assert (answer.status, answer.body["code"]) == (404, "http.not_found")


def test_somebody_elses_buddy_is_a_stranger(cast: Cast, neighbours: Neighbours) -> None:
    make_in_state(cast, "active", cast.ada, cast.ben)
    for reader, other in ((neighbours.yara, cast.ben), (neighbours.bo, cast.ada), (neighbours.emil, cast.ada)):
        assert get(reader, f"/people/{other.id}/buddy-card").status == 404
