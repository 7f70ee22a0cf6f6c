"""A youth or an expert wants no more contact."""

from __future__ import annotations

from datetime import datetime

import pytest

from server.accounts.actions import lift_block, place_block
from server.accounts.models import Block
from server.events.models import OutboxEvent
from server.foundation.ids import make_id
from tests.integration.accounts.calls import call
from tests.integration.accounts.cast import Cast
from tests.witness import nothing_changes


def test_a_block_is_placed_once_and_told_to_the_other_rooms(cast: Cast) -> None:
    answers = [call("POST", f"/blocks/{cast.ben.id}", token=cast.ada.token).status for _ in range(2)]
    assert answers == [204, 204]
    assert Block.objects.filter(lifted_at=None).count() == 1
    [fact] = OutboxEvent.objects.filter(name="accounts.block_placed")
    assert fact.payload == {"blocker_id": cast.ada.id, "blocked_id": cast.ben.id}


def test_both_may_block_and_each_lifts_their_own(cast: Cast) -> None:
    call("POST", f"/blocks/{cast.ben.id}", token=cast.ada.token)
    call("POST", f"/blocks/{cast.ada.id}", token=cast.ben.token)
    assert call("DELETE", f"/blocks/{cast.ben.id}", token=cast.ada.token).status == 204
    [left] = Block.objects.filter(lifted_at=None)
    assert str(left.blocker_id) == cast.ben.id


def test_a_lifted_block_stays_in_the_history_and_may_be_placed_again(cast: Cast, now: datetime) -> None:
    for _ in range(2):
        assert place_block(blocker_id=cast.ada.id, blocked_id=cast.ben.id, now=now)
        lift_block(blocker_id=cast.ada.id, blocked_id=cast.ben.id, now=now)
    assert Block.objects.count() == 2
    with nothing_changes():
        assert call("DELETE", f"/blocks/{cast.ben.id}", token=cast.ada.token).status == 404


def test_the_blocked_cannot_lift_it(cast: Cast, now: datetime) -> None:
    place_block(blocker_id=cast.ada.id, blocked_id=cast.ben.id, now=now)
    with nothing_changes():
        assert call("DELETE", f"/blocks/{cast.ada.id}", token=cast.ben.token).code == "http.not_found"


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_eve_cannot_tell_people_of_another_team_from_imagined_ones(cast: Cast, method: str) -> None:
    eve, answers = cast.make_eve(), []
    for person_id in (str(make_id()), cast.ada.id, cast.ben.id, cast.mara.id, eve.id):
        with nothing_changes():
            answers.append(call(method, f"/blocks/{person_id}", token=eve.token).seen)
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("name", ["mara", "otto"])
def test_who_works_for_the_team_does_not_block(cast: Cast, name: str) -> None:
    with nothing_changes():
        answer = call("POST", f"/blocks/{cast.ada.id}", token=getattr(cast, name).token)
    assert (answer.status, answer.code) == (403, "auth.forbidden")
