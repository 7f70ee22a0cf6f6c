"""What a team's coordinators keep of people's ways in: invitations, sessions, roles, lost factors. And Eve at each."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from server.accounts.actions import change_role, enrol_youth, invite_youth, start_session
from server.accounts.errors import LastAdmin
from server.accounts.models import Invitation, Person, Revocation, Session, Totp
from server.audit.queries import list_entries
from server.events.facts import RoleChanged
from server.foundation.ids import make_id
from tests.integration.accounts.calls import Answer, call
from tests.integration.accounts.cast import Cast, make_player
from tests.integration.accounts.factors import enrol_totp, grow_stale, sign_in
from tests.witness import list_facts, nothing_changes


def list_states(answer: Answer) -> dict[str, str]:
    """Return the states of the invitations by who they are for."""
    return {one["display_name"]: one["state"] for one in answer.body["invitations"]}


def invite(cast: Cast, name: str, days: int = 1, ago: int = 0) -> tuple[Invitation, str]:
    """Make an invitation of Mara's."""
    at = cast.now - timedelta(days=ago)
    return invite_youth(actor=cast.mara.person, display_name=name, expires_in=timedelta(days=days), now=at)


def test_invitations_are_listed_by_state_and_without_codes(cast: Cast) -> None:
    _, code = invite(cast, "Used")
    youth, _, _ = enrol_youth(code=code, display_name="Kim", device_name="x", now=cast.now)
    invite(cast, "Expired", ago=2)
    open_one, open_code = invite(cast, "Open")
    revoked, revoked_code = invite(cast, "Revoked")
    assert call("DELETE", f"/invitations/{revoked.id}", token=cast.mara.token).status == 204
    assert call("DELETE", f"/invitations/{revoked.id}", token=cast.mara.token).status == 204
    answer = call("GET", "/invitations", token=cast.mara.token)
    states = list_states(answer)
    assert {name: states[name] for name in ("Used", "Expired", "Open", "Revoked")} == {
        "Used": "used",
        "Expired": "expired",
        "Open": "open",
        "Revoked": "revoked",
    }
    for state in ("used", "expired", "open", "revoked"):
        found = call("GET", f"/invitations?state={state}", token=cast.mara.token)
        assert set(list_states(found).values()) == {state}
    assert [one["person"] for one in answer.body["invitations"] if one["display_name"] == "Used"] == [str(youth.id)]
    assert open_code not in str(answer.body)
    older = call("GET", f"/invitations?before={open_one.id}", token=cast.mara.token)
    assert "Open" not in list_states(older)
    body = {"code": revoked_code, "display_name": "Kim", "device_name": "x"}
    assert call("POST", "/enrol", body=body).code == "auth.code_invalid"


def test_a_used_invitation_is_not_revoked(cast: Cast) -> None:
    used = Invitation.objects.get(used_by=cast.ada.person)
    with nothing_changes():
        answer = call("DELETE", f"/invitations/{used.id}", token=cast.mara.token)
    assert (answer.status, answer.code) == (409, "accounts.invitation_used")


def test_devices_of_staff_are_seen_and_of_youths_only_how_many(cast: Cast) -> None:
    of_ben = call("GET", f"/people/{cast.ben.id}/sessions", token=cast.mara.token).body
    assert [one["device_name"] for one in of_ben["sessions"]] == ["Ben's phone"]
    of_ada = call("GET", f"/people/{cast.ada.id}/sessions", token=cast.mara.token).body
    assert of_ada == {"count": 1, "last_seen": "today", "sessions": None}


def test_a_lost_phone_is_signed_out_with_a_reason(cast: Cast) -> None:
    _, token = start_session(person_id=cast.ben.id, device_name="laptop", now=cast.now)
    lost = {"session": str(cast.ben.session.id), "reason": "verloren in de trein"}
    answer = call("POST", f"/people/{cast.ben.id}/sessions/revoke", token=cast.mara.token, body=lost)
    assert (answer.status, answer.body) == (200, {"ended": 1})
    assert call("GET", "/me", token=cast.ben.token).status == 401
    assert call("GET", "/me", token=token).status == 200
    row = Revocation.objects.get()
    assert (row.reason, row.ended, row.by_id) == ("verloren in de trein", 1, cast.mara.person.id)
    entry = list_entries(cast.team.id)[-1]
    assert (entry.action, entry.session_id) == ("person.signed_out", cast.mara.session.id)
    every = call("POST", f"/people/{cast.ada.id}/sessions/revoke", token=cast.mara.token, body={"reason": "gevonden"})
    assert every.body == {"ended": 1}
    assert not Session.objects.filter(person_id=cast.ada.id, ended_at=None).exists()


