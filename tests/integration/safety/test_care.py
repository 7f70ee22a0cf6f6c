"""How it was: asked of the youth and of who worried, never owed; heavy brings rest; a call back is seen by the team."""

from __future__ import annotations

import pytest

from server.availability.queries import find_reachability
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from server.safety.models import AfterCare
from tests.cast import Cast, Rest
from tests.integration.availability.people import Neighbours, get, post
from tests.integration.safety.evening import list_log, look, press, work, worry
from tests.integration.safety.witness import list_seen
from tests.witness import nothing_changes


@pytest.fixture
def asked(cast: Cast) -> dict[str, str]:
    """An escalation of Ada's and Ben's has ended: the question of each, by name."""
    worry(cast.ben, cast.pair)
    id_ = press(cast.ada).body["escalation"]["id"]
    assert post(cast.noor, f"/escalations/{id_}/acknowledge").status == 200
    assert post(cast.noor, f"/escalations/{id_}/resolve", outcome="safe").status == 200
    work()
    return {one.role: str(one.id) for one in AfterCare.objects.all()}


def test_both_are_asked_once_in_their_own_words(cast: Cast, asked: dict[str, str]) -> None:
    assert asked.keys() == {"youth", "expert"}
    work()
    assert list_log(cast.ada, "care.") == list_log(cast.ben, "care.") == ["care.asked"]
    assert "Hoe gaat het nu met je?" in list_seen(cast.ada, "care.asked")[0]["text"]
    (question,) = look(cast.ben, "/me/after-care")["after_care"]
    assert question["id"] == asked["expert"]
    assert "Hoe zwaar was dit voor je?" in question["text"]


@pytest.mark.parametrize("joins", [False, True])
def test_a_youth_who_knew_of_nothing_is_not_asked(cast: Cast, joins: bool) -> None:
    id_ = worry(cast.ben, cast.pair).body["escalation"]["id"]
    assert post(cast.noor, f"/escalations/{id_}/{'join' if joins else 'acknowledge'}").status == 200
    assert post(cast.noor, f"/escalations/{id_}/resolve", outcome="safe").status == 200
    work()
    assert list_log(cast.ada, "care.") == (["care.asked"] if joins else [])
    assert list_log(cast.ben, "care.") == ["care.asked"]


def test_a_heavy_evening_brings_rest_at_once(cast: Cast, asked: dict[str, str]) -> None:
    body = post(cast.ben, f"/me/after-care/{asked['expert']}", heaviness=4, call_back=True).body
    assert body["rest_until"] is not None
    assert find_reachability(cast.ben.id, read_clock()).reason == "rest"
    assert look(cast.ben, "/me/after-care")["after_care"] == []


@pytest.mark.parametrize(("heaviness", "rest", "rests"), [(3, None, False), (5, False, False), (1, True, True)])
def test_rest_is_their_own_choice(
    cast: Cast, asked: dict[str, str], heaviness: int, rest: bool | None, rests: bool
) -> None:
    more = {} if rest is None else {"rest": rest}
    body = post(cast.ben, f"/me/after-care/{asked['expert']}", heaviness=heaviness, call_back=False, **more).body
    assert (body["rest_until"] is not None) is rests
    assert find_reachability(cast.ben.id, read_clock()).open is not rests


def test_a_youth_gets_no_rest_but_may_be_called(cast: Cast, asked: dict[str, str]) -> None:
    body = post(cast.ada, f"/me/after-care/{asked['youth']}", heaviness=5, call_back=True, rest=True).body
    assert body["rest_until"] is None
    (waiting,) = look(cast.mara, "/after-care")["call_backs"]
    assert (waiting["person"], waiting["role"], waiting["heaviness"]) == (cast.ada.id, "youth", 5)
    called = post(cast.mara, f"/after-care/{asked['youth']}/called")
    assert (called.status, called.body["called_at"] is not None) == (200, True)
    assert look(cast.mara, "/after-care")["call_backs"] == []
    with nothing_changes():
        assert post(cast.noor, f"/after-care/{asked['youth']}/called").body["code"] == "care.answered"


def test_who_asked_for_no_call_is_not_on_the_list(cast: Cast, asked: dict[str, str]) -> None:
    post(cast.ben, f"/me/after-care/{asked['expert']}", heaviness=2, call_back=False)
    assert look(cast.mara, "/after-care")["call_backs"] == []
    with nothing_changes():
        there = post(cast.mara, f"/after-care/{asked['expert']}/called")
        assert there.seen == post(cast.mara, f"/after-care/{make_id()}/called").seen


@pytest.mark.parametrize("heaviness", [0, 6, -1])
def test_from_one_to_five(cast: Cast, asked: dict[str, str], heaviness: int) -> None:
    with nothing_changes():
        refused = post(cast.ben, f"/me/after-care/{asked['expert']}", heaviness=heaviness, call_back=False)
    assert (refused.status, refused.body["code"]) == (422, "care.heaviness")


def test_answered_once(cast: Cast, asked: dict[str, str]) -> None:
    path = f"/me/after-care/{asked['expert']}"
    assert post(cast.ben, path, heaviness=1, call_back=False).status == 200
    with nothing_changes():
        assert post(cast.ben, path, heaviness=5, call_back=True).body["code"] == "care.answered"


def test_eve_finds_no_question_and_no_list(cast: Cast, neighbours: Neighbours, asked: dict[str, str]) -> None:
    post(cast.ada, f"/me/after-care/{asked['youth']}", heaviness=5, call_back=True)
    with nothing_changes():
        for stranger in (cast.eve, neighbours.bo, cast.ada):
            there = post(stranger, f"/me/after-care/{asked['expert']}", heaviness=1, call_back=False)
            nowhere = post(stranger, f"/me/after-care/{make_id()}", heaviness=1, call_back=False)
            assert (there.status, there.seen) == (404, nowhere.seen)
        there = post(neighbours.edda, f"/after-care/{asked['youth']}/called")
        assert there.seen == post(neighbours.edda, f"/after-care/{make_id()}/called").seen
        assert get(neighbours.edda, "/after-care").body == {"call_backs": []}
        for player in (cast.ada, cast.ben):
            assert Rest(player).get("/after-care").status == 403
            assert post(player, f"/after-care/{asked['youth']}/called").status == 403
        assert post(cast.mara, f"/me/after-care/{asked['youth']}", heaviness=1, call_back=False).status == 403
        for path in ("/me/after-care", "/after-care"):
            assert Rest(None).get(path).status == 401
