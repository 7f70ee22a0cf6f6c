"""Showing once more who one is, before what reaches deepest; the session goes on under a new token."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from server.accounts.actions import issue_ticket, suspend_person
from server.accounts.door import AccountsDoor
from server.accounts.models import Session
from server.foundation.errors import NotSignedIn
from server.foundation.rate_limits import RateLimiter, replace_limiter
from server.ports.socket_door import Identity, Knock
from tests.integration.accounts.calls import Answer, call
from tests.integration.accounts.cast import PASSWORD, Cast, Player
from tests.integration.accounts.factors import enrol_totp, grow_stale, sign_in, type_code
from tests.witness import nothing_changes

NOW = datetime.fromisoformat("2026-11-24T20:00:05+00:00")


@pytest.fixture(autouse=True)
def still() -> object:
    """The clock stands at NOW."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def step_up(player: Player, **body: object) -> Answer:
    """Show by password who one is."""
    return call("POST", "/sessions/current/step-up", token=player.token, body={"password": PASSWORD} | body)


def change_role(token: str, person: Player, role: str = "coordinator") -> Answer:
    """Do something that asks for a fresh proof."""
    return call("PUT", f"/people/{person.id}/role", token=token, body={"role": role})


def test_signing_in_is_a_proof_for_its_time(cast: Cast, settings: Settings, still: time_machine.Traveller) -> None:
    settings.STEP_UP_MINUTES = 15
    token = sign_in("Otto").body["token"]
    still.shift(timedelta(minutes=15))
    assert call("GET", "/me", token=token).status == 200, "the idle clock moves, the proof does not"
    with nothing_changes():
        stale = change_role(token, cast.ben)
    assert (stale.status, stale.code) == (403, "auth.step_up_required")
    still.shift(timedelta(microseconds=-1))
    assert change_role(token, cast.ben).status == 200


def test_the_session_goes_on_under_a_new_token(cast: Cast) -> None:
    grow_stale(cast.mara)
    proved = step_up(cast.mara)
    assert (proved.status, proved.body["proved_at"]) == (200, "2026-11-24T20:00:05.000Z")
    assert call("GET", "/me", token=cast.mara.token).status == 401, "ASVS V7.2.4"
    sessions = call("GET", "/sessions", token=proved.body["token"]).body["sessions"]
    assert [(one["id"], one["current"]) for one in sessions] == [(str(cast.mara.session.id), True)]
    assert change_role(proved.body["token"], cast.ben).status == 200


def test_a_factor_is_asked_here_too(cast: Cast) -> None:
    app, codes = enrol_totp(cast.mara)
    with nothing_changes():
        answers = [
            step_up(cast.mara),
            step_up(cast.mara, otp="000000"),
            step_up(cast.mara, otp=type_code(app, NOW)),
            step_up(cast.mara, password="wrong", otp=codes[0]),
            call("POST", "/sessions/current/step-up", token=cast.ada.token, body={"password": PASSWORD}),
        ]
    assert [one.code for one in answers] == [
        "auth.otp_required",
        "auth.otp_invalid",
        "auth.otp_invalid",
        "auth.credentials_invalid",
        "auth.forbidden",
    ]
    assert step_up(cast.mara, otp=type_code(app, NOW, 1)).status == 200


def test_guessing_here_is_slowed_as_at_the_door(cast: Cast) -> None:
    replace_limiter(RateLimiter())
    try:
        codes = [step_up(cast.mara, password="wrong").code for _ in range(6)]
    finally:
        replace_limiter(None)
    assert codes == ["auth.credentials_invalid"] * 5 + ["rate.limited"]


def test_who_guesses_outside_keeps_nobody_from_proving_who_they_are(cast: Cast) -> None:
    app, _ = enrol_totp(cast.mara)
    replace_limiter(RateLimiter())
    try:
        guesses = [sign_in("Mara", password="wrong", otp="000000").code for _ in range(6)]
        assert guesses == ["auth.credentials_invalid"] * 5 + ["rate.limited"]
        assert step_up(cast.mara, otp=type_code(app, NOW, 1)).status == 200
    finally:
        replace_limiter(None)


def test_who_is_out_proves_nothing(cast: Cast) -> None:
    suspend_person(person_id=cast.mara.id, actor=None, now=NOW)
    with nothing_changes():
        assert step_up(cast.mara).status == 401


@pytest.mark.parametrize("role", ["coordinator", "expert"])
def test_a_socket_asks_for_the_factor_as_rest_does(cast: Cast, settings: Settings, role: str) -> None:
    player = cast.mara if role == "coordinator" else cast.ben
    ticket, _ = issue_ticket(session=player.session, now=NOW)
    settings.REQUIRE_SECOND_FACTOR = True
    answers = AccountsDoor().admit([Knock(ticket, None), Knock(None, player.token)], now=NOW)
    expected = NotSignedIn if role == "coordinator" else Identity
    assert [type(one) for one in answers] == [expected] * 2
    if role == "coordinator":
        enrol_totp(player)
        assert isinstance(AccountsDoor().admit([Knock(None, player.token)], now=NOW)[0], Identity)


def test_sessions_are_as_fresh_as_they_are_new(cast: Cast) -> None:
    assert set(Session.objects.values_list("proved_at", flat=True)) == {cast.now}
