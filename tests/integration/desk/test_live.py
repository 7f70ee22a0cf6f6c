"""Every desk of the team follows every escalation, with the clock of what comes next; nobody is called by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine
from django.test import TestCase

from server.events.relay import step_relay
from server.foundation.clock import format_instant, read_clock
from server.realtime.models import UserEvent
from server.safety.actions.escalations import raise_signal
from server.safety.actions.escalations import resolve as resolve_escalation
from server.safety.models import Page
from server.wiring import LISTENERS
from tests.cast import Cast, Player
from tests.integration.availability.people import TUESDAY, Neighbours, card_of, post
from tests.integration.buddies.people import come_back
from tests.integration.desk.team import MINUTE, get, relay
from tests.integration.safety.calls import act, press_help, put_on_call


def list_moves(player: Player) -> list[dict[str, Any]]:
    found = UserEvent.objects.filter(user_id=player.id, kind="escalation.moved").order_by("pos")
    return [dict(refs or {}) for refs in found.values_list("refs", flat=True)]


def read_list(player: Player) -> list[dict[str, Any]]:
    answer = get(player, "/escalations")
    assert answer.status == 200, answer.body
    rows: list[dict[str, Any]] = answer.body["escalations"]
    return rows


def test_the_list_shows_what_comes_next_and_who_was_called(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    raised = press_help(cast)
    [row] = read_list(cast.mara)
    assert (row["next_step"], row["next_kind"]) == (1, "next_on_call")
    assert row["next_step_at"] == format_instant(TUESDAY + 3 * MINUTE)
    assert [(one["person"], one["channel"]) for one in row["called"]] == [(cast.noor.id, "app")]
    assert act(cast.noor, raised, "acknowledge").status == 200
    [taken] = read_list(cast.mara)
    assert {one["state"] for one in taken["called"]} <= {"sent", "stopped"}
    seen = get(cast.mara, f"/escalations/{raised.escalation.id}").body
    assert (seen["next_step_at"], seen["next_kind"]) == (taken["next_step_at"], taken["next_kind"])


def test_one_that_has_ended_has_no_next_step_and_calls_nobody(cast: Cast) -> None:
    raised = press_help(cast)
    act(cast.mara, raised, "acknowledge")
    resolve_escalation(
        actor=card_of(cast.mara), escalation_id=raised.escalation.id, outcome="safe", note=None, now=read_clock()
    )
    [row] = get(cast.mara, "/escalations?state=resolved").body["escalations"]
    assert (row["next_step"], row["next_step_at"], row["next_kind"], row["called"]) == (None, None, None, [])


def test_every_coordinator_of_the_team_follows(cast: Cast, neighbours: Neighbours) -> None:
    raised = press_help(cast)
    relay()
    opened = {"escalation": str(raised.escalation.id), "level": "emergency", "state": "open"}
    assert [list_moves(one) for one in (cast.mara, cast.noor)] == [[opened], [opened]]
    act(cast.mara, raised, "acknowledge")
    relay()
    assert list_moves(cast.noor) == [opened | {"state": "acknowledged"}], "the newest takes the place of the one before"
    assert [list_moves(one) for one in (cast.ada, cast.ben, cast.eve, neighbours.edda)] == [[], [], [], []]


def test_the_desks_are_told_after_the_commit_so_that_no_log_is_locked_before_a_talk(cast: Cast) -> None:
    press_help(cast)
    with TestCase.captureOnCommitCallbacks() as after:
        while step_relay(read_clock(), LISTENERS):
            pass
    assert list_moves(cast.mara) == []
    for tell in after:
        tell()
    assert len(list_moves(cast.mara)) == 1


def test_whom_it_must_not_reach_does_not_follow(cast: Cast) -> None:
    raise_signal(
        team_id=cast.team.id,
        youth_id=None,
        kind="complaint",
        level="urgent",
        by=None,
        now=read_clock(),
        excluded=[cast.noor.id],
    )
    relay()
    assert (len(list_moves(cast.mara)), list_moves(cast.noor)) == (1, [])


def test_to_follow_is_no_call(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    press_help(cast)
    relay()
    assert {str(one) for one in Page.objects.values_list("person_id", flat=True)} == {cast.noor.id}


def test_the_answer_says_whether_there_is_a_case_file(cast: Cast) -> None:
    path = f"/escalations/{press_help(cast).escalation.id}"
    assert get(cast.mara, path).body["case"] is None
    opened = post(cast.mara, f"/youths/{cast.ada.id}/case")
    assert opened.status == 201, opened.body
    assert get(cast.mara, path).body["case"] == opened.body["id"]


def test_a_desk_that_was_closed_finds_the_test_page_to_confirm(cast: Cast, clock: time_machine.Traveller) -> None:
    assert get(cast.noor, "/me/test-page").body == {"test_page": None}
    asked = post(cast.mara, "/team/test-pages").body["test_pages"]
    [own] = [one for one in asked if one["person"] == cast.noor.id]
    assert get(cast.noor, "/me/test-page").body == {"test_page": own}
    assert post(cast.noor, f"/me/test-page/{own['id']}/confirm").status == 200
    assert get(cast.noor, "/me/test-page").body == {"test_page": None}
    clock.shift(timedelta(days=1))
    assert get(come_back(cast.mara), "/me/test-page").body == {"test_page": None}, "a day later it shows nothing"
