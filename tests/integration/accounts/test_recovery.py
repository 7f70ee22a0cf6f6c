"""A youth whose phone is gone comes back with a code, once; nobody learns from a refusal."""

from __future__ import annotations

from datetime import datetime

import pytest

from server.accounts.actions import suspend_person
from server.accounts.models import RecoveryCode
from server.audit.queries import list_entries
from server.foundation.clock import format_instant
from server.foundation.rate_limits import RateLimiter, replace_limiter
from server.realtime.models import UserEvent
from tests.integration.accounts.calls import Answer, call
from tests.integration.accounts.cast import Cast, Player
from tests.integration.accounts.factors import enrol_totp
from tests.witness import nothing_changes


def make_code(player: Player) -> str:
    """Have a recovery code made."""
    answer = call("POST", "/me/recovery-code", token=player.token)
    assert answer.status == 201, answer.body
    return str(answer.body["recovery_code"])


def recover(code: str, device_name: str = "nieuwe telefoon") -> Answer:
    """Come back with a code."""
    return call("POST", "/recoveries", body={"code": code, "device_name": device_name})


def test_a_code_brings_a_youth_back_and_the_next_code(cast: Cast) -> None:
    code = make_code(cast.ada)
    answer = recover(code.lower().replace("-", " "))
    assert (answer.status, answer.body["user"]["id"]) == (201, cast.ada.id)
    sessions = call("GET", "/sessions", token=answer.body["token"]).body["sessions"]
    assert {one["device_name"] for one in sessions} == {"telefoon", "nieuwe telefoon"}, "the youth sees both"
    assert call("GET", "/me", token=cast.ada.token).status == 200
    assert recover(answer.body["recovery_code"]).status == 201
    told = [one.action for one in list_entries(cast.team.id)]
    assert told == ["recovery_codes.made", "person.recovered", "person.recovered"]
    logged = UserEvent.objects.filter(user_id=cast.ada.id, kind="account.changed").order_by("pos")
    assert [one.refs["what"] for one in logged if one.refs] == told, "the phone that was lost says so"


def test_the_youth_alone_sees_what_began_with_a_code(cast: Cast) -> None:
    code = make_code(cast.ada)
    token = recover(code).body["token"]
    listed = call("GET", "/sessions", token=cast.ada.token).body
    assert {one["device_name"]: one["recovered"] for one in listed["sessions"]} == {
        "telefoon": False,
        "nieuwe telefoon": True,
    }
    assert listed["recovery_code_made_at"] == format_instant(RecoveryCode.objects.get().made_at)
    assert call("GET", "/sessions", token=token).status == 200
    of_mara = call("GET", f"/people/{cast.ada.id}/sessions", token=cast.mara.token)
    assert "recovered" not in str(of_mara.body), "a coordinator sees nothing of it"


def test_a_code_is_stored_as_a_hash_of_130_random_bits(cast: Cast) -> None:
    code = make_code(cast.ada)
    assert len(code.replace("-", "")) == 26
    row = RecoveryCode.objects.get()
    assert code.encode() not in bytes(row.hash)
    assert len(bytes(row.hash)) == 32


def test_codes_that_do_not_work_are_not_told_apart(cast: Cast, now: datetime) -> None:
    replaced, used = make_code(cast.ada), make_code(cast.ada)
    assert recover(used).status == 201
    _, of_staff = enrol_totp(cast.ben)
    eve = cast.make_eve()
    of_eve = make_code(eve)
    suspend_person(person_id=eve.id, actor=None, now=now)
    with nothing_changes():
        refused = [recover(code) for code in (replaced, used, of_staff[0], of_eve, "nothing", "héél wat anders", "-")]
    assert (refused[0].status, refused[0].code) == (400, "auth.recovery_invalid")
    assert all(one.seen == refused[0].seen for one in refused)


@pytest.mark.parametrize("name", ["ben", "mara", "otto"])
def test_staff_have_no_such_way_in(cast: Cast, name: str) -> None:
    with nothing_changes():
        answer = call("POST", "/me/recovery-code", token=getattr(cast, name).token)
    assert (answer.status, answer.code) == (403, "auth.forbidden")


def test_guessing_is_limited_by_address(cast: Cast) -> None:
    replace_limiter(RateLimiter())
    try:
        codes = [recover("nothing").code for _ in range(11)]
    finally:
        replace_limiter(None)
    assert codes == ["auth.recovery_invalid"] * 10 + ["rate.limited"]
