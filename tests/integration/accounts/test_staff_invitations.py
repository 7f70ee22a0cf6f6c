"""A colleague's way in: who may invite whom, one code for one account, and nothing told to who holds none."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from server.accounts.actions import change_role, invite_youth, suspend_person
from server.accounts.models import Invitation, Person
from server.audit.queries import list_entries
from server.foundation.ids import hash_secret, make_id
from tests.integration.accounts.calls import Answer, call
from tests.integration.accounts.cast import PASSWORD, Cast, Player, make_email
from tests.integration.accounts.factors import enrol_totp, grow_stale, sign_in
from tests.witness import nothing_changes

FORBIDDEN = (403, "auth.forbidden")


def invite(player: Player, role: str | None = "expert", **more: Any) -> Answer:
    """Ask for an invitation."""
    return call("POST", "/invitations", token=player.token, body={"role": role} | more)


def make_code(player: Player, role: str = "expert", **more: Any) -> str:
    """Return the code of an invitation."""
    answer = invite(player, role, **more)
    assert answer.status == 201, answer.body
    return str(answer.body["code"])


def enrol(code: str, name: str = "Roos", **more: Any) -> Answer:
    """Come in by a code."""
    given = {"display_name": name, "email": make_email(name), "password": PASSWORD, "device_name": "laptop"}
    return call("POST", "/enrol/staff", body={"code": code} | given | more)


def find_invitation(code: str) -> Invitation:
    """Return the row."""
    return Invitation.objects.get(code_hash=hash_secret(code))


def list_actions(cast: Cast) -> list[str]:
    """Return what the team's audit log says of invitations."""
    return [one.action for one in list_entries(cast.team.id) if one.action.startswith("invitation.")]


@pytest.mark.parametrize(("who", "role"), [("mara", "expert"), ("otto", "expert"), ("otto", "coordinator")])
def test_a_colleague_comes_in_by_a_link_with_a_password_of_their_own(
    cast: Cast, now: datetime, who: str, role: str
) -> None:
    inviter: Player = getattr(cast, who)
    made = invite(inviter, role, display_name="Roos uit Ede")
    code, until = made.body["code"], datetime.fromisoformat(made.body["expires_at"])
    assert (made.status, made.body["link"]) == (201, f"http://testserver/#staff={code}")
    assert timedelta(days=7) <= until - now + timedelta(milliseconds=1) < timedelta(days=7, minutes=1)
    answer = enrol(code, email="  Roos@Team.example ")
    assert (answer.status, answer.body["user"]["role"], answer.body["user"]["display_name"]) == (201, role, "Roos")
    assert answer.body["user"]["team"]["id"] == str(cast.team.id)
    assert call("GET", "/me", token=answer.body["token"]).status == 200
    assert sign_in("Roos").status == 201
    row = find_invitation(code)
    assert (str(row.used_by_id), row.role) == (answer.body["user"]["id"], role)
    first, second = list_entries(cast.team.id)[-2:]
    assert (first.action, first.actor_id, first.session_id, first.object_id) == (
        "invitation.made",
        inviter.person.id,
        inviter.session.id,
        row.id,
    )
    assert (second.action, second.actor_id, second.subject_id, second.object_id) == (
        "invitation.used",
        row.used_by_id,
        row.used_by_id,
        row.id,
    )
    with nothing_changes():
        assert enrol(code, "Eve").code == "auth.code_invalid"


def test_who_must_have_a_second_factor_sets_it_up_first(cast: Cast, settings: Settings) -> None:
    code = make_code(cast.otto, "coordinator")
    settings.REQUIRE_SECOND_FACTOR = True
    token = enrol(code).body["token"]
    assert call("GET", "/me", token=token).status == 200
    assert call("GET", "/people", token=token).code == "auth.factor_required"
    person = Person.objects.get(email=make_email("Roos"))
    enrol_totp(Player(person, person.sessions.get(), token))
    assert call("GET", "/people", token=token).status == 200
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.mark.parametrize(
    ("who", "role", "status"),
    [
        ("ada", "expert", 403),
        ("ben", "expert", 403),
        ("ben", "coordinator", 403),
        ("mara", "coordinator", 403),
        ("otto", "youth", 403),
        ("otto", None, 403),
        ("mara", "admin", 400),
        ("otto", "admin", 400),
        ("otto", "king", 400),
    ],
)
def test_who_may_not_invite_whom(cast: Cast, who: str, role: str | None, status: int) -> None:
    with nothing_changes():
        assert invite(getattr(cast, who), role).status == status


def test_a_role_is_given_after_a_fresh_proof_only_and_for_two_weeks_at_most(cast: Cast) -> None:
    with nothing_changes():
        assert invite(cast.mara, expires_in_days=15).code == "proto.bad_frame"
        assert invite(cast.mara, display_name="Roos\u202e").code == "proto.bad_frame"
    grow_stale(cast.mara)
    with nothing_changes():
        answer = invite(cast.mara)
        assert invite(cast.ben).seen[:2] != answer.seen[:2], "who may not invite at all is told so first"
    assert (answer.status, answer.code) == (403, "auth.step_up_required")
    assert invite(cast.mara, "youth").status == 201
    assert invite(cast.mara, None, expires_in_days=60).status == 201


