"""May this session and this pair be heard: what chat asks before it accepts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from server.accounts.actions import end_session, lift_block, lift_suspension, place_block, suspend_person
from server.accounts.models import Session
from server.accounts.queries import Standing, ask_standing
from server.foundation.database import open_pipeline
from server.foundation.ids import make_id
from tests.integration.accounts.cast import Cast


def ask(cast: Cast, now: datetime) -> Standing:
    players = (cast.ada, cast.ben, cast.mara)
    with transaction.atomic(), open_pipeline() as pipeline:
        return ask_standing(
            pipeline, [*(str(one.session.id) for one in players), None], [one.id for one in players], now=now
        )


def test_live_sessions_and_the_servers_own_words_may_be_heard(cast: Cast, now: datetime) -> None:
    standing = ask(cast, now)
    assert standing.is_live(str(cast.ada.session.id))
    assert standing.is_live(None)
    assert not standing.is_live(str(make_id()))
    assert not standing.is_live(str(cast.otto.session.id)), "not asked about: not vouched for"


def test_an_ended_session_is_not_heard(cast: Cast, now: datetime) -> None:
    end_session(session_id=cast.ada.session.id, reason="signed_out", now=now)
    standing = ask(cast, now)
    assert not standing.is_live(str(cast.ada.session.id))
    assert standing.is_live(str(cast.ben.session.id))


def test_a_session_is_heard_until_it_runs_out_and_not_at_that_instant(cast: Cast, now: datetime) -> None:
    session_id, end = str(cast.mara.session.id), cast.mara.session.idle_expires_at
    assert ask(cast, end - timedelta(microseconds=1)).is_live(session_id)
    assert not ask(cast, end).is_live(session_id)


def test_a_suspended_person_is_not_heard_even_over_an_open_session(cast: Cast, now: datetime) -> None:
    suspend_person(person_id=cast.ben.id, actor=None, now=now)
    Session.objects.update(ended_at=None, end_reason="")
    session_id = str(cast.ben.session.id)
    assert not ask(cast, now).is_live(session_id)
    lift_suspension(person_id=cast.ben.id, actor=None, now=now)
    assert ask(cast, now).is_live(session_id)


def test_a_block_counts_both_ways_and_for_that_pair_only(cast: Cast, now: datetime) -> None:
    place_block(blocker_id=cast.ada.id, blocked_id=cast.ben.id, now=now)
    standing = ask(cast, now)
    assert standing.is_blocked(cast.ada.id, cast.ben.id)
    assert standing.is_blocked(cast.ben.id, cast.ada.id)
    assert not standing.is_blocked(cast.ada.id, cast.mara.id)
    lift_block(blocker_id=cast.ada.id, blocked_id=cast.ben.id, now=now)
    assert not ask(cast, now).is_blocked(cast.ada.id, cast.ben.id)
