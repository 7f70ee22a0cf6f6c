"""The notices before the end of an expert's hours: 15 and 5 minutes before, once each, to nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from server.chat.actions.ending import step_notify_ends
from server.events.facts import HoursEnding
from server.foundation.clock import format_instant
from server.realtime.models import UserEvent
from tests.cast import Cast, Player, make_player
from tests.integration.chat.evenings import EVENINGS, INSTANT, add_pair, at, begin, keep_hours, say, set_numbers, sweep
from tests.integration.chat.threads import run_together
from tests.witness import list_facts

END = at("22:00")


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast with Ben's evenings, at 20:00."""
    made = begin("20:00")
    sweep(now=at("20:00"))
    return made


def list_notices(player: Player) -> list[dict[str, Any]]:
    """Return what a player's log holds of the end of hours: the newest only, as it has a slot."""
    found = UserEvent.objects.filter(user_id=player.id, kind="hours.ending").order_by("pos")
    return [dict(one.refs or {}) for one in found]


def test_they_come_at_their_minutes_and_once_each(cast: Cast) -> None:
    told = []
    for instant in (
        at("21:45") - INSTANT, at("21:45"), at("21:46"), at("21:55") - INSTANT, at("21:55"), at("21:59"), END,
    ):  # fmt: skip
        before = len(list_facts(HoursEnding))
        step_notify_ends(instant)
        told.append(len(list_facts(HoursEnding)) - before)
    assert told == [0, 1, 0, 0, 1, 0, 0]
    assert list_notices(cast.ben) == [{"until": format_instant(END), "minutes": 5}]


def test_nobody_else_hears_of_it(cast: Cast) -> None:
    assert step_notify_ends(at("21:45"))
    assert [one.person_id for one in list_facts(HoursEnding) if isinstance(one, HoursEnding)] == [cast.ben.id]
    for other in (cast.ada, cast.mara, cast.noor, cast.eve):
        assert list_notices(other) == []


def test_the_fact_names_the_talks_that_run(cast: Cast) -> None:
    lot = make_player(cast.team, "youth", "Lot", at("20:00"))
    other = add_pair(cast, lot, cast.ben, now=at("20:00"))
    say(cast, cast.ben, "hoi Ada", now=at("21:44"))
    step_notify_ends(at("21:45"))
    assert list_facts(HoursEnding) == [
        HoursEnding(cast.ben.id, str(cast.team.id), (cast.pair,), format_instant(END), 15)
    ]
    say(cast, cast.ben, "hoi Lot", now=at("21:50"), conversation_id=other)
    step_notify_ends(at("21:55"))
    last = list_facts(HoursEnding)[-1]
    assert isinstance(last, HoursEnding)
    assert (last.conversation_ids, last.minutes) == (tuple(sorted([cast.pair, other])), 5)


def test_a_worker_that_comes_late_gives_the_nearest_notice_only(cast: Cast) -> None:
    step_notify_ends(at("21:57"))
    assert list_notices(cast.ben) == [{"until": format_instant(END), "minutes": 5}]


def test_hours_that_were_made_longer_have_notices_of_their_own(cast: Cast) -> None:
    step_notify_ends(at("21:45"))
    keep_hours(cast.ben, [one | {"end": "22:30"} for one in EVENINGS], now=at("21:50"))
    assert not step_notify_ends(at("21:55"))
    assert step_notify_ends(at("22:15"))
    assert list_notices(cast.ben) == [{"until": format_instant(at("22:30")), "minutes": 15}]


def test_the_team_says_when(cast: Cast) -> None:
    set_numbers(cast, notice_minutes=[30])
    assert step_notify_ends(at("21:30"))
    assert not step_notify_ends(at("21:45"))
    assert list_notices(cast.ben) == [{"until": format_instant(END), "minutes": 30}]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs several connections")
def test_of_many_workers_one_gives_it(cast: Cast) -> None:
    run_together([lambda: step_notify_ends(at("21:45"))] * 4)
    assert len(list_facts(HoursEnding)) == 1
    assert len(list_notices(cast.ben)) == 1
