"""The chain: frozen when it begins, walked step by step, on duty resolved at each step, never without an end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from server.accounts.actions import suspend_person
from server.events.facts import EscalationMoved
from server.safety.models import Chain, Escalation, HistoryEntry
from tests.cast import Cast, Player
from tests.integration.availability.people import TUESDAY, Neighbours, get, post, put
from tests.integration.safety.calls import (
    MINUTE,
    act,
    list_pages,
    list_verbs,
    look,
    make_coordinator,
    of,
    press_help,
    put_on_call,
    reread,
    work,
    worry,
)
from tests.integration.safety.glasses import come_back
from tests.integration.safety.witness import list_seen
from tests.witness import list_facts, nothing_changes


def steps(*rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Return the rows of a request: (kind, minutes, people …)."""
    return [{"kind": kind, "wait_minutes": wait, "people": list(people)} for kind, wait, *people in rows]


def test_whoever_stands_on_call_is_paged_first_and_at_once(cast: Cast) -> None:
    put_on_call(cast, cast.noor)

    raised = press_help(cast)
    work()

    assert list_pages(raised.escalation) == of([cast.noor])
    [seen] = list_seen(cast.noor, "escalation.opened")
    assert (seen["escalation"], seen["level"], seen["reason"]) == (str(raised.escalation.id), "emergency", "on_call")
    assert list_seen(cast.mara, "escalation.opened") == []


def test_the_chain_goes_on_after_its_waits_and_ends_outside(cast: Cast, clock: time_machine.Traveller) -> None:
    put_on_call(cast, cast.noor)
    put_on_call(cast, cast.mara, on="2026-11-18", start="08:00", end="18:00")
    raised = press_help(cast)
    work()
    walked = []
    for minute in range(1, 10):
        clock.move_to(TUESDAY + minute * MINUTE)
        before = len(list_pages(raised.escalation))
        work()
        walked += [(minute, one) for one in list_pages(raised.escalation)[before:]]

    expected = [(3, (cast.mara.id, "sent"))]
    expected += [(6, one) for one in of([cast.mara, cast.noor])]
    expected += [(9, ("email", "sent")), (9, ("webhook", "sent"))]
    assert walked == expected
    assert list_verbs(raised.escalation) == ["open", *["page"] * 4]


def test_nobody_on_duty_is_a_failed_step_that_is_shown_and_followed_at_once(cast: Cast) -> None:
    raised = press_help(cast)
    work()

    assert list_verbs(raised.escalation) == ["open", "step_failed", "step_failed", "page"]
    assert list_pages(raised.escalation) == of([cast.mara, cast.noor])
    failed = [one for one in list_facts(EscalationMoved) if one.verb == "step_failed"]  # type: ignore[attr-defined]
    assert len(failed) == 2
    assert [one["refs"]["kind"] for one in look(cast.mara, raised)["history"] if one["verb"] == "step_failed"] == [
        "on_call",
        "next_on_call",
    ]


def test_a_team_without_anybody_reaches_its_last_resort_in_the_same_call(cast: Cast) -> None:
    for one in (cast.mara, cast.noor):
        assert suspend_person(person_id=one.id, actor=None, now=TUESDAY)

    raised = press_help(cast)

    assert list_pages(raised.escalation) == [("email", "queued"), ("webhook", "queued")]
    work()
    assert list_pages(raised.escalation) == [("email", "sent"), ("webhook", "sent")]


def test_the_last_resort_is_repeated_until_somebody_answers(cast: Cast, clock: time_machine.Traveller) -> None:
    raised = press_help(cast)
    found = []
    for minute in range(0, 24 * 60 * 3, 5):
        clock.move_to(TUESDAY + minute * MINUTE)
        work()
        found.append(list_verbs(raised.escalation).count("repeat"))

    # the last step after 3 minutes, seen at the 5th; then every 10, twelve times; then once a day
    assert found[27] == 12
    assert found[-1] == 12 + 2
    assert "repeat" in list_verbs(raised.escalation)
    assert reread(raised.escalation).step_at is not None


def test_the_roster_is_read_at_each_step_and_the_chain_is_not(cast: Cast, clock: time_machine.Traveller) -> None:
    put_on_call(cast, cast.noor, end="20:32")
    rows = steps(("coordinators", 3), ("on_call", 3), ("last_resort", None))
    assert put(cast.mara, "/team/chains/emergency", steps=rows).status == 200
    lena = make_coordinator(cast, "Lena")
    put_on_call(cast, lena, start="20:32")

    raised = press_help(cast)
    assert put(cast.mara, "/team/chains/emergency", steps=steps(("last_resort", None))).status == 200
    clock.move_to(TUESDAY + 3 * MINUTE)
    work()

    shown = look(cast.mara, raised)
    assert (shown["chain_version"], [one["kind"] for one in shown["chain"]]) == (
        1,
        ["coordinators", "on_call", "last_resort"],
    )
    assert list_pages(raised.escalation, reason="on_call") == of([lena])


