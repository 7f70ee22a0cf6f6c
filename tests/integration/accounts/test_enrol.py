"""The door for youths: one code, one account."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from server.accounts.actions import enrol_youth, invite_youth
from server.accounts.errors import CodeInvalid
from server.accounts.models import Invitation, Person, Session
from server.events.models import OutboxEvent
from server.foundation.ids import hash_secret
from server.realtime.models import UserStream
from tests.integration.accounts.calls import Answer, call
from tests.integration.accounts.cast import Cast
from tests.witness import nothing_changes


def enrol(code: str, display_name: str = "Ada", device_name: str = "telefoon") -> Answer:
    return call("POST", "/enrol", body={"code": code, "display_name": display_name, "device_name": device_name})


def test_a_code_becomes_an_account_of_the_inviting_team(cast: Cast, now: datetime) -> None:
    invitation, code = invite_youth(actor=cast.mara.person, display_name="van Jeugdhulp Noord", now=now)
    answer = enrol(code, "  Ada\u0301 ")
    user = answer.body["user"]
    assert answer.status == 201
    assert user["role"] == "youth"
    assert user["display_name"] == "Adá"
    assert user["team"] == {"id": str(cast.team.id), "name": "Noord"}
    push = {"registered": False, "ask_again": True}
    assert call("GET", "/me", token=answer.body["token"]).body == user | {"push": push}
    invitation.refresh_from_db()
    assert str(invitation.used_by_id) == user["id"]
    assert UserStream.objects.filter(user_id=user["id"]).exists()
    (fact,) = [
        one for one in OutboxEvent.objects.filter(name="accounts.youth_enrolled") if user["id"] in str(one.payload)
    ]
    assert fact.payload == {"person_id": user["id"], "team_id": str(cast.team.id)}


def test_token_and_code_are_stored_hashed_only(cast: Cast, now: datetime) -> None:
    invitation, code = invite_youth(actor=cast.mara.person, now=now)
    token = enrol(code).body["token"]
    assert bytes(invitation.code_hash) == hash_secret(code)
    assert Session.objects.filter(token_hash=hash_secret(token)).count() == 1
    assert min(len(code), len(token)) >= 43, "256 bits as URL-safe text"


def test_a_code_works_once(cast: Cast, now: datetime) -> None:
    _, code = invite_youth(actor=cast.mara.person, now=now)
    assert enrol(code).status == 201
    with nothing_changes():
        assert enrol(code, "Eve").code == "auth.code_invalid"


def test_unknown_used_revoked_and_expired_codes_are_not_told_apart(cast: Cast, now: datetime) -> None:
    answers = []
    for code in (*make_dead_codes(cast, now), "x" * 43, "short", "é"):
        with nothing_changes():
            answers.append(enrol(code, "Eve").seen)
    assert answers[0][0] == 400
    assert answers[0][1]["code"] == "auth.code_invalid"
    assert all(answer == answers[0] for answer in answers)


def make_dead_codes(cast: Cast, now: datetime) -> list[str]:
    used, revoked = (invite_youth(actor=cast.mara.person, now=now)[1] for _ in range(2))
    enrol(used)
    Invitation.objects.filter(code_hash=hash_secret(revoked)).update(revoked_at=now)
    _, expired = invite_youth(actor=cast.mara.person, expires_in=timedelta(days=1), now=now - timedelta(days=1))
    return [used, revoked, expired]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Ada\u202enoM", "A\x07da"])
def test_an_odd_name_is_refused_and_the_code_stays_good(cast: Cast, now: datetime, name: str) -> None:
    _, code = invite_youth(actor=cast.mara.person, now=now)
    with nothing_changes():
        assert enrol(code, name).code == "proto.bad_frame"
    assert enrol(code).status == 201


def test_an_invitation_ends_when_it_says(cast: Cast, now: datetime) -> None:
    answer = call("POST", "/invitations", token=cast.mara.token, body={"expires_in_days": 3})
    code = answer.body["code"]
    expires_at = datetime.fromisoformat(answer.body["expires_at"])
    assert answer.status == 201
    assert answer.body["link"] == f"http://testserver/#code={code}"
    assert timedelta(days=3) <= expires_at - now + timedelta(milliseconds=1) < timedelta(days=3, minutes=1)


def test_without_a_wish_an_invitation_lives_two_weeks(cast: Cast) -> None:
    call("POST", "/invitations", token=cast.mara.token, body={})
    invitation = Invitation.objects.latest("created_at")
    assert invitation.expires_at - invitation.created_at == timedelta(days=14)


def test_a_code_works_until_its_end_and_not_at_that_instant(cast: Cast, now: datetime) -> None:
    invitation, code = invite_youth(actor=cast.mara.person, now=now)
    names = {"display_name": "Ada", "device_name": "telefoon"}
    with nothing_changes(), pytest.raises(CodeInvalid):
        enrol_youth(code=code, **names, now=invitation.expires_at)
    person, _, _ = enrol_youth(code=code, **names, now=invitation.expires_at - timedelta(microseconds=1))
    assert person.display_name == "Ada"


@pytest.mark.parametrize("days", [0, 61, -1, 1.5, "7", True])
def test_other_lifetimes_are_refused(cast: Cast, days: object) -> None:
    with nothing_changes():
        answer = call("POST", "/invitations", token=cast.mara.token, body={"expires_in_days": days})
    assert answer.code == "proto.bad_frame"


@pytest.mark.parametrize("name", ["ada", "ben", "otto"])
def test_only_coordinators_invite(cast: Cast, name: str) -> None:
    with nothing_changes():
        answer = call("POST", "/invitations", token=getattr(cast, name).token, body={})
    assert (answer.status, answer.code) == (403, "auth.forbidden")


def test_an_invitation_of_eves_leads_into_her_own_team(cast: Cast) -> None:
    eve = cast.make_eve("coordinator")
    code = call("POST", "/invitations", token=eve.token, body={}).body["code"]
    youth = enrol(code).body["user"]
    assert youth["team"]["id"] == str(cast.elsewhere.id)
    assert Person.objects.filter(team=cast.team, role="youth").count() == 1, "Ada alone"
