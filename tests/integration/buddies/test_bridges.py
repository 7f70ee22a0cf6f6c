"""A bridge that is over is said to the coordinators on working days, for as long as the two go on; it ends nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.buddies.models import Pairing
from server.buddies.pairing_tasks import step_bridges
from tests.cast import Cast
from tests.integration.buddies.pairs import look, make_active, make_expert_ready, make_proposed, take
from tests.integration.buddies.people import told
from tests.integration.buddies.witness import list_events
from tests.witness import nothing_changes

FRIDAY = "2026-11-20"
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)  # nine in the morning in Amsterdam
NEXT_MONDAY = MONDAY + timedelta(days=7)
BRIDGE = {"kind": "bridge", "bridge_until": FRIDAY}
SECOND = timedelta(seconds=1)


def list_days(cast: Cast) -> list[list[int]]:
    """Return for how many days the bridge is over, as the coordinators read it, and the two themselves."""
    people = (cast.mara, cast.noor, cast.ada, cast.ben, cast.eve)
    return [[one["days"] for one in list_events(player, "pairing.bridge_over")] for player in people]


def test_the_coordinators_hear_of_it_each_week_until_the_pairing_has_ended(cast: Cast) -> None:
    make_expert_ready(cast, cast.ben)
    pairing = make_active(cast, cast.ada, cast.ben, **BRIDGE)
    with nothing_changes():
        assert not step_bridges(MONDAY - SECOND)
    assert [step_bridges(MONDAY) for _ in range(2)] == [True, False]
    [event] = list_events(cast.mara, "pairing.bridge_over")
    assert (event["pairing"], event["until"]) == (pairing, FRIDAY)
    assert list_days(cast) == [[3], [3], [], [], []]
    assert not step_bridges(NEXT_MONDAY - SECOND)
    assert step_bridges(NEXT_MONDAY)
    assert list_days(cast) == [[10], [10], [], [], []], "the newer takes its place"
    assert look(cast.mara, pairing)["state"] == "active", "people decide"
    told(take(cast.ada, pairing, "close"))
    told(take(cast.ada, pairing, "close"))
    assert step_bridges(NEXT_MONDAY + timedelta(days=7))
    assert list_days(cast)[0] == [10]
    assert Pairing.objects.get().bridge_due_at is None


def test_before_the_two_have_begun_nobody_is_reminded(cast: Cast) -> None:
    make_expert_ready(cast, cast.ben)
    pairing = make_proposed(cast, cast.ada, cast.ben, **BRIDGE)
    assert step_bridges(MONDAY)
    assert list_days(cast)[0] == []
    told(take(cast.ada, pairing, "accept"))
    told(take(cast.ben, pairing, "accept"))
    assert step_bridges(NEXT_MONDAY)
    assert list_days(cast)[0] == [10]


def test_a_pairing_without_an_end_is_never_looked_at(cast: Cast) -> None:
    make_expert_ready(cast, cast.ben)
    make_active(cast, cast.ada, cast.ben)
    with nothing_changes():
        assert not step_bridges(NEXT_MONDAY)
