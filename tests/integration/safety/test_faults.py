"""What no listener could deal with is told to the team that it is about, once a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from server.events.facts import BlockPlaced, EscalationMoved, Fact, MessageAccepted
from server.events.models import OutboxEvent
from server.events.outbox import record_facts
from server.foundation.clock import format_instant, read_clock
from server.foundation.ids import make_id
from server.safety.file_tasks import step_watch_faults
from server.safety.models import Escalation, Signal
from tests.cast import Cast
from tests.integration.availability.people import TUESDAY, Neighbours
from tests.witness import nothing_changes


def park(fact: Fact) -> None:
    """Have a fact that was tried too often."""
    now = read_clock()
    record_facts([fact], now=now)
    OutboxEvent.objects.filter(parked_at=None).update(parked_at=now, failure="ValueError")


def moved(cast: Cast) -> EscalationMoved:
    """Return a fact of the safety room about the cast's team."""
    at = format_instant(read_clock())
    return EscalationMoved(str(make_id()), str(cast.team.id), None, None, "open", "open", "urgent", at)


def test_a_parked_fact_is_a_concern_of_its_team_once_a_day(
    cast: Cast, neighbours: Neighbours, clock: time_machine.Traveller
) -> None:
    with nothing_changes():
        assert step_watch_faults(read_clock()) is False
    park(BlockPlaced(cast.ada.id, cast.ben.id))
    assert step_watch_faults(read_clock()) is True
    with nothing_changes():
        assert step_watch_faults(read_clock()) is False
    escalation = Escalation.objects.get()
    assert (str(escalation.team_id), escalation.kind, escalation.level) == (str(cast.team.id), "fault", "concern")
    assert escalation.youth_id is None
    clock.move_to(TUESDAY + timedelta(days=1))
    step_watch_faults(read_clock())
    assert (Signal.objects.count(), Escalation.objects.count()) == (2, 1)


def test_a_fact_of_this_room_is_urgent(cast: Cast, neighbours: Neighbours) -> None:
    park(BlockPlaced(cast.ada.id, cast.ben.id))
    park(moved(cast))
    step_watch_faults(read_clock())
    assert [one.level for one in Signal.objects.all()] == ["urgent"]


@pytest.mark.parametrize("known", [True, False])
def test_the_team_is_read_from_what_the_fact_names(cast: Cast, neighbours: Neighbours, known: bool) -> None:
    ids: dict[str, Any] = {"sender_id": str(make_id()), "conversation_id": cast.pair if known else str(make_id())}
    park(MessageAccepted(seq=1, message_id=str(make_id()), recipient_ids=(), held_for=(), at="", **ids))
    step_watch_faults(read_clock())
    teams = {str(one.team_id) for one in Escalation.objects.all()}
    every = {str(cast.team.id), str(neighbours.edda.person.team_id)}
    assert teams == ({str(cast.team.id)} if known else every)


def test_many_parked_facts_cost_no_question_each(cast: Cast) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            park(BlockPlaced(cast.ada.id, cast.ben.id))
        step_watch_faults(read_clock())
        with CaptureQueriesContext(connection) as asked:
            step_watch_faults(read_clock())
        counts.append(len(asked))
    assert counts[0] == counts[1]
