"""Who is something else now: what they did as a coordinator or an expert goes to somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from server.accounts.actions import change_role, suspend_person
from server.accounts.models import Session
from server.audit.models import AuditEntry
from server.availability.models import Shift
from server.availability.queries import list_on_shift
from server.availability.tasks import step_check_coverage
from server.buddies.models import Pairing
from server.events.relay import step_relay
from server.foundation.ids import make_id
from server.safety.actions.escalations import Raised, raise_signal
from server.safety.models import ComplaintHandler, GlassOpening, Joining
from server.wiring import LISTENERS
from tests.cast import Cast, make_player
from tests.integration.availability.people import TUESDAY, Neighbours, card_of, post
from tests.integration.buddies.pairs import make_expert_ready, make_in_state, run_loops
from tests.integration.buddies.people import told
from tests.integration.safety.calls import act, list_pages, list_verbs, of, press_help, put_on_call, reread, work
from tests.integration.safety.glasses import break_it, opened, read
from tests.integration.safety.test_joining import join, joined, list_members, worry
from tests.integration.safety.witness import list_seen
from tests.witness import nothing_changes

ON_CALL = {"kind": "on_call", "on": "2026-11-17", "start": "19:00", "end": "23:00"}


def suspend(cast: Cast) -> None:
    """Shut Mara out."""
    suspend_person(person_id=cast.mara.id, actor=None, now=TUESDAY)


def change(cast: Cast) -> None:
    """Make Mara an expert."""
    change_role(person_id=cast.mara.id, role="expert", now=TUESDAY)


def raise_worry_elsewhere(cast: Cast) -> Raised:
    """Have Ben worry about another youth of the team."""
    lot = make_player(cast.team, "youth", "Lot", TUESDAY)
    return raise_signal(
        team_id=cast.team.id, youth_id=lot.id, kind="worry", level="urgent", by=card_of(cast.ben), now=TUESDAY
    )


def relay() -> None:
    """Hand on every fact that is due."""
    while step_relay(TUESDAY, LISTENERS):
        pass


def test_a_coordinator_who_becomes_an_expert_leaves_the_talks_and_the_reading(cast: Cast) -> None:
    opened(cast.mara, cast)
    escalation = worry(cast)
    place = joined(cast, escalation, private=True)
    change_role(person_id=cast.mara.id, role="expert", now=TUESDAY)
    relay()
    assert Joining.objects.get(coordinator_id=cast.mara.id).left_at == TUESDAY
    assert GlassOpening.objects.get().end_reason == "revoked"
    assert cast.mara.id not in list_members(cast.ada, place)
    with nothing_changes():
        relay()


def test_a_line_of_before_is_not_read_on(cast: Cast) -> None:
    escalation = worry(cast)
    place = joined(cast, escalation, private=True)
    told(post(cast.mara, f"/escalations/{escalation}/resolve", outcome="talked"))
    relay()
    assert list_members(cast.ada, place) == {cast.ada.id, cast.mara.id}
    change_role(person_id=cast.mara.id, role="admin", now=TUESDAY)
    relay()
    assert list_members(cast.ada, place) == {cast.ada.id}


def test_what_they_joined_with_others_goes_on_without_them(cast: Cast) -> None:
    escalation = worry(cast)
    assert joined(cast, escalation) == cast.pair
    assert post(cast.mara, f"/escalations/{escalation}/take-over").status == 200
    change_role(person_id=cast.mara.id, role="admin", now=TUESDAY)
    relay()
    row = Joining.objects.get()
    assert (row.left_at, row.handed_back_at) == (TUESDAY, TUESDAY)
    assert list_members(cast.ada, cast.pair) == {cast.ada.id, cast.ben.id}
    assert join(cast.noor, escalation).status == 200


@pytest.mark.parametrize("out", [suspend, change])
@pytest.mark.parametrize("verb", ["acknowledge", "join"])
def test_what_they_had_in_hands_is_open_again_at_once_and_the_next_is_called(
    cast: Cast, verb: str, out: Callable[[Cast], object]
) -> None:
    kim = make_player(cast.team, "coordinator", "Kim", TUESDAY)
    put_on_call(cast, cast.mara)
    raised, other = press_help(cast), raise_worry_elsewhere(cast)
    for player, one in ((cast.mara, raised), (cast.noor, other)):
        assert act(player, one, verb).status == 200
    out(cast)
    relay()
    work()
    escalation = reread(raised.escalation)
    assert (escalation.state, escalation.handler_id) == ("open", None)
    assert list_verbs(escalation)[-3:] == ["release", "step_failed", "page"]
    assert list_pages(escalation, reason="coordinators") == of([cast.noor, kim])
    assert [one["state"] for one in list_seen(cast.ada, "escalation.lapsed")] == ["open"]
    assert str(reread(other.escalation).handler_id) == cast.noor.id
    assert act(cast.noor, raised, "acknowledge").status == 200
    relay()
    with nothing_changes():
        out(cast)
        relay()


def test_a_suspended_coordinator_is_in_no_talk_and_keeps_the_lines_of_before(cast: Cast) -> None:
    escalation = worry(cast)
    line, pair = joined(cast, escalation, private=True), joined(cast, escalation)
    assert post(cast.mara, f"/escalations/{escalation}/take-over").status == 200
    suspend(cast)
    relay()
    assert {one.left_at for one in Joining.objects.all()} == {TUESDAY}
    assert Joining.objects.get(private=False).handed_back_at == TUESDAY
    assert list_members(cast.ada, pair) == {cast.ada.id, cast.ben.id}
    assert list_members(cast.ada, line) == {cast.ada.id, cast.mara.id}
    assert post(cast.ada, f"/conversations/{line}/messages", m=str(make_id()), body="ben je er?").status == 409


def test_complaints_find_another_handler(cast: Cast) -> None:
    complaint = post(cast.ada, "/complaints", about=cast.ben.id, text="Hij luisterde niet.").body["id"]
    handled = ComplaintHandler.objects.filter(complaint_id=complaint, left_at=None)
    assert handled.filter(person_id=cast.mara.id).exists()
    change_role(person_id=cast.mara.id, role="expert", now=TUESDAY)
    relay()
    assert not handled.filter(person_id=cast.mara.id).exists()


def test_their_shifts_become_nobodys(cast: Cast, neighbours: Neighbours) -> None:
    over = ON_CALL | {"on": "2026-11-16"}
    for fields in (ON_CALL, ON_CALL | {"on": "2026-11-24"}):
        assert post(cast.noor, "/shifts", **fields, person=cast.mara.id).status == 201
    Shift.objects.filter(on="2026-11-24").update(on="2026-11-23")
    past = Shift.objects.get(on="2026-11-17")
    Shift.objects.create(**{**_columns(past), "on": over["on"]})
    assert list_on_shift(cast.team.id, "on_call", TUESDAY) == [cast.mara.id]
    change_role(person_id=cast.mara.id, role="expert", now=TUESDAY)
    relay()
    while step_check_coverage(TUESDAY):
        pass
    whose = {str(one.on): one.person_id for one in Shift.objects.all()}
    assert whose == {"2026-11-16": cast.mara.person.id, "2026-11-17": None, "2026-11-23": None}
    assert list_on_shift(cast.team.id, "on_call", TUESDAY) == []


def test_the_youths_of_an_expert_find_another(cast: Cast, neighbours: Neighbours) -> None:
    make_expert_ready(cast, cast.ben)
    pairing = make_in_state(cast, "active", cast.ada, cast.ben)
    change_role(person_id=cast.ben.id, role="coordinator", now=TUESDAY)
    run_loops()
    assert Pairing.objects.get(id=pairing).state == "rematch"


def test_broken_glass_asks_for_a_fresh_proof(cast: Cast) -> None:
    Session.objects.filter(id=cast.mara.session_id).update(proved_at=TUESDAY - timedelta(hours=12))
    with nothing_changes():
        refused = break_it(cast.mara, cast.pair)
        elsewhere = break_it(cast.mara, cast.elsewhere)
    assert (refused.status, refused.body["code"]) == (403, "auth.step_up_required")
    assert elsewhere.seen == refused.seen
    Session.objects.filter(id=cast.mara.session_id).update(proved_at=TUESDAY - timedelta(hours=11, minutes=59))
    assert break_it(cast.mara, cast.pair).status == 201


@pytest.mark.parametrize("action", ["break_glass.opened", "conversation.read", "conversation.joined"])
def test_a_look_says_over_which_session(cast: Cast, action: str) -> None:
    opened(cast.mara, cast)
    assert read(cast.mara, cast.pair).status == 200
    joined(cast, worry(cast))
    entry = AuditEntry.objects.get(action=action)
    assert (str(entry.session_id), str(entry.actor_id)) == (cast.mara.session_id, cast.mara.id)


def _columns(shift: Shift) -> dict[str, object]:
    return {
        name: getattr(shift, name)
        for name in ("team_id", "person_id", "kind", "start", "end", "zone", "created_by", "created_at")
    }
