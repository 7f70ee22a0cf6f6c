"""Shutting somebody out, at once, and letting them in again."""

from __future__ import annotations

from datetime import datetime

import pytest

from server.accounts.actions import lift_suspension, start_session, suspend_person
from server.accounts.models import Person, Suspension
from server.events.models import OutboxEvent
from server.foundation.errors import NotFound, NotSignedIn
from server.foundation.ids import make_id
from server.realtime.models import UserEvent
from tests.integration.accounts.calls import call
from tests.integration.accounts.cast import PASSWORD, Cast, make_email
from tests.witness import nothing_changes


def test_a_suspended_person_is_out_everywhere_at_once(cast: Cast, now: datetime) -> None:
    _, second = start_session(person_id=cast.ben.id, device_name="laptop", now=now)
    path, body = f"/people/{cast.ben.id}/suspension", {"reason": "grens overschreden"}
    assert call("POST", path, token=cast.mara.token, body=body).status == 204
    assert {call("GET", "/me", token=token).status for token in (cast.ben.token, second)} == {401}
    credentials = {"email": make_email("Ben"), "password": PASSWORD, "device_name": "laptop"}
    assert call("POST", "/sessions", body=credentials).status == 401
    with nothing_changes(), pytest.raises(NotSignedIn):
        start_session(person_id=cast.ben.id, device_name="laptop", now=now)


def test_it_is_told_to_the_person_and_to_the_rooms_without_the_reason(cast: Cast, now: datetime) -> None:
    OutboxEvent.objects.all().delete()  # what happened before
    suspend_person(person_id=cast.ben.id, actor=cast.mara.person, reason="grens", now=now)
    refs = [event.refs for event in UserEvent.objects.filter(user_id=cast.ben.id, kind="session.revoked")]
    assert refs == [{"session": str(cast.ben.session.id), "reason": "suspended"}]
    facts = OutboxEvent.objects.order_by("id").values_list("name", flat=True)
    assert list(facts) == ["accounts.session_ended", "accounts.person_suspended"]
    assert "grens" not in str(list(OutboxEvent.objects.values_list("payload", flat=True)))


def test_lifting_lets_in_again_but_revives_no_session(cast: Cast, now: datetime) -> None:
    suspend_person(person_id=cast.ben.id, actor=cast.mara.person, now=now)
    path = f"/people/{cast.ben.id}/suspension"
    assert call("DELETE", path, token=cast.mara.token).status == 204
    assert call("GET", "/me", token=cast.ben.token).status == 401
    _, token = start_session(person_id=cast.ben.id, device_name="laptop", now=now)
    assert call("GET", "/me", token=token).status == 200
    assert Suspension.objects.get().lifted_at is not None


def test_both_are_the_same_when_done_twice(cast: Cast, now: datetime) -> None:
    assert suspend_person(person_id=cast.ben.id, actor=cast.mara.person, now=now)
    with nothing_changes():
        assert not suspend_person(person_id=cast.ben.id, actor=cast.mara.person, now=now)
    assert lift_suspension(person_id=cast.ben.id, actor=cast.mara.person, now=now)
    with nothing_changes():
        assert not lift_suspension(person_id=cast.ben.id, actor=cast.mara.person, now=now)


# (who, whom, what comes back): nobody oneself, no admin by a coordinator, nobody by who has no such role.
FORBIDDEN = [
    ("mara", "mara"),
    ("otto", "otto"),
    ("mara", "otto"),
    ("ada", "ben"),
    ("ben", "ada"),
    ("ben", "ben"),
]


@pytest.mark.parametrize(("who", "whom"), FORBIDDEN)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_who_may_not_is_refused_by_role_or_rank(cast: Cast, who: str, whom: str, method: str) -> None:
    path = f"/people/{getattr(cast, whom).id}/suspension"
    body: dict[str, object] | None = {} if method == "POST" else None
    with nothing_changes():
        answer = call(method, path, token=getattr(cast, who).token, body=body)
    assert (answer.status, answer.code) == (403, "auth.forbidden")


def test_an_admin_may_suspend_a_coordinator(cast: Cast) -> None:
    path = f"/people/{cast.mara.id}/suspension"
    assert call("POST", path, token=cast.otto.token, body={}).status == 204
    assert Person.objects.get(id=cast.mara.id).suspended_at is not None


@pytest.mark.parametrize("role", ["coordinator", "admin"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_eve_cannot_tell_people_of_another_team_from_imagined_ones(cast: Cast, role: str, method: str) -> None:
    eve, answers = cast.make_eve(role), []
    body: dict[str, object] | None = {} if method == "POST" else None
    for person_id in (str(make_id()), cast.ada.id, cast.ben.id, cast.mara.id, cast.otto.id):
        with nothing_changes():
            answers.append(call(method, f"/people/{person_id}/suspension", token=eve.token, body=body).seen)
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)


def test_an_actor_who_was_suspended_a_moment_ago_suspends_nobody(cast: Cast, now: datetime) -> None:
    """The row is read again under the lock; what the request's start had read does not count."""
    stale = cast.mara.person
    suspend_person(person_id=cast.mara.id, actor=cast.otto.person, now=now)
    with nothing_changes(), pytest.raises(NotSignedIn):
        suspend_person(person_id=cast.ben.id, actor=stale, now=now)


def test_a_stranger_cannot_be_suspended_by_the_system(cast: Cast, now: datetime) -> None:
    with nothing_changes(), pytest.raises(NotFound):
        suspend_person(person_id=make_id(), actor=None, now=now)
