"""Whoever has no business with an escalation gets the answer for one that does not exist, and changes nothing."""

from __future__ import annotations

import pytest

from server.foundation.ids import make_id
from server.foundation.json_codec import encode
from tests.cast import Cast, Player, Rest
from tests.frames import list_operations
from tests.integration.availability.people import Neighbours, post
from tests.integration.safety.calls import press_help, put_on_call, work
from tests.integration.safety.witness import list_seen
from tests.witness import nothing_changes

STEPS: dict[str, object] = {"steps": [{"kind": "last_resort"}]}
NUMBERS: dict[str, object] = {
    "promise_emergency_minutes": 15,
    "promise_urgent_minutes": 60,
    "promise_concern_minutes": 1440,
    "standing_email": "",
}
# The doors of this part and what is brought to them; `{escalation_id}` and the like are filled in.
DOORS: dict[tuple[str, str], dict[str, object]] = {
    ("GET", "/escalations"): {},
    ("GET", "/escalations/{escalation_id}"): {},
    ("GET", "/escalations/{escalation_id}/signals/{signal_id}"): {},
    ("POST", "/escalations/{escalation_id}/acknowledge"): {},
    ("POST", "/escalations/{escalation_id}/hand-over"): {"to": "professional", "told": ["x"]},
    ("POST", "/escalations/{escalation_id}/resolve"): {"outcome": "safe"},
    ("POST", "/escalations/{escalation_id}/reopen"): {},
    ("GET", "/team/chains"): {},
    ("PUT", "/team/chains/{level}"): STEPS,
    ("GET", "/team/safety"): {},
    ("PUT", "/team/safety"): NUMBERS,
    ("GET", "/team/on-call-check"): {},
    ("POST", "/team/test-pages"): {},
    ("GET", "/me/test-page"): {},
    ("POST", "/me/test-page"): {},
    ("POST", "/me/test-page/{page_id}/confirm"): {},
}
OF_ONE = [door for door in DOORS if "{" in door[1] and "{level}" not in door[1]]


def knock(player: Player | None, door: tuple[str, str], **ids: str) -> tuple[int, str]:
    """Return the status and the code of the answer."""
    method, path = door
    given = {"escalation_id": str(make_id()), "signal_id": str(make_id()), "page_id": str(make_id())} | ids
    fields = DOORS[door]
    body = encode(fields) if method != "GET" and fields else b""
    answer = Rest(player).call(method, path.format(**given, level="urgent"), body)
    return answer.status, (answer.body or {}).get("code", "")


def test_every_door_of_this_part_is_here() -> None:
    published = {(method, path.removeprefix("/api/v1")) for method, path in list_operations()}
    others = ("/join", "/take-over", "/hand-back", "/leave", "/work", "/history")
    ours = ("/escalations", "/team/chains", "/team/safety", "/team/on-call", "/team/test-pages", "/me/test-page")
    found = {one for one in published if one[1].startswith(ours) and not one[1].endswith(others)}
    assert found == set(DOORS)


@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_without_a_session_there_is_no_answer(cast: Cast, door: tuple[str, str]) -> None:
    with nothing_changes():
        assert knock(None, door) == (401, "auth.session_revoked")


@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_youths_and_experts_are_told_the_same_at_every_door(cast: Cast, door: tuple[str, str]) -> None:
    own = str(press_help(cast).escalation.id)
    with nothing_changes():
        told = {
            knock(player, door, **ids)
            for player in (cast.ada, cast.ben, cast.eve)
            for ids in ({}, {"escalation_id": own})
        }
    assert told == {(403, "auth.forbidden")}


@pytest.mark.parametrize("door", OF_ONE, ids=" ".join)
def test_another_teams_is_one_that_does_not_exist(cast: Cast, neighbours: Neighbours, door: tuple[str, str]) -> None:
    raised = press_help(cast)
    page = post(cast.noor, "/me/test-page").body["id"]
    signal = str(raised.escalation.signals.get().id)
    with nothing_changes():
        told = {
            knock(neighbours.edda, door),
            knock(neighbours.edda, door, escalation_id=str(raised.escalation.id), signal_id=signal, page_id=page),
        }
    assert told == {(404, "http.not_found")}


def test_nobody_of_another_team_hears_of_it_and_no_expert_ever(cast: Cast, neighbours: Neighbours) -> None:
    put_on_call(cast, cast.noor)
    press_help(cast)
    work()
    kinds = ("escalation.opened", "escalation.step")
    for player in (neighbours.edda, neighbours.emil, neighbours.bo, cast.ben, cast.eve):
        assert list_seen(player, *kinds) == []
