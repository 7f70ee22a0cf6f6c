"""A row whose work always fails holds up no other, and is tried again after its lease."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.models import Model

from server.chat.actions.conversations import open_conversation
from server.foundation.clock import read_clock
from server.foundation.leases import LEASE
from server.safety.actions.care import tell_after_care
from server.safety.actions.complaints import assign_due_complaint, receive_complaint, signal_due_complaint
from server.safety.actions.glass import end_due_reading, remind_due_review, tell_due_youth
from server.safety.actions.silence import look_at_silence
from server.safety.actions.worries import tell_worry
from server.safety.models import AfterCare, Complaint, GlassOpening, SilenceTimer, Worry
from tests.cast import Cast, make_player
from tests.integration.availability.people import TUESDAY, Neighbours, card_of, post
from tests.integration.safety.evening import press, worry
from tests.integration.safety.glasses import opened

FORTNIGHT = timedelta(days=14)
Build = Callable[[Cast, Neighbours], type[Model]]


def make_worries(cast: Cast, neighbours: Neighbours) -> type[Model]:
    """Ben and Bo worried; somebody picked both up."""
    kim = make_player(cast.team, "youth", "Kim", TUESDAY)
    pair = open_conversation(
        team_id=cast.team.id, kind="pair", member_ids=[kim.person.id, neighbours.bo.person.id], now=TUESDAY
    )
    for expert, place in ((cast.ben, cast.pair), (neighbours.bo, str(pair.id))):
        id_ = worry(expert, place).body["escalation"]["id"]
        assert post(cast.noor, f"/escalations/{id_}/acknowledge").status == 200
    Worry.objects.update(tell_at=TUESDAY)
    return Worry


def make_questions(cast: Cast, neighbours: Neighbours) -> type[Model]:
    """Ada and Ben are to be asked how it was."""
    worry(cast.ben, cast.pair)
    id_ = press(cast.ada).body["escalation"]["id"]
    assert post(cast.noor, f"/escalations/{id_}/acknowledge").status == 200
    assert post(cast.noor, f"/escalations/{id_}/resolve", outcome="safe").status == 200
    for person, role in ((cast.ada, "youth"), (cast.ben, "expert")):
        AfterCare.objects.create(
            team_id=cast.team.id, escalation_id=id_, person_id=person.id, role=role, asked_at=TUESDAY, tell_at=TUESDAY
        )
    return AfterCare


def make_complaints(cast: Cast, neighbours: Neighbours) -> type[Model]:
    """Ada and Ben complained about the team, and handlers are to be looked for again."""
    for one in (cast.ada, cast.ben):
        receive_complaint(actor=card_of(one), about=None, about_team=True, text="Niemand luistert.", now=TUESDAY)
    Complaint.objects.update(assign_due_at=TUESDAY)
    return Complaint


def make_readings(cast: Cast, neighbours: Neighbours) -> type[Model]:
    """Mara and Noor read, and Ada is to be told later."""
    for one in (cast.mara, cast.noor):
        opened(one, cast, tell_youth="later", safety_reason="De telefoon wordt door iemand anders gelezen.")
    return GlassOpening


def make_timers(cast: Cast, neighbours: Neighbours) -> type[Model]:
    """Two talks have a question in them."""
    for place in (cast.pair, cast.elsewhere):
        SilenceTimer.objects.create(conversation_id=place, first_seq=1, first_at=TUESDAY, due_at=TUESDAY)
    return SilenceTimer


STEPS: list[Any] = [
    pytest.param(make_worries, tell_worry, "worries._tell", timedelta(), id="a worry"),
    pytest.param(make_questions, tell_after_care, "care._ask", timedelta(), id="a question"),
    pytest.param(make_complaints, assign_due_complaint, "complaints._assign", timedelta(), id="handlers"),
    pytest.param(make_complaints, signal_due_complaint, "complaints.signal_complaint", timedelta(), id="a signal"),
    pytest.param(make_readings, tell_due_youth, "glass._tell_youth", FORTNIGHT, id="a youth told later"),
    pytest.param(make_readings, end_due_reading, "glass._end_over", FORTNIGHT, id="the end of a reading"),
    pytest.param(make_readings, remind_due_review, "glass._remind_reviewers", FORTNIGHT, id="a review"),
    pytest.param(make_timers, look_at_silence, "silence._look", timedelta(), id="a silence"),
]


@pytest.mark.parametrize(("build", "step", "work", "later"), STEPS)
def test_one_that_always_fails_holds_up_no_other_and_is_tried_again(
    cast: Cast,
    neighbours: Neighbours,
    monkeypatch: pytest.MonkeyPatch,
    build: Build,
    step: Callable[..., bool],
    work: str,
    later: timedelta,
) -> None:
    assert build(cast, neighbours).objects.count() == 2  # type: ignore[attr-defined]
    tried: list[str] = []

    def fail_for_the_first(row: Model | None = None, now: datetime = TUESDAY, complaint_id: object = None) -> None:
        id_ = str(row.pk if row is not None else complaint_id)
        tried.append(id_)
        if id_ == tried[0]:
            raise DatabaseError("this row is poisoned")

    monkeypatch.setattr(f"server.safety.actions.{work}", fail_for_the_first)
    now = read_clock() + later
    with pytest.raises(DatabaseError):
        step(now=now)
    assert step(now=now)
    assert not step(now=now)
    assert len(set(tried)) == len(tried) == 2
    with pytest.raises(DatabaseError):
        step(now=now + LEASE)
    assert tried[2] == tried[0]
