"""An authenticator app as the second factor: asked after the right password only, each code good once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from pytest_django import Settings

from server.accounts.models import FactorKey, Person, RecoveryCode, Session, Totp
from server.audit.queries import list_entries
from server.foundation.rate_limits import RateLimiter, replace_limiter
from server.realtime.models import UserEvent
from tests.integration.accounts.calls import call
from tests.integration.accounts.cast import PASSWORD, Cast, make_player
from tests.integration.accounts.factors import enrol_totp, grow_stale, sign_in, type_code
from tests.integration.accounts.hashers import CountingHasher
from tests.witness import nothing_changes

NOW = datetime.fromisoformat("2026-11-24T20:00:05+00:00")


@pytest.fixture(autouse=True)
def still() -> object:
    """The clock stands at NOW, so that a test knows which code is whose."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_a_code_is_asked_after_the_right_password_only(cast: Cast) -> None:
    app, _ = enrol_totp(cast.mara)
    with nothing_changes():
        wrong, unknown = sign_in("Mara", "wrong"), sign_in("Nobody")
        missing, empty = sign_in("Mara"), sign_in("Mara", otp="")
        invalid = sign_in("Mara", otp="000000")
        blind = sign_in("Mara", "wrong", otp=type_code(app, NOW, 1))
    assert [one.code for one in (wrong, unknown, blind)] == ["auth.credentials_invalid"] * 3
    assert wrong.seen == unknown.seen == blind.seen
    assert (missing.status, missing.code, missing.body["factors"]) == (
        401,
        "auth.otp_required",
        ["totp", "recovery_code"],
    )
    assert empty.code == "auth.otp_required"
    assert (invalid.status, invalid.code) == (401, "auth.otp_invalid")
    assert sign_in("Mara", otp=type_code(app, NOW, 1)).status == 201


def test_who_has_a_factor_costs_no_more_hashes(cast: Cast, settings: Settings) -> None:
    enrol_totp(cast.mara)
    settings.PASSWORD_HASHERS = ["tests.integration.accounts.hashers.CountingHasher"]
    Person.objects.filter(id=cast.mara.id).update(password=make_password(PASSWORD))
    before = CountingHasher.computed
    assert sign_in("Mara").code == "auth.otp_required"
    assert CountingHasher.computed == before + 1


@pytest.mark.parametrize("steps", [-2, -1, 0, 1, 2])
def test_a_code_fits_one_step_around_now(cast: Cast, steps: int) -> None:
    app, _ = enrol_totp(cast.mara)
    Totp.objects.update(last_step=0)
    assert (sign_in("Mara", otp=type_code(app, NOW, steps)).status == 201) is (abs(steps) <= 1)


def test_a_used_code_and_those_before_it_are_dead(cast: Cast, still: time_machine.Traveller) -> None:
    app, _ = enrol_totp(cast.mara)
    assert sign_in("Mara", otp=type_code(app, NOW)).code == "auth.otp_invalid", "it was used to set the app up"
    assert sign_in("Mara", otp=type_code(app, NOW, 1)).status == 201
    still.shift(timedelta(seconds=30))
    with nothing_changes():
        assert sign_in("Mara", otp=type_code(app, NOW, 1)).code == "auth.otp_invalid"
        assert sign_in("Mara", otp=type_code(app, NOW)).code == "auth.otp_invalid"
    assert sign_in("Mara", otp=type_code(app, NOW, 2)).status == 201


def test_a_recovery_code_stands_in_once(cast: Cast) -> None:
    _, codes = enrol_totp(cast.mara)
    assert len(set(codes)) == 10
    typed = codes[0].lower().replace("-", " ").replace("0", "o")
    assert sign_in("Mara", otp=typed).status == 201
    with nothing_changes():
        assert sign_in("Mara", otp=codes[0]).code == "auth.otp_invalid"
    assert RecoveryCode.objects.count() == 9
    fresh = call("POST", "/me/factors/recovery-codes", token=cast.mara.token).body["recovery_codes"]
    assert sign_in("Mara", otp=codes[1]).code == "auth.otp_invalid"
    assert sign_in("Mara", otp=fresh[1]).status == 201