def test_one_session_of_a_youth_is_not_named(cast: Cast) -> None:
    body = {"session": str(cast.ada.session.id), "reason": "x"}
    with nothing_changes():
        assert call("POST", f"/people/{cast.ada.id}/sessions/revoke", token=cast.mara.token, body=body).status == 404


def test_a_new_role_is_recorded_and_ends_sessions(cast: Cast) -> None:
    answer = call("PUT", f"/people/{cast.ben.id}/role", token=cast.mara.token, body={"role": "coordinator"})
    assert (answer.status, answer.body) == (200, {"id": cast.ben.id, "role": "coordinator"})
    assert list_facts(RoleChanged) == [RoleChanged(cast.ben.id, str(cast.team.id), "expert", "coordinator")]
    entry = list_entries(cast.team.id)[-1]
    assert (entry.action, entry.actor_id, entry.session_id) == (
        "person.role_changed",
        cast.mara.person.id,
        cast.mara.session.id,
    )
    assert call("GET", "/me", token=cast.ben.token).status == 401
    assert sign_in("Ben").body["user"]["role"] == "coordinator"


@pytest.mark.parametrize(
    ("actor", "person", "role", "status", "reason"),
    [
        ("mara", "mara", "admin", 403, "rank"),
        ("mara", "mara", "expert", 403, "oneself"),
        ("mara", "ben", "admin", 403, "rank"),
        ("mara", "otto", "expert", 403, "rank"),
        ("otto", "otto", "expert", 403, "oneself"),
        ("otto", "ada", "expert", 403, "youth"),
        ("otto", "ben", "youth", 400, None),
        ("otto", "ben", "king", 400, None),
        ("ben", "mara", "expert", 403, "role"),
        ("ada", "ben", "admin", 403, "role"),
    ],
)
def test_who_may_not_change_which_role(
    cast: Cast, actor: str, person: str, role: str, status: int, reason: str | None
) -> None:
    path = f"/people/{getattr(cast, person).id}/role"
    with nothing_changes():
        answer = call("PUT", path, token=getattr(cast, actor).token, body={"role": role})
    assert (answer.status, answer.body.get("reason")) == (status, reason)


def test_a_team_keeps_an_admin(cast: Cast) -> None:
    with nothing_changes(), pytest.raises(LastAdmin):
        change_role(person_id=cast.otto.id, role="expert", now=cast.now)
    vera = make_player(cast.team, "admin", "Vera", cast.now)
    path = f"/people/{cast.otto.id}/role"
    assert call("PUT", path, token=vera.token, body={"role": "expert"}).status == 200


def test_a_colleague_resets_a_lost_factor(cast: Cast) -> None:
    noor = make_player(cast.team, "coordinator", "Noor", cast.now)
    enrol_totp(noor)
    assert call("POST", f"/people/{noor.id}/factors/reset", token=cast.mara.token).status == 204
    assert call("GET", "/me", token=noor.token).status == 401
    assert sign_in("Noor").status == 201, "by password, to set up another"
    assert not Totp.objects.exists()
    entry = list_entries(cast.team.id)[-1]
    assert (entry.action, entry.actor_id, entry.subject_id) == ("factor.reset", cast.mara.person.id, noor.person.id)
    with nothing_changes():
        of_oneself = call("POST", f"/people/{cast.mara.id}/factors/reset", token=cast.mara.token)
        of_an_admin = call("POST", f"/people/{cast.otto.id}/factors/reset", token=cast.mara.token)
        of_a_youth = call("POST", f"/people/{cast.ada.id}/factors/reset", token=cast.mara.token)
    assert [one.status for one in (of_oneself, of_an_admin, of_a_youth)] == [403] * 3


