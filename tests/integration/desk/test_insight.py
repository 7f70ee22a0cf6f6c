"""Figures tell of the team: what happened when, how long youths waited, and of nobody alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from server.accounts.rules.roles import COORDINATOR
from server.audit.models import AuditEntry
from tests.cast import Cast, Player
from tests.integration.availability.people import TUESDAY, Neighbours
from tests.integration.buddies.pairs import make_active, make_expert_ready
from tests.integration.buddies.people import come_back
from tests.integration.desk.team import (
    MINUTE,
    PLACE,
    Figures,
    Pair,
    fetch_file,
    get,
    make_pairs,
    pick,
    put_on_shift,
    read_csv,
    read_figures,
    relay,
)
from tests.integration.safety.calls import act, press_help
from tests.witness import nothing_changes

NINE = datetime(2026, 11, 17, 20, 5, tzinfo=UTC)  # 21:05 in Amsterdam
SETTLED = datetime(2026, 12, 7, 23, tzinfo=UTC)  # midnight in Amsterdam, November is over for a week
MONTH = "?month=2026-11"
FIGURES = ("hours", "contacts", "waiting", "escalations", "buddies")


def test_talks_and_waits_stand_on_their_day_and_hour(
    cast: Cast, pairs: list[Pair], clock: time_machine.Traveller
) -> None:
    for pair, wait in zip(pairs, (1, 2, 10), strict=True):
        pair.talk_at(NINE, wait * MINUTE)
        pair.say(pair.youth, NINE + 20 * MINUTE)  # a second turn, which nobody answers
        pair.say(pair.youth, NINE + 21 * MINUTE)
    clock.move_to(SETTLED)
    waits = {"hidden": False, "turns": 6, "unanswered": 3, "median_seconds": 120, "p90_seconds": 600}
    rows = read_figures(cast.mara, "waiting", MONTH)
    for place in ({"on": "2026-11-17"}, {"cut": "weekday", "weekday": 2}, {"cut": "hour", "hour": 21}):
        assert pick(rows, **place) == waits
    assert pick(rows, cut="weekday_hour", weekday=2, hour=21) == waits
    assert pick(rows, on="2026-11-18") == dict.fromkeys(waits) | {
        "hidden": False,
        "turns": 0,
        "unanswered": 0,
    }
    talks = read_figures(cast.mara, "contacts", MONTH)
    assert pick(talks, on="2026-11-17") == {"hidden": False, "talks": 3, "turns": 3}


def test_what_two_people_did_is_hidden(cast: Cast, pairs: list[Pair], clock: time_machine.Traveller) -> None:
    for pair in pairs[:2]:
        pair.talk_at(NINE)
    clock.move_to(SETTLED)
    relay()
    assert pick(read_figures(cast.mara, "waiting", MONTH), on="2026-11-17") == {
        "hidden": True,
        "turns": None,
        "unanswered": None,
        "median_seconds": None,
        "p90_seconds": None,
    }
    assert pick(read_figures(cast.mara, "contacts", MONTH), cut="hour", hour=21)["talks"] is None
    hours = pick(read_figures(cast.mara, "hours", MONTH), on="2026-11-17")
    assert hours == {"hidden": True, "duty_minutes": 0, "on_call_minutes": 0, "contact_minutes": None}


def test_one_expert_who_answers_everybody_is_hidden(
    cast: Cast, pairs: list[Pair], clock: time_machine.Traveller
) -> None:
    for pair in pairs:
        pair.say(pair.youth, NINE)
    pairs[0].say(pairs[0].expert, NINE + MINUTE)
    clock.move_to(SETTLED)
    assert pick(read_figures(cast.mara, "waiting", MONTH), on="2026-11-17")["hidden"] is True


def test_hours_on_the_roster_and_of_contact(cast: Cast, pairs: list[Pair], clock: time_machine.Traveller) -> None:
    expert = pairs[0].expert
    put_on_shift(cast, expert, "21:30", "23:00")
    put_on_shift(cast, cast.noor, "23:00", "01:00", kind="on_call")
    for pair in pairs:
        pair.talk_at(NINE)
    clock.move_to(SETTLED)
    relay()
    rows = read_figures(cast.mara, "hours", MONTH)
    minutes = {"hidden": False, "duty_minutes": 90, "on_call_minutes": 60, "contact_minutes": 3}
    assert pick(rows, on="2026-11-17") == minutes
    assert pick(rows, on="2026-11-18")["on_call_minutes"] == 60
    assert [pick(rows, cut="hour", hour=hour)["duty_minutes"] for hour in (20, 21, 22, 23)] == [0, 30, 60, 0]


def test_escalations_by_level_and_how_soon_somebody_was_there(
    cast: Cast, pairs: list[Pair], clock: time_machine.Traveller
) -> None:
    raised = [press_help(cast, youth=pair.youth) for pair in pairs]
    for number, one in enumerate(raised, 1):
        clock.move_to(TUESDAY + number * MINUTE)
        assert act(cast.mara, one, "acknowledge").status == 200
    clock.move_to(SETTLED)
    rows = read_figures(cast.mara, "escalations", MONTH)
    emergency = {
        "hidden": False,
        "concern": 0,
        "urgent": 0,
        "emergency": 3,
        "acknowledged": 3,
        "median_seconds": 120,
        "p90_seconds": 180,
    }
    assert pick(rows, cut="level", level="emergency") == emergency
    assert pick(rows, on="2026-11-17") == emergency


def test_a_single_escalation_is_counted_by_its_level_and_nothing_else(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    act(cast.mara, press_help(cast), "acknowledge")
    clock.move_to(SETTLED)
    rows = read_figures(cast.mara, "escalations", MONTH)
    level = pick(rows, cut="level", level="emergency")
    assert (level["emergency"], level["acknowledged"], level["median_seconds"]) == (1, None, None)
    assert pick(rows, on="2026-11-17")["emergency"] is None


def test_who_comes_a_week_late_was_not_there(cast: Cast, pairs: list[Pair], clock: time_machine.Traveller) -> None:
    raised = [press_help(cast, youth=pair.youth) for pair in pairs]
    clock.move_to(TUESDAY + timedelta(days=7, minutes=1))
    mara = come_back(cast.mara)
    assert [act(mara, one, "acknowledge").status for one in raised] == [200, 200, 200]
    clock.move_to(SETTLED)
    row = pick(read_figures(cast.mara, "escalations", MONTH), on="2026-11-17")
    assert (row["emergency"], row["acknowledged"], row["median_seconds"]) == (3, 0, None)


def test_pairings_and_the_waiting_list(cast: Cast, pairs: list[Pair], clock: time_machine.Traveller) -> None:
    mara = cast.mara
    assert len(get(mara, "/waiting-list").body["waiting"]) == 4, "Ada waits as well"
    clock.move_to(TUESDAY + timedelta(hours=2))
    for pair in pairs:
        make_expert_ready(cast, pair.expert)
        make_active(cast, pair.youth, pair.expert)
    clock.move_to(SETTLED)
    rows = read_figures(mara, "buddies", MONTH)
    week = pick(rows, on="2026-11-16")
    assert (week["begun"], week["ended"], week["placed"], week["median_days"]) == (3, 0, 3, 0)
    assert pick(rows, cut="state", state="active")["pairings"] == 3
    assert pick(rows, cut="state", state="closed")["pairings"] == 0


def test_another_team_is_not_in_them(
    cast: Cast, neighbours: Neighbours, pairs: list[Pair], clock: time_machine.Traveller
) -> None:
    for pair in pairs:
        pair.talk_at(NINE)
        press_help(cast, youth=pair.youth)
    clock.move_to(SETTLED)
    relay()
    assert {name: sum_up(read_figures(neighbours.edda, name, MONTH)) for name in FIGURES} == dict.fromkeys(FIGURES, 0)
    assert all(sum_up(read_figures(cast.mara, name, MONTH)) for name in FIGURES if name != "buddies")


def sum_up(rows: Figures) -> int:
    """Return the sum of all numbers of these rows."""
    return sum(value for row in rows for name, value in row.items() if name not in (*PLACE, "hidden") and value)


@pytest.mark.parametrize(
    "query",
    [
        "?from=2026-10-01&to=2026-10-31",
        "?month=2026-10-01",
        "?month=2026-13",
        "?month=2026-1",
        "?month=0001-01",
        "?month=",
        "?month=2026-10&expert=0190a6f0-0000-7000-8000-00000000abcd",
    ],
)
def test_what_is_no_month_is_refused(cast: Cast, query: str) -> None:
    with nothing_changes():
        for name in FIGURES:
            answer = get(cast.mara, f"/insight/{name}{query}")
            assert (answer.status, answer.body["code"]) == (400, "proto.bad_frame")


def test_a_month_has_figures_once_nothing_in_it_moves(
    cast: Cast, pairs: list[Pair], clock: time_machine.Traveller
) -> None:
    for pair in pairs:
        pair.talk_at(NINE)
    clock.move_to(SETTLED - timedelta(seconds=1))
    mara = come_back(cast.mara)
    for name in FIGURES:
        answer = get(mara, f"/insight/{name}{MONTH}")
        assert (answer.status, answer.body["code"]) == (409, "insight.month_not_settled")
        assert answer.body["newest"] == get(mara, f"/insight/{name}").body["from"][:7] == "2026-10"
    clock.move_to(SETTLED)
    before = read_figures(cast.mara, "waiting")
    assert pick(before, on="2026-11-17")["turns"] == 3
    pairs[0].say(pairs[0].youth, SETTLED)
    assert read_figures(cast.mara, "waiting") == before


def test_two_figures_hide_the_same(cast: Cast, pairs: list[Pair], clock: time_machine.Traveller) -> None:
    # Waiting knows all turns and how many had no answer; their difference is what the contacts count.
    for pair in pairs:
        pair.say(pair.youth, NINE)
    pairs[0].say(pairs[0].expert, NINE + MINUTE)
    pairs[1].say(pairs[1].expert, NINE + MINUTE)
    pairs[2].say(pairs[2].youth, NINE + timedelta(days=8))
    pairs[2].say(pairs[2].expert, NINE + timedelta(days=8) + MINUTE)
    pairs[2].say(pairs[2].youth, NINE + timedelta(days=9))
    clock.move_to(SETTLED)
    waiting, contacts = (read_figures(cast.mara, name) for name in ("waiting", "contacts"))
    assert [row["hidden"] for row in waiting] == [row["hidden"] for row in contacts]
    assert any(row["hidden"] for row in contacts)


def test_no_day_is_in_two_questions(cast: Cast, clock: time_machine.Traveller) -> None:
    clock.move_to(SETTLED)
    mara = come_back(cast.mara)
    for name in FIGURES:
        asked = [get(mara, f"/insight/{name}?month=2026-{month:02}").body for month in range(1, 12)]
        days = [row["on"] for one in asked for row in one["rows"] if row["cut"] in ("day", "week")]
        assert len(days) == len(set(days)) >= 334 // 7
        assert days == sorted(days)


@pytest.mark.parametrize("name", FIGURES)
def test_a_file_holds_the_same_and_is_written_into_the_audit(cast: Cast, pairs: list[Pair], name: str) -> None:
    status, disposition, text = fetch_file(cast.mara, name)
    assert status == 200
    entry = AuditEntry.objects.get(action="export.made")
    assert (str(entry.actor_id), entry.actor_role) == (cast.mara.id, COORDINATOR)
    assert (str(entry.stream_id), str(entry.session_id)) == (str(cast.team.id), cast.mara.session_id)
    assert disposition == f'attachment; filename="{name}_2026-10_{entry.object_id}.csv"'
    shown = get(cast.mara, f"/insight/{name}").body["rows"]
    words = {None: "", True: "yes", False: "no"}
    assert read_csv(text) == [
        {field: words.get(value, str(value)) if not isinstance(value, int) or isinstance(value, bool) else str(value)
         for field, value in row.items()}
        for row in shown
    ]  # fmt: skip


def test_a_file_needs_a_fresh_proof(cast: Cast, clock: time_machine.Traveller, settings: Settings) -> None:
    settings.STEP_UP_MINUTES = 15
    clock.shift(timedelta(hours=1))
    assert get(cast.mara, "/insight/hours").status == 200, "to look needs none; it notes that the session lives"
    with nothing_changes():
        told = [fetch_file(cast.mara, name) for name in FIGURES]
    assert [(status, "auth.step_up_required" in text) for status, _, text in told] == [(403, True)] * len(FIGURES)


def test_more_people_cost_no_more_queries(cast: Cast, pairs: list[Pair], clock: time_machine.Traveller) -> None:
    clock.move_to(SETTLED)
    mara = come_back(cast.mara)
    few = {name: count_queries(mara, name) for name in FIGURES}
    clock.move_to(TUESDAY)
    for pair in [*pairs, *make_pairs(cast, "Dewi", "Emre", "Fleur")]:
        pair.talk_at(NINE)
        act(cast.mara, press_help(cast, youth=pair.youth), "acknowledge")
    clock.move_to(SETTLED)
    relay()
    assert {name: count_queries(mara, name) for name in FIGURES} == few


def count_queries(player: Player, name: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        get(player, f"/insight/{name}{MONTH}")
    return len(queries)