def test_recovery_codes_of_somebody_else_are_nothing(cast: Cast) -> None:
    enrol_totp(cast.mara)
    _, of_otto = enrol_totp(cast.otto)
    with nothing_changes():
        assert sign_in("Mara", otp=of_otto[0]).code == "auth.otp_invalid"


def test_the_first_factor_ends_the_sessions_that_began_without(cast: Cast) -> None:
    other = sign_in("Mara").body["token"]
    enrol_totp(cast.mara)
    assert call("GET", "/me", token=other).status == 401
    assert call("GET", "/me", token=cast.mara.token).status == 200


def test_an_app_that_was_not_confirmed_is_none(cast: Cast) -> None:
    begun = call("POST", "/me/factors/totp", token=cast.ben.token).body
    again = call("POST", "/me/factors/totp", token=cast.ben.token).body
    assert begun["secret"] != again["secret"]
    assert again["uri"].startswith("otpauth://totp/Warmlijn:ben%40team.example?secret=")
    assert (Totp.objects.count(), FactorKey.objects.count()) == (1, 1)
    assert again["secret"].encode() not in bytes(Totp.objects.get().secret)
    with nothing_changes():
        refused = call("POST", "/me/factors/totp/confirm", token=cast.ben.token, body={"otp": "000000"})
    assert refused.code == "auth.otp_invalid"
    assert sign_in("Ben").status == 201
    assert call("GET", "/me/factors", token=cast.ben.token).body == {
        "factors": [],
        "recovery_codes_left": 0,
        "required": False,
        "changes": [],
    }


def test_a_second_app_is_not_set_up_beside_the_first(cast: Cast) -> None:
    enrol_totp(cast.ben)
    with nothing_changes():
        assert call("POST", "/me/factors/totp", token=cast.ben.token).code == "accounts.factor_exists"


def test_removing_the_last_factor_takes_the_codes_along(cast: Cast) -> None:
    app, _ = enrol_totp(cast.ben)
    other = sign_in("Ben", otp=type_code(app, NOW, 1)).body["token"]
    shown = call("GET", "/me/factors", token=cast.ben.token).body
    assert (shown["factors"][0]["kind"], shown["recovery_codes_left"]) == ("totp", 10)
    assert call("DELETE", f"/me/factors/{shown['factors'][0]['id']}", token=cast.ben.token).status == 204
    assert call("GET", "/me", token=other).status == 401
    assert [kind.objects.count() for kind in (Totp, FactorKey, RecoveryCode)] == [0, 0, 0]
    assert sign_in("Ben").status == 201
    told = [(one.action, str(one.session_id)) for one in list_entries(cast.team.id)]
    assert told == [("factor.added", str(cast.ben.session.id)), ("factor.removed", str(cast.ben.session.id))]


def test_a_change_is_told_at_the_other_devices_and_stands_on_the_own_page(cast: Cast) -> None:
    _, codes = enrol_totp(cast.ben)
    thief = sign_in("Ben", otp=codes[0])
    assert call("POST", "/me/factors/recovery-codes", token=thief.body["token"]).status == 201
    by = str(Session.objects.exclude(id=cast.ben.session.id).get(person_id=cast.ben.id).id)
    logged = UserEvent.objects.filter(user_id=cast.ben.id, kind="account.changed").order_by("pos")
    assert [one.refs for one in logged] == [
        {"what": "factor.added", "session": str(cast.ben.session.id)},
        {"what": "recovery_codes.made", "session": by},
    ]
    call("POST", f"/people/{cast.ben.id}/factors/reset", token=cast.mara.token)
    back = sign_in("Ben").body["token"]
    changes = call("GET", "/me/factors", token=back).body["changes"]
    assert [(one["what"], one["own"]) for one in changes] == [
        ("factor.reset", False),
        ("recovery_codes.made", True),
        ("factor.added", True),
    ]
    assert call("GET", "/me/factors", token=cast.mara.token).body["changes"] == []


