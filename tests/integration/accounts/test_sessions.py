"""One's own sessions: seen, ended, gone at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from server.accounts.actions import (
    change_role,
    end_all_sessions,
    end_other_sessions,
    end_session,
    register_device,
    start_session,
    start_sessions,
)
from server.accounts.models import Device, Session
from server.events.models import OutboxEvent
from server.foundation.errors import NotSignedIn
from server.foundation.ids import make_id
from server.realtime.models import UserEvent
from tests.integration.accounts.calls import call
from tests.integration.accounts.cast import Cast
from tests.witness import nothing_changes


def read_log(person_id: str) -> list[tuple[str, object]]:
    return list(UserEvent.objects.filter(user_id=person_id).order_by("pos").values_list("kind", "refs"))


def read_facts(name: str) -> list[object]:
    return list(OutboxEvent.objects.filter(name=name).order_by("id").values_list("payload", flat=True))


def test_signing_out_ends_this_session_and_no_other(cast: Cast, now: datetime) -> None:
    session, other = start_session(person_id=cast.ada.id, device_name="tablet", now=now)
    answer = call("DELETE", "/sessions/current", token=cast.ada.token)
    assert (answer.status, answer.headers["Clear-Site-Data"]) == (204, '"cache"'), "another tab's storage stays"
    assert call("GET", "/me", token=cast.ada.token).code == "auth.session_revoked"
    assert call("GET", "/me", token=other).status == 200
    ended = str(cast.ada.session.id)
    assert read_log(cast.ada.id) == [("session.revoked", {"session": ended, "reason": "signed_out"})]
    fact = {"session_id": ended, "person_id": cast.ada.id, "reason": "signed_out"}
    assert read_facts("accounts.session_ended") == [fact]
    assert Session.objects.get(id=session.id).ended_at is None


def test_the_list_shows_live_sessions_and_nothing_to_use_them_with(cast: Cast, now: datetime) -> None:
    start_session(person_id=cast.ada.id, device_name="oud", now=now - timedelta(days=61))
    gone, _ = start_session(person_id=cast.ada.id, device_name="weg", now=now)
    end_session(session_id=gone.id, reason="revoked", now=now)
    start_session(person_id=cast.ada.id, device_name="tablet", now=now - timedelta(days=1))
    sessions = call("GET", "/sessions", token=cast.ada.token).body["sessions"]
    assert [(one["device_name"], one["current"]) for one in sessions] == [("telefoon", True), ("tablet", False)]
    fields = {"id", "device_name", "created_at", "last_used_at", "expires_at", "current", "recovered"}
    assert all(set(one) == fields for one in sessions)


def test_one_ends_another_session_of_ones_own(cast: Cast, now: datetime) -> None:
    session, token = start_session(person_id=cast.ada.id, device_name="tablet", now=now)
    assert call("DELETE", f"/sessions/{session.id}", token=cast.ada.token).status == 204
    assert call("GET", "/me", token=token).status == 401
    assert call("DELETE", f"/sessions/{session.id}", token=cast.ada.token).status == 404


def test_eve_cannot_tell_anybodys_session_from_an_imagined_one(cast: Cast) -> None:
    eve, answers = cast.make_eve(), []
    for session_id in (make_id(), cast.ada.session.id, cast.mara.session.id, UUID(int=0)):
        with nothing_changes():
            answers.append(call("DELETE", f"/sessions/{session_id}", token=eve.token).seen)
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)


def test_a_session_ends_once(cast: Cast, now: datetime) -> None:
    assert end_session(session_id=cast.ada.session.id, reason="signed_out", now=now)
    with nothing_changes():
        assert not end_session(session_id=cast.ada.session.id, reason="revoked", now=now)
        assert not end_session(session_id=make_id(), reason="revoked", now=now)


def test_all_others_end_and_all_end(cast: Cast, now: datetime) -> None:
    for name in ("tablet", "laptop"):
        start_session(person_id=cast.ada.id, device_name=name, now=now)
    keep = cast.ada.session.id
    assert end_other_sessions(person_id=cast.ada.id, keep=keep, reason="revoked", now=now) == 2
    assert Session.objects.get(person_id=cast.ada.id, ended_at=None).id == keep
    assert end_all_sessions(person_id=cast.ada.id, reason="revoked", now=now) == 1
    assert len(read_log(cast.ada.id)) == len(read_facts("accounts.session_ended")) == 3
    assert Session.objects.filter(ended_at=None).count() == 3, "Ben, Mara and Otto stay signed in"


def test_a_signed_out_device_gets_no_more_pushes(cast: Cast, now: datetime) -> None:
    for player in (cast.ada, cast.ben):
        register_device(session=player.session, push_token=player.token, platform="ios", now=now)
    end_session(session_id=cast.ada.session.id, reason="signed_out", now=now)
    assert [str(one.person_id) for one in Device.objects.all()] == [cast.ben.id]


def test_a_new_role_ends_every_session_and_the_old_role_none(cast: Cast, now: datetime) -> None:
    with nothing_changes():
        assert change_role(person_id=cast.ben.id, role="expert", now=now) == 0
    assert change_role(person_id=cast.ben.id, role="coordinator", now=now) == 1
    assert call("GET", "/me", token=cast.ben.token).status == 401
    assert read_log(cast.ben.id)[0][1] == {"session": str(cast.ben.session.id), "reason": "revoked"}
    with pytest.raises(ValueError, match="a role is one of"):
        change_role(person_id=cast.ben.id, role="king", now=now)


def test_sessions_in_bulk_come_in_the_order_of_the_people(cast: Cast, now: datetime) -> None:
    people = [cast.mara.id, cast.ada.id, cast.ben.id]
    started = start_sessions(person_ids=people, device_name="zaad", now=now)
    assert [str(session.person_id) for session, _ in started] == people
    assert all(call("GET", "/me", token=token).status == 200 for _, token in started)


def test_nobody_starts_a_session_for_a_stranger(cast: Cast, now: datetime) -> None:
    with nothing_changes(), pytest.raises(NotSignedIn):
        start_sessions(person_ids=[cast.ada.id, make_id()], device_name="zaad", now=now)
