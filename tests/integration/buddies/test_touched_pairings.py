"""Who ever had to do with a pairing does not stand apart from a complaint, whatever became of the pairing."""

from __future__ import annotations

import pytest

from server.buddies.models import Pairing, PairingCover
from server.safety.models import ComplaintHandler
from tests.cast import Cast, Player, make_player
from tests.integration.buddies.pairs import make_expert_ready, make_in_state, run_loops
from tests.integration.buddies.people import TUESDAY, Neighbours, post, told

TEXT = "Hij luisterde niet."
ENDED = ["rematch", "closed", "declined", "withdrawn"]


def complain_about(cast: Cast, expert: Player) -> str:
    """Return the id of Ada's complaint about an expert."""
    return str(told(post(cast.ada, "/complaints", about=expert.id, text=TEXT), 201)["id"])


@pytest.mark.parametrize("state", ENDED)
def test_who_once_made_the_pairing_does_not_stand_apart(cast: Cast, neighbours: Neighbours, state: str) -> None:
    make_expert_ready(cast, cast.ben)
    make_in_state(cast, state, cast.ada, cast.ben)
    run_loops()
    complaint = complain_about(cast, cast.ben)
    handling = ComplaintHandler.objects.filter(complaint_id=complaint).values_list("person_id", "independent")
    apart = {str(person): independent for person, independent in handling}
    assert apart.get(cast.mara.id, False) is False
    assert True in apart.values()


@pytest.mark.parametrize("state", ENDED)
def test_who_was_the_backup_gives_no_advice(cast: Cast, neighbours: Neighbours, state: str) -> None:
    bo, far = neighbours.bo, make_player(cast.team, "expert", "Cy", TUESDAY)
    make_expert_ready(cast, cast.ben, bo)
    make_in_state(cast, state, cast.ada, cast.ben, backup=bo.id)
    run_loops()
    path = f"/complaints/{complain_about(cast, cast.ben)}/ask-advice"
    asked = {one.id: post(cast.noor, path, expert=one.id, text="Wat vind je?") for one in (bo, far)}
    assert asked[bo.id].body["code"] == "complaint.adviser_involved"
    assert asked[far.id].status == 201


def test_who_once_covered_gives_no_advice(cast: Cast, neighbours: Neighbours) -> None:
    bo = neighbours.bo
    make_expert_ready(cast, cast.ben, bo)
    pairing = make_in_state(cast, "closed", cast.ada, cast.ben)
    now = Pairing.objects.get(id=pairing).proposed_at
    PairingCover.objects.create(
        pairing_id=pairing, cover_id=bo.person.id, reason="absence", since=now, until=now, ended_at=now
    )
    path = f"/complaints/{complain_about(cast, cast.ben)}/ask-advice"
    answer = post(cast.noor, path, expert=bo.id, text="Wat vind je?")
    assert answer.body["code"] == "complaint.adviser_involved"