def test_an_expert_on_a_list_is_never_called(cast: Cast, clock: time_machine.Traveller) -> None:
    Chain.objects.create(
        id=cast.team.id,
        team_id=cast.team.id,
        level="emergency",
        version=1,
        steps=steps(("fallback", 3, cast.ben.id, cast.ada.id)),
        saved_at=TUESDAY,
        saved_by=cast.mara.person.id,
    )

    raised = press_help(cast)

    # who may not be called is nobody, and data that forgot its end has one
    assert list_verbs(raised.escalation) == ["open", "step_failed", "page"]
    assert list_pages(raised.escalation) == [("email", "queued"), ("webhook", "queued")]


def test_a_concern_waits_for_the_next_working_moment(cast: Cast, clock: time_machine.Traveller) -> None:
    put_on_call(cast, cast.noor)
    raised = worry(cast)

    assert list_pages(raised.escalation, breaks_silence=False) == of([cast.noor], "queued")
    assert reread(raised.escalation).step_at == datetime(2026, 11, 18, 8, 0, tzinfo=UTC)


def test_a_roster_that_cannot_be_read_does_not_hold_up_a_call(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no roster")

    monkeypatch.setattr("server.safety.actions.stepping.find_roster", fail)

    raised = press_help(cast)

    assert list_pages(raised.escalation) == [("email", "queued"), ("webhook", "queued")]


# --- what a team may save


def test_a_team_begins_with_the_houses_chains(cast: Cast) -> None:
    shown = get(cast.mara, "/team/chains").body

    assert {level: chain["version"] for level, chain in shown.items()} == {"concern": 0, "urgent": 0, "emergency": 0}
    waits = {level: [one["wait_minutes"] for one in chain["steps"]] for level, chain in shown.items()}
    assert waits == {"emergency": [3, 3, 3, None], "urgent": [15, 15, 15, None], "concern": [None, None, None]}


def test_every_saving_is_a_version_of_its_own(cast: Cast) -> None:
    rows = steps(("on_call", 5), ("fallback", 10, cast.mara.id), ("last_resort", None))
    assert put(cast.mara, "/team/chains/urgent", steps=rows).body["urgent"] == {"version": 1, "steps": rows}
    assert put(cast.noor, "/team/chains/urgent", steps=rows[2:]).body["urgent"]["version"] == 2

    assert list(Chain.objects.order_by("version").values_list("version", "level")) == [(1, "urgent"), (2, "urgent")]


WRONG: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "nothing": ("chain_empty", []),
    "thirteen": ("chain_too_long", steps(*[("next_on_call", 3)] * 12, ("last_resort", None))),
    "a wait of zero": ("chain_wait", steps(("on_call", 0), ("last_resort", None))),
    "a wait backwards": ("chain_wait", steps(("on_call", -3), ("last_resort", None))),
    "a wait of a year": ("chain_wait", steps(("on_call", 525_600), ("last_resort", None))),
    "half an hour and a minute": ("chain_wait", steps(("on_call", 31), ("last_resort", None))),
    "the next working moment": ("chain_wait", steps(("on_call", None), ("last_resort", None))),
    "a wait after the end": ("chain_wait", steps(("on_call", 3), ("last_resort", 3))),
    "the same twice": ("chain_loop", steps(("on_call", 3), ("on_call", 3), ("last_resort", None))),
    "back again": ("chain_loop", steps(("on_call", 3), ("coordinators", 3), ("on_call", 3), ("last_resort", None))),
    "two ends": ("chain_loop", steps(("last_resort", None), ("on_call", 3), ("last_resort", None))),
    "no end": ("chain_without_end", steps(("on_call", 3), ("coordinators", 3))),
    "an end before the end": ("chain_without_end", steps(("last_resort", None), ("on_call", 3))),
    "who nobody knows": ("chain_target_unknown", steps(("everybody", 3), ("last_resort", None))),
    "a list of nobody": ("chain_target_unknown", steps(("fallback", 3), ("last_resort", None))),
    "somebody on call": ("chain_target_unknown", steps(("on_call", 3, "x"), ("last_resort", None))),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_chain_that_is_wrong_is_refused_with_its_own_code(cast: Cast, name: str) -> None:
    code, rows = WRONG[name]
    with nothing_changes():
        answer = put(cast.mara, "/team/chains/emergency", steps=rows)
    assert (answer.status, answer.body["code"]) == (422, f"safety.{code}")


def test_a_list_names_coordinators_of_the_own_team_once_each(cast: Cast, neighbours: Neighbours) -> None:
    strangers: tuple[Player, ...] = (cast.ada, cast.ben, neighbours.edda)
    with nothing_changes():
        for one in strangers:
            rows = steps(("fallback", 3, cast.mara.id, one.id), ("last_resort", None))
            answer = put(cast.mara, "/team/chains/emergency", steps=rows)
            assert answer.body["code"] == "safety.chain_target_unknown"
        twice = steps(("fallback", 3, cast.mara.id), ("fallback", 3, cast.mara.id, cast.noor.id), ("last_resort", None))
        assert put(cast.mara, "/team/chains/emergency", steps=twice).body["code"] == "safety.chain_loop"
        assert put(cast.mara, "/team/chains/panic", steps=steps(("last_resort", None))).status == 404


def test_the_teams_numbers(cast: Cast) -> None:
    own = get(cast.mara, "/team/safety").body
    assert own["promise_emergency_minutes"] == 15
    changed = own | {"promise_emergency_minutes": 5, "standing_email": "wacht@noord.example"}
    assert put(cast.mara, "/team/safety", **changed).body == changed
    assert get(cast.noor, "/team/safety").body == changed

    with nothing_changes():
        for wrong in ({"promise_emergency_minutes": 61}, {"promise_urgent_minutes": 0}, {"standing_email": "nobody"}):
            answer = put(cast.mara, "/team/safety", **(own | wrong))
            assert (answer.status, answer.body["code"]) == (422, "safety.setting_malformed")


# --- the roster's honesty


def test_the_check_says_who_would_not_be_reached(cast: Cast, clock: time_machine.Traveller) -> None:
    put_on_call(cast, cast.noor)
    page = post(cast.noor, "/me/test-page").body
    assert list_seen(cast.noor, "page.test") == [{"kind": "page.test", "test_page": page["id"]}]
    assert get(cast.mara, "/team/on-call-check").body["members"][0]["confirmed_at"] is None

    clock.shift(MINUTE)
    assert post(cast.noor, f"/me/test-page/{page['id']}/confirm").status == 200
    assert post(cast.noor, f"/me/test-page/{page['id']}/confirm").status == 200
    shown = get(cast.mara, "/team/on-call-check").body
    assert [(one["person"], one["device"], one["reachable"]) for one in shown["members"]] == [
        (cast.noor.id, False, False)
    ]
    assert shown["gaps"] != []

    assert post(cast.noor, "/devices", push_token="a-token", platform="android").status in (200, 201, 204)
    assert get(cast.mara, "/team/on-call-check").body["members"][0]["reachable"] is True


def test_everybody_is_asked_at_once_and_confirms_only_their_own(cast: Cast, clock: time_machine.Traveller) -> None:
    pages = {one["person"]: one["id"] for one in post(cast.mara, "/team/test-pages").body["test_pages"]}
    assert pages.keys() == {cast.mara.id, cast.noor.id}
    with nothing_changes():
        answer = post(cast.noor, f"/me/test-page/{pages[cast.mara.id]}/confirm")
        assert (answer.status, answer.body["code"]) == (404, "http.not_found")

    clock.shift(timedelta(hours=24))
    noor = come_back(cast.noor)
    with nothing_changes():
        answer = post(noor, f"/me/test-page/{pages[cast.noor.id]}/confirm")
        assert (answer.status, answer.body["code"]) == (409, "safety.test_page_over")


def test_nobody_is_rung_again_and_again_for_a_colleague(cast: Cast, clock: time_machine.Traveller) -> None:
    first = post(cast.mara, "/team/test-pages").body
    with nothing_changes():
        assert post(cast.noor, "/team/test-pages").body == first
    assert post(cast.noor, "/me/test-page").status == 201, "one's own phone may be tried as often as one likes"
    clock.shift(timedelta(minutes=10))
    again = post(cast.noor, "/team/test-pages").body
    assert {one["person"] for one in again["test_pages"]} == {cast.mara.id, cast.noor.id}
    assert not {one["id"] for one in again["test_pages"]} & {one["id"] for one in first["test_pages"]}


def test_a_confirmation_counts_for_a_month(cast: Cast, clock: time_machine.Traveller) -> None:
    page = post(cast.noor, "/me/test-page").body
    assert post(cast.noor, f"/me/test-page/{page['id']}/confirm").status == 200
    proven = []
    for days in (30, 31):
        clock.move_to(TUESDAY + timedelta(days=days))
        mara = come_back(cast.mara)
        fields = {"kind": "on_call", "start": "08:00", "end": "09:00", "person": cast.noor.id}
        answer = post(mara, "/shifts", on=f"2026-12-{days - 11}", **fields)
        assert answer.status == 201, answer.body
        proven.append([one["reason"] for one in answer.body["weaknesses"]])

    # who saves a roster is told at once
    assert proven == [["no_device"], ["no_device", "no_test_page"]]


def test_who_was_promised_nothing_is_not_paged(cast: Cast) -> None:
    assert Escalation.objects.count() == HistoryEntry.objects.count() == 0
    work()
    assert list_seen(cast.noor, "escalation.opened") == []
    assert act(cast.noor, press_help(cast), "acknowledge").status == 200