def test_every_change_of_factors_asks_for_a_fresh_proof(cast: Cast) -> None:
    enrol_totp(cast.ben)
    factor = call("GET", "/me/factors", token=cast.ben.token).body["factors"][0]["id"]
    grow_stale(cast.ben)
    doors = [
        ("POST", "/me/factors/totp"),
        ("POST", "/me/factors/totp/confirm"),
        ("POST", "/me/factors/passkeys/options"),
        ("POST", "/me/factors/passkeys"),
        ("POST", "/me/factors/recovery-codes"),
        ("DELETE", f"/me/factors/{factor}"),
    ]
    with nothing_changes():
        refused = [call(method, path, token=cast.ben.token) for method, path in doors]
    assert [(one.status, one.code) for one in refused] == [(403, "auth.step_up_required")] * len(doors)


def test_eve_reaches_nobody_elses_factor(cast: Cast) -> None:
    enrol_totp(cast.ben)
    factor = call("GET", "/me/factors", token=cast.ben.token).body["factors"][0]["id"]
    eve = make_player(cast.elsewhere, "coordinator", "Eve", NOW)
    with nothing_changes():
        theirs = call("DELETE", f"/me/factors/{factor}", token=eve.token)
        imagined = call("DELETE", f"/me/factors/{cast.ben.id}", token=eve.token)
        of_a_youth = [
            call(method, path, token=cast.ada.token)
            for method, path in (
                ("GET", "/me/factors"),
                ("POST", "/me/factors/totp"),
                ("POST", "/me/factors/recovery-codes"),
            )
        ]
    assert theirs.status == 404
    assert theirs.seen == imagined.seen
    assert [(one.status, one.code) for one in of_a_youth] == [(403, "auth.forbidden")] * 3


def test_codes_cannot_be_guessed_without_end(cast: Cast) -> None:
    enrol_totp(cast.mara)
    replace_limiter(RateLimiter())
    try:
        codes = [sign_in("Mara", otp=f"{number:06}").code for number in range(6)]
    finally:
        replace_limiter(None)
    assert codes == ["auth.otp_invalid"] * 5 + ["rate.limited"]


class Counting(RateLimiter):
    """Writes down what is counted."""

    def __init__(self) -> None:
        super().__init__()
        self.counted: list[str] = []

    def require_door_rate(self, action: str, key: str) -> None:
        self.counted.append(action)


def test_whoever_knows_an_address_cannot_use_up_its_codes(cast: Cast) -> None:
    enrol_totp(cast.mara)
    limiter = Counting()
    replace_limiter(limiter)
    try:
        assert sign_in("Mara", password="wrong", otp="000000").code == "auth.credentials_invalid"
        assert "otp_account" not in limiter.counted
        assert sign_in("Mara", otp="000000").code == "auth.otp_invalid"
        assert "otp_account" in limiter.counted
    finally:
        replace_limiter(None)


def test_who_must_have_a_factor_does_nothing_before(cast: Cast, settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    token = sign_in("Mara").body["token"]
    for method, path in (
        ("GET", "/sessions"),
        ("POST", "/realtime/tickets"),
        ("POST", "/invitations"),
        ("GET", "/people"),
    ):
        with nothing_changes():
            refused = call(method, path, token=token, body={} if method == "POST" else None)
        assert (refused.status, refused.code) == (403, "auth.factor_required"), path
    mara = cast.mara
    assert call("GET", "/me/factors", token=mara.token).body["required"] is True
    enrol_totp(mara)
    assert call("GET", "/people", token=mara.token).status == 200
    assert call("GET", "/sessions", token=cast.ben.token).status == 200, "experts may, and need not"
    assert Session.objects.filter(person_id=mara.id, ended_at=None).count() == 1
