"""What experts hear waits for their hours: nothing is lost, nothing comes before, one that fails holds up no other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from server.accounts.models import Person
from server.accounts.rules.roles import COORDINATOR
from server.availability.actions.telling import deliver_held_event, tell
from server.availability.models import HeldEvent
from server.availability.tasks import step_held_events
from server.events.relay import step_relay
from server.foundation.leases import LEASE
from server.realtime.models import UserEvent
from server.realtime.streams import EventDraft, PlacedEvent, append_events
from server.wiring import LISTENERS
from tests.cast import Cast, Player
from tests.integration.availability.people import TUESDAY, have_hours

EARLY = [{"weekday": day, "start": "19:00", "end": "20:00"} for day in range(1, 8)]
KIND = "page.test"  # one that is shown as it stands


def tell_of(now: datetime, *told: tuple[Player, int]) -> None:
    """Tell these people something with a number."""
    with transaction.atomic():
        tell([EventDraft(player.id, KIND, refs={"number": number}) for player, number in told], now=now)


def list_numbers(player: Player) -> list[int]:
    """Return the numbers that have come into somebody's log, in order."""
    found = UserEvent.objects.filter(user_id=player.id, kind=KIND).order_by("pos")
    return [(one.refs or {})["number"] for one in found]


def test_an_expert_hears_when_the_hours_begin_and_everybody_else_at_once(cast: Cast) -> None:
    have_hours(cast.ben, EARLY)
    tell_of(TUESDAY, (cast.ben, 1), (cast.ada, 2), (cast.mara, 3))
    tell_of(TUESDAY + timedelta(hours=1), (cast.ben, 4))
    assert [list_numbers(one) for one in (cast.ada, cast.mara, cast.ben)] == [[2], [3], []]
    opening = TUESDAY + timedelta(hours=22, minutes=30)
    assert not step_held_events(opening - timedelta(seconds=1))
    assert [step_held_events(opening) for _ in range(3)] == [True, True, False]
    assert list_numbers(cast.ben) == [1, 4]
    tell_of(opening, (cast.ben, 5))
    assert list_numbers(cast.ben) == [1, 4, 5]


def test_what_waits_for_somebody_who_is_no_expert_any_more_is_dropped(cast: Cast) -> None:
    have_hours(cast.ben, [])
    tell_of(TUESDAY, (cast.ben, 1))
    Person.objects.filter(id=cast.ben.id).update(role=COORDINATOR)
    look = HeldEvent.objects.get().due_at
    assert [step_held_events(look) for _ in range(2)] == [True, False]
    assert list_numbers(cast.ben) == []
    assert not HeldEvent.objects.exists()


def test_a_change_of_hours_brings_it_at_once_or_makes_it_wait_longer(cast: Cast) -> None:
    have_hours(cast.ben, [])
    tell_of(TUESDAY, (cast.ben, 1))
    have_hours(cast.ben, EARLY)
    while step_relay(TUESDAY, LISTENERS):
        pass
    assert step_held_events(TUESDAY)
    assert HeldEvent.objects.get().due_at == TUESDAY + timedelta(hours=22, minutes=30)
    have_hours(cast.ben)
    while step_relay(TUESDAY, LISTENERS):
        pass
    assert step_held_events(TUESDAY)
    assert (list_numbers(cast.ben), HeldEvent.objects.count()) == ([1], 0)


def test_one_that_fails_holds_up_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    have_hours(cast.ben, EARLY)
    tell_of(TUESDAY, (cast.ben, 1), (cast.ben, 2))
    opening = TUESDAY + timedelta(hours=22, minutes=30)

    def fail_for_the_first(drafts: Sequence[EventDraft], *, now: datetime) -> list[PlacedEvent]:
        if any(one.refs == {"number": 1} for one in drafts):
            raise DatabaseError("this event is poisoned")
        return append_events(drafts, now=now)

    with monkeypatch.context() as broken:
        broken.setattr("server.availability.actions.telling.append_events", fail_for_the_first)
        with pytest.raises(DatabaseError):
            deliver_held_event(now=opening)
        assert [deliver_held_event(now=opening) for _ in range(2)] == [True, False]
    assert list_numbers(cast.ben) == [2]
    assert deliver_held_event(now=opening + LEASE)
    assert list_numbers(cast.ben) == [2, 1]