def test_the_operator_resets_the_last_one(cast: Cast) -> None:
    enrol_totp(cast.otto)
    out = StringIO()
    call_command("factors", "reset", " Otto@team.example", stdout=out)
    assert f"{cast.otto.id}: no second factor any more, 1 sessions ended" in out.getvalue()
    assert Person.objects.get(id=cast.otto.id).factor_since is None
    entry = list_entries(cast.team.id)[-1]
    assert (entry.action, entry.actor_role, entry.process) == ("factor.reset", "operator", "command")
    with nothing_changes(), pytest.raises(CommandError, match="nobody has this"):
        call_command("factors", "reset", "nobody@team.example")


def test_the_operator_makes_a_team_and_its_staff(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(typed: str, *words: str) -> str:
        out = StringIO()
        monkeypatch.setattr("sys.stdin", StringIO(typed))
        call_command("people", *words, stdout=out)
        return out.getvalue().strip()

    team = run("", "team", "Team Arnhem")
    bea = run("a-long-enough-phrase\n", "add", "coordinator", "Bea@arnhem.example", "--name", "Bea", "--team", team)
    entry = list_entries(team)[-1]
    assert (entry.action, entry.actor_role, str(entry.subject_id)) == ("person.added", "operator", bea)
    door = {"email": "bea@arnhem.example", "password": "a-long-enough-phrase", "device_name": "x"}
    assert call("POST", "/sessions", body=door).body["user"]["team"] == {"id": team, "name": "Team Arnhem"}
    again = ("add", "expert", "bea@arnhem.example", "--name", "Bo", "--team", team)
    with nothing_changes():
        for typed, words, wrong in (
            ("a-long-enough-phrase", again, "accounts.email_taken"),
            ("short", (*again[:2], "bo@arnhem.example", *again[3:]), "password_too_short"),
            ("a-long-enough-phrase", (*again[:2], "bo@arnhem.example", *again[3:-1], str(make_id())), "http.not_found"),
            ("", ("team", "Team Ede", "--zone", "Mars/Olympus"), "no such zone"),
        ):
            with pytest.raises(CommandError, match=wrong):
                run(typed, *words)


DOORS = [
    ("GET", "/people/{person}/sessions", None),
    ("POST", "/people/{person}/sessions/revoke", {"reason": "x"}),
    ("PUT", "/people/{person}/role", {"role": "coordinator"}),
    ("POST", "/people/{person}/factors/reset", None),
    ("DELETE", "/invitations/{invitation}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), DOORS, ids=[path for _, path, _ in DOORS])
@pytest.mark.parametrize("role", ["youth", "expert", "coordinator", "admin"])
def test_eve_gets_what_everybody_gets_for_nothing(
    cast: Cast, now: datetime, method: str, path: str, body: dict[str, str] | None, role: str
) -> None:
    eve = cast.make_eve(role)
    real = path.format(person=cast.ben.id, invitation=invite(cast, "Kim")[0].id)
    imagined = path.format(person=make_id(), invitation=make_id())
    with nothing_changes():
        theirs = call(method, real, token=eve.token, body=body)
        nothing = call(method, imagined, token=eve.token, body=body)
        nobody = call(method, real, body=body)
    assert theirs.status == (404 if role in ("coordinator", "admin") else 403)
    assert theirs.seen == nothing.seen
    assert nobody.status == 401


def test_eve_lists_her_own_team_only(cast: Cast) -> None:
    invite(cast, "Kim")
    eve = cast.make_eve("coordinator")
    assert call("GET", "/invitations", token=eve.token).body == {"invitations": [], "more": False}
    assert call("GET", "/invitations", token=cast.ben.token).status == 403
    for query in ("state=lost", "before=x", "team=x"):
        assert call("GET", f"/invitations?{query}", token=eve.token).status == 400


@pytest.mark.parametrize(("method", "path", "body"), DOORS[1:4], ids=[path for _, path, _ in DOORS[1:4]])
def test_what_reaches_a_person_asks_for_a_fresh_proof(
    cast: Cast, method: str, path: str, body: dict[str, str] | None
) -> None:
    grow_stale(cast.otto)
    with nothing_changes():
        answer = call(method, path.format(person=cast.ben.id), token=cast.otto.token, body=body)
    assert (answer.status, answer.code) == (403, "auth.step_up_required")
