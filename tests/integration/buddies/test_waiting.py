"""The waiting list: who is on it without anybody doing anything, what it says, and who hears when it takes too long."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from server.accounts.actions.suspensions import suspend_person
from server.availability.actions.shifts import add_shifts
from server.buddies.actions.requests import (
    bring_back_request,
    open_missing_requests,
    open_request,
    place_request,
    withdraw_request,
)
from server.buddies.errors import RequestEnded
from server.buddies.models import BuddyRequest
from server.buddies.profile_handlers import on_youth_enrolled
from server.buddies.profile_tasks import step_remind_waiting
from server.events.facts import YouthEnrolled
from server.events.relay import step_relay
from server.foundation.clock import read_clock
from server.ports.socket_door import LoggedEvent
from server.realtime.models import UserEvent
from server.realtime.rendering import render_events
from server.wiring import LISTENERS
from tests.cast import Cast, Player, make_cast, make_player
from tests.frames import check_sent_by_server
from tests.integration.buddies.pairs import make_expert_ready, make_in_state
from tests.integration.buddies.people import TUESDAY, Neighbours, card_of, come_back, get, post, put, told, write_file
from tests.integration.buddies.witness import list_events
from tests.witness import nothing_changes

DAY = timedelta(days=1)


def list_waiting(player: Player) -> dict[str, dict[str, Any]]:
    body = told(get(come_back(player), "/waiting-list"))
    return {one["youth"]["display_name"]: one for one in body["waiting"]}


# --- getting onto it


def test_a_youth_who_has_just_come_in_and_told_nothing_waits(cast: Cast) -> None:
    code = told(post(cast.mara, "/invitations"), 201)["code"]
    new = told(post(None, "/enrol", code=code, display_name="Nova", device_name="phone"), 201)["user"]

    entry = list_waiting(cast.mara)["Nova"]

    assert entry["youth"] == {"id": new["id"], "display_name": "Nova"}
    assert (entry["state"], entry["reason"], entry["kind"]) == ("waiting", "first", "buddy")
    assert (entry["days"], entry["overdue"], entry["due_at"], entry["filled_in"]) == (0, False, None, False)


def test_the_fact_alone_puts_them_there_and_twice_is_once(cast: Cast) -> None:
    code = told(post(cast.mara, "/invitations"), 201)["code"]
    new = told(post(None, "/enrol", code=code, display_name="Nova", device_name="phone"), 201)["user"]
    while step_relay(read_clock(), LISTENERS):
        pass
    on_youth_enrolled([YouthEnrolled(new["id"], str(cast.team.id))], read_clock())

    assert [str(one) for one in BuddyRequest.objects.values_list("youth_id", flat=True)] == [new["id"]]


def test_looking_again_changes_nothing(cast: Cast, neighbours: Neighbours) -> None:
    first = list_waiting(cast.mara)
    assert first.keys() == {"Ada", "Yara"}
    with nothing_changes():
        assert told(get(cast.noor, "/waiting-list"))["waiting"] == list(first.values())


def test_another_teams_list_is_another_list(cast: Cast, neighbours: Neighbours) -> None:
    assert list_waiting(neighbours.edda).keys() == {"Eve"}


def test_who_has_waited_longest_comes_first(cast: Cast) -> None:
    list_waiting(cast.mara)
    with time_machine.travel(TUESDAY + 3 * DAY, tick=False):
        make_player(cast.team, "youth", "Nova", read_clock())
        body = told(get(come_back(cast.mara), "/waiting-list"))
    assert [(one["youth"]["display_name"], one["days"]) for one in body["waiting"]] == [("Ada", 3), ("Nova", 0)]


def test_days_are_counted_on_the_teams_calendar(cast: Cast) -> None:
    with time_machine.travel(TUESDAY.replace(hour=22, minute=59), tick=False):
        assert list_waiting(cast.mara)["Ada"]["days"] == 0
    with time_machine.travel(TUESDAY.replace(hour=23, minute=0), tick=False):
        assert list_waiting(cast.mara)["Ada"]["days"] == 1


def test_a_bridge_and_an_intake_show_on_the_list(cast: Cast) -> None:
    write_file(cast.mara, cast.ada, bridge_until="2027-01-31", themes=["debt"])
    entry = list_waiting(cast.mara)["Ada"]
    assert (entry["kind"], entry["filled_in"]) == ("bridge", True)


def test_who_waits_may_ask_the_duty_pool_while_somebody_has_duty(cast: Cast) -> None:
    assert not told(get(cast.mara, "/waiting-list"))["duty_open"]
    add_shifts(
        actor=card_of(cast.mara), kind="duty", on="2026-11-17", start="20:00", end="22:00", person_id=cast.ben.id,
        now=read_clock(),
    )  # fmt: skip
    assert told(get(cast.mara, "/waiting-list"))["duty_open"]


def test_who_is_suspended_does_not_wait(cast: Cast) -> None:
    list_waiting(cast.mara)
    suspend_person(person_id=cast.ada.id, actor=None, now=read_clock())
    assert list_waiting(cast.mara) == {}


def test_the_list_takes_as_many_statements_however_long_it_is(cast: Cast) -> None:
    counts = []
    for more in (1, 12):
        for at in range(more):
            youth = make_player(cast.team, "youth", f"Youth {more} {at}", read_clock())
            put(youth, "/me/intake", themes=["debt"])
        list_waiting(cast.mara)
        with CaptureQueriesContext(connection) as queries:
            list_waiting(cast.mara)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- being placed, coming back, leaving


def test_a_placed_request_comes_back_with_its_age(cast: Cast) -> None:
    list_waiting(cast.mara)
    with transaction.atomic():
        placed = place_request(youth_id=cast.ada.id, now=read_clock())
    assert placed is not None
    assert list_waiting(cast.mara) == {}, "who was placed is not put back by looking"

    with time_machine.travel(TUESDAY + 2 * DAY, tick=False):
        with transaction.atomic():
            bring_back_request(youth_id=cast.ada.id, now=read_clock())
            bring_back_request(youth_id=cast.ada.id, now=read_clock())
        entry = list_waiting(cast.mara)["Ada"]
    assert (entry["id"], entry["days"]) == (str(placed.id), 2)


def test_nothing_is_placed_or_brought_back_for_who_never_asked(cast: Cast) -> None:
    with transaction.atomic():
        assert place_request(youth_id=cast.ada.id, now=read_clock()) is None
        assert bring_back_request(youth_id=cast.ada.id, now=read_clock()) is None


def test_a_promise_is_kept_in_sight_and_the_earlier_one_holds(cast: Cast) -> None:
    for days in (2, 1, 3):
        with transaction.atomic():
            open_request(
                team_id=cast.team.id, youth_id=cast.ada.id, reason="change", due_at=TUESDAY + days * DAY, now=TUESDAY
            )
    entry = list_waiting(cast.mara)["Ada"]
    assert (entry["reason"], entry["due_at"], entry["overdue"]) == ("change", "2026-11-18T19:30:00.000Z", False)
    with time_machine.travel(TUESDAY + DAY + timedelta(seconds=1), tick=False):
        assert list_waiting(cast.mara)["Ada"]["overdue"]


def test_a_coordinator_withdraws_a_request_for_good(cast: Cast) -> None:
    entry = list_waiting(cast.mara)["Ada"]

    assert told(post(cast.mara, f"/waiting-list/{entry['id']}/withdraw"))["state"] == "withdrawn"

    assert list_waiting(cast.mara) == {}
    with nothing_changes():
        answer = post(cast.mara, f"/waiting-list/{entry['id']}/withdraw")
    assert (answer.status, answer.body["code"]) == (409, "buddies.request_ended")


def test_an_entry_that_came_beside_a_pairing_is_not_shown_while_the_team_allows_one(cast: Cast) -> None:
    make_expert_ready(cast, cast.ben)
    make_in_state(cast, "active", cast.ada, cast.ben)
    with transaction.atomic():
        open_request(team_id=cast.team.id, youth_id=cast.ada.id, reason="first", now=read_clock())
    assert list_waiting(cast.mara) == {}
    told(put(cast.mara, "/team/buddies", pairings_per_youth=2))
    assert list_waiting(cast.mara).keys() == {"Ada"}


def test_a_withdrawn_youth_may_ask_anew(cast: Cast) -> None:
    entry = list_waiting(cast.mara)["Ada"]
    post(cast.mara, f"/waiting-list/{entry['id']}/withdraw")
    with transaction.atomic():
        open_request(team_id=cast.team.id, youth_id=cast.ada.id, reason="ended", now=read_clock())
    assert list_waiting(cast.mara)["Ada"]["id"] != entry["id"]


# --- reminders


def test_after_a_week_the_coordinators_hear_of_it_once_a_day(cast: Cast) -> None:
    entry = list_waiting(cast.mara)["Ada"]
    assert not step_remind_waiting(TUESDAY + 7 * DAY - timedelta(seconds=1))
    assert step_remind_waiting(TUESDAY + 7 * DAY)
    assert not step_remind_waiting(TUESDAY + 8 * DAY - timedelta(seconds=1))

    expected = {"request": entry["id"], "youth": cast.ada.id, "days": 7, "overdue": False}
    assert list_events(cast.mara, "waiting.reminder") == list_events(cast.noor, "waiting.reminder") == [expected]
    assert list_events(cast.ben, "waiting.reminder") == list_events(cast.eve, "waiting.reminder") == []

    assert step_remind_waiting(TUESDAY + 8 * DAY)
    assert [one["days"] for one in list_events(cast.mara, "waiting.reminder")] == [8], "the newer takes its place"


def test_a_promise_that_has_passed_is_reminded_of_at_once(cast: Cast) -> None:
    with transaction.atomic():
        open_request(team_id=cast.team.id, youth_id=cast.ada.id, reason="change", due_at=TUESDAY + DAY, now=TUESDAY)
    assert step_remind_waiting(TUESDAY + DAY + timedelta(seconds=1))
    assert [one["overdue"] for one in list_events(cast.mara, "waiting.reminder")] == [True]


def test_a_promise_to_who_waits_already_moves_the_reminder(cast: Cast) -> None:
    list_waiting(cast.mara)
    with transaction.atomic():
        open_request(team_id=cast.team.id, youth_id=cast.ada.id, reason="change", due_at=TUESDAY + DAY, now=TUESDAY)
    assert step_remind_waiting(TUESDAY + DAY)


def test_a_reminder_is_sent_as_published(cast: Cast) -> None:
    list_waiting(cast.mara)
    step_remind_waiting(TUESDAY + 7 * DAY)
    logged = UserEvent.objects.get(user_id=cast.mara.id, kind="waiting.reminder")
    event = LoggedEvent(cast.mara.id, logged.pos, logged.kind, None, None, logged.refs)
    shown = render_events([event], now=read_clock())[0]
    ev = [{"pos": logged.pos} | (shown or {})]
    check_sent_by_server({"type": "events", "from": "a.0", "to": f"a.{logged.pos}", "more": False, "ev": ev})


def test_nobody_is_reminded_of_who_no_longer_waits(cast: Cast) -> None:
    entry = list_waiting(cast.mara)["Ada"]
    post(cast.mara, f"/waiting-list/{entry['id']}/withdraw")
    assert not step_remind_waiting(TUESDAY + 8 * DAY)
    assert list_events(cast.mara, "waiting.reminder") == []


def test_nobody_is_reminded_of_somebody_who_is_suspended(cast: Cast) -> None:
    list_waiting(cast.mara)
    suspend_person(person_id=cast.ada.id, actor=None, now=read_clock())
    assert step_remind_waiting(TUESDAY + 8 * DAY)
    assert list_events(cast.mara, "waiting.reminder") == []


def test_another_number_of_days_counts_for_those_who_wait_already(cast: Cast) -> None:
    list_waiting(cast.mara)
    told(put(cast.mara, "/team/buddies", reminder_days=2))
    assert step_remind_waiting(TUESDAY + 2 * DAY)


def test_many_reminders_take_as_many_statements_as_few(cast: Cast) -> None:
    counts = []
    for more in (1, 10):
        for at in range(more):
            make_player(cast.team, "youth", f"Youth {more} {at}", read_clock())
        open_missing_requests(team_id=cast.team.id, now=TUESDAY - 30 * DAY)
        with CaptureQueriesContext(connection) as queries:
            assert step_remind_waiting(read_clock())
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- races


@pytest.mark.usefixtures("on_postgres")
def test_two_who_look_at_once_put_a_youth_there_once() -> None:
    cast = make_cast()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_in_its_own_connection, [lambda: list_waiting(cast.mara)] * 8))
    assert BuddyRequest.objects.filter(youth_id=cast.ada.id).count() == 1


@pytest.mark.usefixtures("on_postgres")
def test_placed_or_withdrawn_never_both() -> None:
    cast = make_cast()
    entry = list_waiting(cast.mara)["Ada"]

    def withdraw() -> str:
        try:
            withdraw_request(actor=card_of(cast.mara), request_id=entry["id"], now=read_clock())
        except RequestEnded:
            return "refused"
        return "withdrawn"

    def place() -> str:
        with transaction.atomic():
            return "placed" if place_request(youth_id=cast.ada.id, now=read_clock()) else "refused"

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(_in_its_own_connection, [withdraw, place]))
    assert sorted(ends)[0] in ("placed", "refused")
    assert ends.count("refused") == 1
    assert BuddyRequest.objects.get().state in ends


@pytest.mark.usefixtures("on_postgres")
def test_two_workers_remind_once() -> None:
    cast = make_cast()
    list_waiting(cast.mara)
    with ThreadPoolExecutor(2) as pool:
        steps = [lambda: step_remind_waiting(TUESDAY + 7 * DAY)] * 2
        assert sorted(pool.map(_in_its_own_connection, steps)) == [False, True]
    assert len(list_events(cast.mara, "waiting.reminder")) == 1


def _in_its_own_connection(act: Any) -> Any:
    try:
        return act()
    finally:
        connection.close()
