"""Two at once, on real connections: one reading at a time, and nothing is read after it was taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model

from server.accounts.actions import suspend_person
from server.audit.queries import list_entries
from server.chat.errors import ConversationNotFound
from server.chat.queries import read_messages
from server.foundation.errors import WarmlijnError
from server.safety.actions.complaints import decide_complaint, receive_complaint
from server.safety.actions.escalations import raise_signal, resolve
from server.safety.actions.glass import break_glass, review_glass, revoke_readings
from server.safety.actions.joining import join_escalation, leave_ended
from server.safety.models import Complaint, GlassOpening, Joining
from tests.cast import Cast, Player, make_cast, make_player
from tests.integration.availability.people import TUESDAY, card_of
from tests.integration.chat.threads import PATIENCE_SECONDS, run_behind, run_together, wait_for_a_waiter
from tests.integration.safety.glasses import REASON

pytestmark = pytest.mark.usefixtures("on_postgres")


@pytest.fixture
def cast(on_postgres: None, clock: object) -> Cast:
    """The cast, committed, so that other connections see it."""
    return make_cast()


def break_pair(cast: Cast, player: Player) -> str:
    """Break the glass; return `opened` or the code of the refusal."""
    try:
        break_glass(
            actor=card_of(player),
            conversation_id=cast.pair,
            reason_code="life_danger",
            reason=REASON,
            minutes=30,
            now=TUESDAY,
        )
    except WarmlijnError as refusal:
        return refusal.code
    return "opened"


def read_pair(cast: Cast, player: Player) -> str:
    """Read the pair; return `read` or the code of the refusal."""
    try:
        read_messages(player.id, cast.pair, before=None, after=None, limit=50, now=TUESDAY)
    except ConversationNotFound as refusal:
        return refusal.code
    return "read"


def count_reads(cast: Cast) -> int:
    return len([one for one in list_entries(cast.team.id) if one.action == "conversation.read"])


def test_of_many_at_once_by_one_coordinator_one_wins(cast: Cast) -> None:
    results = run_together([lambda: break_pair(cast, cast.mara)] * 6)
    assert Counter(results) == {"opened": 1, "glass.already_open": 5}
    assert GlassOpening.objects.count() == 1
    assert len([one for one in list_entries(cast.team.id) if one.action == "break_glass.opened"]) == 1


def test_two_coordinators_do_not_stand_in_each_others_way(cast: Cast) -> None:
    works = [lambda: break_pair(cast, cast.mara), lambda: break_pair(cast, cast.noor)] * 3
    assert Counter(run_together(works)) == {"opened": 2, "glass.already_open": 4}


def test_reads_at_once_are_as_many_entries(cast: Cast) -> None:
    cast.accept(cast.ada)
    break_pair(cast, cast.mara)
    assert run_together([lambda: read_pair(cast, cast.mara)] * 8) == ["read"] * 8
    assert count_reads(cast) == 8


def test_a_read_that_waits_behind_a_suspension_reads_nothing(cast: Cast) -> None:
    cast.accept(cast.ada)
    break_pair(cast, cast.mara)
    result = run_behind(
        [cast.mara.id],
        lambda: read_pair(cast, cast.mara),
        lambda: suspend_person(person_id=cast.mara.id, actor=None, now=TUESDAY),
    )
    assert (result, count_reads(cast)) == ("conv.not_found", 0)


def test_breaking_the_glass_behind_a_suspension_is_refused(cast: Cast) -> None:
    result = run_behind(
        [cast.mara.id],
        lambda: break_pair(cast, cast.mara),
        lambda: suspend_person(person_id=cast.mara.id, actor=None, now=TUESDAY),
    )
    assert (result, GlassOpening.objects.count()) == ("auth.session_revoked", 0)


def test_it_is_reviewed_once(cast: Cast) -> None:
    break_pair(cast, cast.mara)
    opening = GlassOpening.objects.get()

    def review() -> str:
        try:
            review_glass(
                actor=card_of(cast.noor), opening_id=opening.id, outcome="justified", note="Goed.", now=TUESDAY
            )
        except WarmlijnError as refusal:
            return refusal.code
        return "reviewed"

    assert Counter(run_together([review] * 4)) == {"reviewed": 1, "glass.reviewed": 3}


def test_two_votes_at_once_decide(cast: Cast) -> None:
    complaint = receive_complaint(
        actor=card_of(cast.ada), about=cast.ben.id, about_team=False, text="Hij luisterde niet.", now=TUESDAY
    )

    def vote(player: Player) -> Any:
        return decide_complaint(
            actor=card_of(player), complaint_id=complaint.id, decision="upheld", note="Ja.", now=TUESDAY
        ).state

    states = run_together([lambda: vote(cast.mara), lambda: vote(cast.noor)])
    assert sorted(states) == ["assigned", "decided"]
    assert Complaint.objects.get().state == "decided"


def raise_help(cast: Cast) -> str:
    raised = raise_signal(
        team_id=cast.team.id,
        youth_id=cast.ada.id,
        kind="help",
        level="urgent",
        by=card_of(cast.ada),
        conversation_id=cast.pair,
        now=TUESDAY,
    )
    return str(raised.escalation.id)


def test_joining_stands_in_nobodys_way_who_writes(cast: Cast) -> None:
    escalation = raise_help(cast)

    def join(player: Player) -> str:
        try:
            join_escalation(actor=card_of(player), escalation_id=escalation, now=TUESDAY)
        except WarmlijnError as refusal:
            return refusal.code
        return "joined"

    def write(player: Player) -> str:
        return f"seq {cast.accept(player).seq}"

    works = [lambda: join(cast.mara), lambda: join(cast.mara), lambda: join(cast.noor)]
    works += [lambda: write(cast.ada), lambda: write(cast.ben)] * 3
    results = Counter(run_together(works))
    assert all(results[f"seq {at}"] == 1 for at in range(1, 7))
    assert results["joined"] == 3
    assert sorted(str(one) for one in Joining.objects.values_list("coordinator_id", flat=True)) == sorted(
        [cast.mara.id, cast.noor.id]
    )


def run_behind_row(row: Model, late: Callable[[], object], first: Callable[[], object]) -> None:
    """Have a worker do `late` until it waits for a row that another one holds, who then does `first`."""

    def run() -> None:
        try:
            late()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
            worker = threads.submit(run)
            wait_for_a_waiter()
            first()
        worker.result(PATIENCE_SECONDS)


def test_workers_who_take_people_out_of_several_talks_wait_in_one_order(cast: Cast) -> None:
    """Both write into the audit of one team: whoever did so for one talk may wait for no further rows."""
    kim, ended = make_player(cast.team, "youth", "Kim", TUESDAY), []
    for youth in (cast.ada, kim):
        escalation = raise_signal(
            team_id=cast.team.id, youth_id=youth.id, kind="help", level="urgent", by=card_of(youth), now=TUESDAY
        ).escalation
        join_escalation(actor=card_of(cast.mara), escalation_id=escalation.id, now=TUESDAY)
        ended.append(resolve(actor=card_of(cast.mara), escalation_id=escalation.id, outcome="safe", now=TUESDAY))
    both, second = [one.id for one in ended], ended[1]
    run_behind_row(
        second,
        lambda: leave_ended(escalation_ids=both, now=TUESDAY),
        lambda: leave_ended(escalation_ids=[second.id], now=TUESDAY),
    )
    assert not Joining.objects.filter(left_at=None).exists()
    assert len([one for one in list_entries(cast.team.id) if one.action == "conversation.left"]) == 2


def test_workers_who_end_the_readings_of_several_wait_in_one_order(cast: Cast) -> None:
    assert [break_pair(cast, one) for one in (cast.mara, cast.noor)] == ["opened", "opened"]
    run_behind_row(
        GlassOpening.objects.get(coordinator_id=cast.noor.id),
        lambda: revoke_readings(person_ids=[cast.mara.id, cast.noor.id], now=TUESDAY),
        lambda: revoke_readings(person_ids=[cast.noor.id], now=TUESDAY),
    )
    assert list(GlassOpening.objects.values_list("end_reason", flat=True)) == ["revoked", "revoked"]
    assert len([one for one in list_entries(cast.team.id) if one.action == "break_glass.ended"]) == 2


def test_who_waits_for_one_reading_has_locked_none_that_comes_after_it(cast: Cast) -> None:
    assert [break_pair(cast, one) for one in (cast.mara, cast.noor)] == ["opened", "opened"]
    first, second = GlassOpening.objects.order_by("id")
    GlassOpening.objects.filter(pk=first.pk).update(reason_code="life_danger")  # it lies behind the other on disk now
    free: list[GlassOpening] = []
    run_behind_row(
        first,
        lambda: revoke_readings(person_ids=[cast.mara.id, cast.noor.id], now=TUESDAY),
        lambda: free.extend(GlassOpening.objects.select_for_update(nowait=True).filter(pk=second.pk)),
    )
    assert free == [second]
