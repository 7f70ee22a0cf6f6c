"""What the hub asks now and then: which sessions are over, which people were active."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.accounts.actions import end_session, start_session, suspend_person
from server.accounts.door import AccountsDoor
from server.accounts.models import Session
from tests.integration.accounts.cast import Cast
from tests.witness import nothing_changes

MINUTE = timedelta(minutes=1)


def list_ended(since: datetime, now: datetime) -> set[tuple[str, str]]:
    return set(AccountsDoor().list_ended_sessions(since=since, now=now))


def test_each_way_to_end_is_listed_with_its_reason(cast: Cast, now: datetime) -> None:
    end_session(session_id=cast.ada.session.id, reason="signed_out", now=now)
    suspend_person(person_id=cast.ben.id, actor=None, now=now)
    idle, _ = start_session(person_id=cast.mara.id, device_name="m", now=now - timedelta(hours=12) - MINUTE)
    assert list_ended(now - 2 * MINUTE, now) == {
        (str(cast.ada.session.id), "signed_out"),
        (str(cast.ben.session.id), "suspended"),
        (str(idle.id), "expired"),
    }


def test_nothing_is_listed_before_it_happens_or_long_after(cast: Cast, now: datetime) -> None:
    end_session(session_id=cast.ada.session.id, reason="revoked", now=now)
    start_session(person_id=cast.mara.id, device_name="oud", now=now - timedelta(days=2))
    assert list_ended(now + MINUTE, now + 2 * MINUTE) == set()
    assert list_ended(now - MINUTE, now) == {(str(cast.ada.session.id), "revoked")}


def test_the_absolute_end_counts_as_well(cast: Cast, now: datetime) -> None:
    begun = now - timedelta(days=7) - MINUTE
    session, _ = start_session(person_id=cast.mara.id, device_name="m", now=begun)
    for hours in range(6, 7 * 24, 6):
        AccountsDoor().note_activity([str(session.id)], now=begun + timedelta(hours=hours))
    session.refresh_from_db()
    assert session.idle_expires_at == session.expires_at == now - MINUTE
    assert list_ended(now - 2 * MINUTE, now) == {(str(session.id), "expired")}


def test_activity_moves_the_clocks_of_a_batch_by_role(cast: Cast, now: datetime) -> None:
    later = now + timedelta(minutes=30)
    players = (cast.ada, cast.mara)
    AccountsDoor().note_activity([str(one.session.id) for one in players], now=later)
    for player in players:
        player.session.refresh_from_db()
    assert cast.ada.session.idle_expires_at == later + timedelta(days=60)
    assert cast.mara.session.idle_expires_at == later + timedelta(hours=12)
    assert cast.ada.session.last_used_at == cast.mara.session.last_used_at == later
    assert Session.objects.get(id=cast.ben.session.id).last_used_at == now


def test_activity_is_written_once_in_ten_minutes_and_never_for_the_dead(cast: Cast, now: datetime) -> None:
    end_session(session_id=cast.ada.session.id, reason="revoked", now=now)
    late = now + timedelta(days=15)
    with nothing_changes():
        AccountsDoor().note_activity([str(cast.ada.session.id)], now=now + timedelta(hours=1))
        AccountsDoor().note_activity([str(cast.ben.session.id)], now=now + timedelta(minutes=9))
        AccountsDoor().note_activity([str(cast.ben.session.id)], now=late)
        AccountsDoor().note_activity([], now=late)
