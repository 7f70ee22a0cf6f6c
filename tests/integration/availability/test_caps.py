"""Contact minutes are counted as messages are accepted; reaching a cap closes the hours, once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from server.availability.actions import set_caps, set_team_numbers
from server.availability.handlers import on_message_accepted
from server.availability.models import CapClosure, ContactMinute, LedgerEntry
from server.availability.queries import find_reachability
from server.events.facts import CapReached, HoursChanged, MessageAccepted
from server.foundation.clock import format_instant
from server.foundation.ids import make_id
from tests.cast import Cast, Player
from tests.integration.availability.gates import RecordingGates
from tests.integration.availability.people import TUESDAY, Neighbours, card_of, get, have_hours
from tests.witness import list_facts, nothing_changes

MINUTE = timedelta(minutes=1)


def make_facts(cast: Cast, sender: Player, ats: Iterable[datetime]) -> list[MessageAccepted]:
    return [
        MessageAccepted(cast.pair, seq, str(make_id()), sender.id, (cast.ada.id,), (), format_instant(at))
        for seq, at in enumerate(ats, 1)
    ]


def write_minutes(cast: Cast, count: int, begin: datetime = TUESDAY, step: timedelta = MINUTE) -> list[Any]:
    facts = make_facts(cast, cast.ben, (begin + number * step for number in range(count)))
    on_message_accepted(facts, begin + (count - 1) * step)
    return facts


def limit(cast: Cast, **caps: int | None) -> None:
    off = dict.fromkeys(("talks_at_once", "contact_minutes_evening", "evenings_in_row", "hours_week"))
    set_team_numbers(team_id=cast.team.id, settings=off | caps, now=TUESDAY)


def test_a_minute_counts_once_however_much_is_written_and_told(cast: Cast) -> None:
    have_hours(cast.ben)
    facts = make_facts(cast, cast.ben, [TUESDAY, TUESDAY + timedelta(seconds=30), TUESDAY + MINUTE])
    for _ in range(3):
        on_message_accepted(facts, TUESDAY + 5 * MINUTE)
    assert [(one.minute_at, one.minutes) for one in ContactMinute.objects.order_by("minute_at")] == [
        (TUESDAY, 1),
        (TUESDAY + MINUTE, 1),
    ]


def test_a_running_talk_counts_between_its_messages(cast: Cast) -> None:
    have_hours(cast.ben)
    for at in (0, 10, 25, 41):
        on_message_accepted(make_facts(cast, cast.ben, [TUESDAY + at * MINUTE]), TUESDAY + at * MINUTE)
    # 10 and 15 minutes of one talk; after 16 another begins.
    assert list(ContactMinute.objects.order_by("minute_at").values_list("minutes", flat=True)) == [1, 10, 15, 1]


def test_what_youths_and_coordinators_write_is_not_counted(cast: Cast) -> None:
    with nothing_changes():
        on_message_accepted(make_facts(cast, cast.ada, [TUESDAY]) + make_facts(cast, cast.mara, [TUESDAY]), TUESDAY)


def test_a_fact_without_its_instant_counts_when_it_is_heard(cast: Cast) -> None:
    have_hours(cast.ben)
    on_message_accepted([MessageAccepted(cast.pair, 1, str(make_id()), cast.ben.id, (cast.ada.id,), ())], TUESDAY)
    assert ContactMinute.objects.get().minute_at == TUESDAY


def test_reaching_the_minutes_of_an_evening_closes_it(cast: Cast, gates: RecordingGates) -> None:
    have_hours(cast.ben)
    limit(cast, contact_minutes_evening=30)
    gates.forget()
    write_minutes(cast, 29)
    assert gates.calls == []
    at = TUESDAY + 29 * MINUTE
    on_message_accepted(make_facts(cast, cast.ben, [at]), at)
    assert gates.calls == [("lock", (cast.ben.id,)), ("turn", (cast.ben.id,))]
    assert gates.open_at_turn == {cast.ben.id: False}
    closed = find_reachability(cast.ben.id, at)
    assert (closed.reason, closed.rule_id) == ("cap", "cap:contact_minutes_evening")
    assert closed.next_opening == TUESDAY.replace(hour=18, minute=0) + timedelta(days=1)
    (fact,) = list_facts(CapReached)
    assert isinstance(fact, CapReached)
    assert (fact.person_id, fact.team_id) == (cast.ben.id, str(cast.team.id))
    assert fact.rule_id == "cap:contact_minutes_evening"


def test_a_cap_is_reached_once_however_often_it_is_told(cast: Cast, gates: RecordingGates) -> None:
    have_hours(cast.ben)
    limit(cast, contact_minutes_evening=30)
    facts = write_minutes(cast, 30)
    gates.forget()
    changed = len(list_facts(HoursChanged))
    with nothing_changes():
        on_message_accepted(facts, TUESDAY + 40 * MINUTE)
    write_minutes(cast, 5, TUESDAY + 35 * MINUTE)  # the grace, or an extension
    assert CapClosure.objects.count() == 1
    assert [(one.kind, one.rule_id) for one in LedgerEntry.objects.all()] == [
        ("cap_reached", "cap:contact_minutes_evening")
    ]
    assert len(list_facts(HoursChanged)) == changed
    assert len(list_facts(CapReached)) == 1
    assert gates.calls == []


def test_evenings_in_a_row_make_the_next_one_free(cast: Cast) -> None:
    have_hours(cast.ben)
    limit(cast, evenings_in_row=3)
    for day in range(3):
        write_minutes(cast, 1, TUESDAY + timedelta(days=day))
    thursday = TUESDAY + timedelta(days=2)
    assert find_reachability(cast.ben.id, thursday).open, "the last evening may be finished"
    assert find_reachability(cast.ben.id, thursday + timedelta(days=1)).rule_id == "cap:evenings_in_row"
    assert find_reachability(cast.ben.id, thursday + timedelta(days=2)).open
    assert CapClosure.objects.count() == 1


def test_a_cap_joins_one_that_was_reached_before(cast: Cast) -> None:
    """The last evening of a row closes as well when its minutes are used up; it is noted a second time."""
    have_hours(cast.ben)
    limit(cast, evenings_in_row=1, contact_minutes_evening=15)
    write_minutes(cast, 1)
    assert find_reachability(cast.ben.id, TUESDAY).open
    write_minutes(cast, 15, TUESDAY + MINUTE)
    assert not find_reachability(cast.ben.id, TUESDAY + 20 * MINUTE).open
    assert not find_reachability(cast.ben.id, TUESDAY + timedelta(days=1)).open
    assert CapClosure.objects.count() == 1
    assert LedgerEntry.objects.count() == 2


def test_the_hours_of_a_week_close_until_monday(cast: Cast) -> None:
    have_hours(cast.ben)
    limit(cast, hours_week=1)
    write_minutes(cast, 31)
    write_minutes(cast, 31, TUESDAY + timedelta(days=1))
    closed = find_reachability(cast.ben.id, TUESDAY + timedelta(days=2))
    assert closed.rule_id == "cap:hours_week"
    assert f"{closed.next_opening:%A %H}" == "Monday 18"


def test_with_all_caps_off_nothing_closes(cast: Cast) -> None:
    have_hours(cast.ben)
    limit(cast)
    write_minutes(cast, 900)
    assert CapClosure.objects.count() == 0


def test_ones_own_cap_closes_earlier_than_the_teams(cast: Cast, neighbours: Neighbours) -> None:
    have_hours(cast.ben)
    limit(cast, contact_minutes_evening=30)
    set_caps(actor=card_of(cast.ben), caps={"contact_minutes_evening": 15}, now=TUESDAY)
    facts = make_facts(cast, cast.ben, [TUESDAY + number * MINUTE for number in range(15)])
    facts += make_facts(cast, neighbours.bo, [TUESDAY + number * MINUTE for number in range(15)])
    on_message_accepted(facts, TUESDAY + 15 * MINUTE)
    assert [str(one.person_id) for one in CapClosure.objects.all()] == [cast.ben.id]


@pytest.mark.parametrize("crowd", [1, 12])
def test_many_facts_cost_as_many_statements_as_one(
    cast: Cast, crowd: int, django_assert_max_num_queries: Any, clock: time_machine.Traveller
) -> None:
    have_hours(cast.ben)
    with django_assert_max_num_queries(8):
        write_minutes(cast, crowd)


def test_the_ledger_shows_the_cap(cast: Cast) -> None:
    have_hours(cast.ben)
    limit(cast, contact_minutes_evening=15)
    write_minutes(cast, 15)
    (entry,) = get(cast.ben, "/me/boundary-ledger").body["entries"]
    assert (entry["kind"], entry["reason"], entry["rule_id"], entry["own_choice"]) == (
        "cap_reached",
        "cap",
        "cap:contact_minutes_evening",
        False,
    )