def test_codes_that_do_not_work_are_not_told_apart(cast: Cast, now: datetime) -> None:
    used, revoked, expired = (make_code(cast.mara) for _ in range(3))
    assert enrol(used, "Kim").status == 201
    row = find_invitation(revoked)
    assert call("DELETE", f"/invitations/{row.id}", token=cast.mara.token).status == 204
    Invitation.objects.filter(id=find_invitation(expired).id).update(expires_at=now)
    _, youths = invite_youth(actor=cast.mara.person, now=now)
    with nothing_changes():
        # whatever else is wrong: who holds no good code learns nothing about addresses and passwords
        told = [enrol(code, "Eve") for code in (used, revoked, expired, youths, "x" * 43, "short", "é")]
        told += [enrol("x" * 43, email=make_email("Ben")), enrol(revoked, password="short"), enrol(used, email="x")]
    assert {(one.status, one.code) for one in told} == {(400, "auth.code_invalid")}
    assert all(one.seen == told[0].seen for one in told)


def test_a_colleagues_code_makes_no_youth(cast: Cast) -> None:
    code = make_code(cast.mara)
    with nothing_changes():
        answer = call("POST", "/enrol", body={"code": code, "display_name": "Eve", "device_name": "x"})
    assert answer.code == "auth.code_invalid"


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"email": "ben@team.example"}, "accounts.email_refused"),
        ({"email": " BEN@team.example "}, "accounts.email_refused"),
        ({"email": "roos"}, "accounts.email_refused"),
        ({"email": "roos@localhost"}, "accounts.email_refused"),
        ({"email": "roos@a.example, ben@b.example"}, "accounts.email_refused"),
        ({"password": "qwerty123456"}, "auth.password_refused"),
        ({"password": "short"}, "auth.password_refused"),
        ({"password": "roos@team.example"}, "auth.password_refused"),
        ({"display_name": "Ro\x07os"}, "proto.bad_frame"),
        ({"role": "admin"}, "proto.bad_frame"),
    ],
)
def test_what_is_refused_changes_nothing_and_leaves_the_code_good(
    cast: Cast, given: dict[str, str], refused: str
) -> None:
    code = make_code(cast.mara)
    with nothing_changes():
        assert enrol(code, **given).code == refused
    assert enrol(code).status == 201


def test_an_address_in_use_and_one_of_no_form_get_the_same_answer(cast: Cast) -> None:
    code = make_code(cast.mara)
    assert enrol(code, email=make_email("Ben")).seen == enrol(code, email="no address").seen


@pytest.mark.parametrize("out", ["suspended", "changed"])
def test_who_may_not_invite_any_more_has_left_no_door_open(cast: Cast, now: datetime, out: str) -> None:
    used, code, others = make_code(cast.mara), make_code(cast.mara), make_code(cast.otto, "coordinator")
    assert enrol(used, "Kim").status == 201
    _, youths = invite_youth(actor=cast.mara.person, now=now)
    if out == "suspended":
        suspend_person(person_id=cast.mara.id, actor=None, now=now)
    else:
        change_role(person_id=cast.mara.id, role="expert", now=now)
    with nothing_changes():
        assert enrol(code).code == "auth.code_invalid"
    assert find_invitation(code).revoked_at == now
    assert find_invitation(youths).revoked_at is None
    assert find_invitation(used).revoked_at is None
    assert enrol(others).status == 201


def test_admins_see_and_revoke_what_leads_into_the_staff(cast: Cast, now: datetime) -> None:
    code = make_code(cast.mara, display_name="Roos")
    youths, _ = invite_youth(actor=cast.mara.person, display_name="Kim", now=now)
    listed = {
        who.id: {(one["display_name"], one["role"]) for one in call("GET", "/invitations", token=who.token).body[_LIST]}
        for who in (cast.mara, cast.otto)
    }
    assert listed[cast.otto.id] == {("Roos", "expert")}
    assert listed[cast.mara.id] >= {("Roos", "expert"), ("Kim", "youth")}
    with nothing_changes():
        of_youth = call("DELETE", f"/invitations/{youths.id}", token=cast.otto.token)
        assert of_youth.seen == call("DELETE", f"/invitations/{make_id()}", token=cast.otto.token).seen
        assert call("GET", "/invitations", token=cast.ben.token).status == 403
    path = f"/invitations/{find_invitation(code).id}"
    assert [call("DELETE", path, token=cast.otto.token).status for _ in range(2)] == [204, 204]
    assert list_actions(cast) == ["invitation.made", "invitation.revoked"]
    with nothing_changes():
        assert enrol(code).code == "auth.code_invalid"


def test_eve_invites_into_her_own_team(cast: Cast) -> None:
    code = make_code(cast.make_eve("admin"), "coordinator")
    assert enrol(code).body["user"]["team"]["id"] == str(cast.elsewhere.id)
    assert call("GET", "/invitations", token=cast.otto.token).body[_LIST] == []


_LIST = "invitations"
