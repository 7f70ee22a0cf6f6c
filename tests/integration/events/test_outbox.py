"""The outbox: a fact is recorded with what makes it true, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from server.accounts.actions import place_block
from server.events.facts import FACTS, BlockPlaced, MessageAccepted, SessionEnded, read_fact
from server.events.models import OutboxEvent
from server.events.outbox import record_facts
from tests.cast import Cast, make_cast

NOW = datetime(2026, 11, 21, 20, 15, 30, 123456, tzinfo=UTC)
IDS = [f"00000000-0000-7000-8000-00000000000{at}" for at in range(4)]


@pytest.mark.django_db(transaction=True)
def test_a_fact_comes_back_as_it_was_recorded() -> None:
    facts = [
        MessageAccepted(IDS[0], 7, IDS[1], IDS[2], (IDS[3],), ()),
        SessionEnded(IDS[0], IDS[1], "signed_out"),
        BlockPlaced(IDS[0], IDS[1]),
    ]
    with transaction.atomic():
        record_facts(facts, now=NOW)
    rows = OutboxEvent.objects.order_by("id")
    assert [read_fact(row.name, row.payload) for row in rows] == facts
    assert {(row.recorded_at, row.due_at, row.attempts, row.parked_at, row.failure) for row in rows} == {
        (NOW, NOW, 0, None, "")
    }


@pytest.mark.django_db(transaction=True)
def test_no_facts_are_no_statement() -> None:
    record_facts([], now=NOW)
    assert not OutboxEvent.objects.exists()


class Crash(Exception):
    """What happens between two statements."""


@pytest.mark.django_db(transaction=True)
def test_a_crash_before_the_commit_leaves_neither_the_deed_nor_the_fact() -> None:
    cast: Cast = make_cast()
    with pytest.raises(Crash), transaction.atomic():
        place_block(blocker_id=cast.ada.id, blocked_id=cast.ben.id, now=NOW)
        cast_facts = OutboxEvent.objects.filter(name="accounts.block_placed").count()
        assert cast_facts == 1
        raise Crash
    assert not OutboxEvent.objects.filter(name="accounts.block_placed").exists()


def test_names_are_unique_and_say_the_room_and_the_past() -> None:
    assert all(name == kind.fact_name and name.count(".") == 1 for name, kind in FACTS.items())
    assert len({kind.__name__ for kind in FACTS.values()}) == len(FACTS)


def test_a_name_that_nobody_knows_and_a_field_that_lacks_are_errors() -> None:
    with pytest.raises(KeyError):
        read_fact("chat.unheard_of", {})
    with pytest.raises(TypeError):
        read_fact("accounts.block_placed", {"blocker_id": IDS[0]})
