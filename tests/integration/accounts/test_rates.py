"""Doors count who knocks; tickets count per session and person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.foundation.rate_limits import RateLimiter, replace_limiter
from server.foundation.rates import DEVICE_RATES, DOOR_RATES
from tests.integration.accounts.calls import Answer, call
from tests.integration.accounts.cast import PASSWORD, Cast, make_email
from tests.witness import nothing_changes


@pytest.fixture(autouse=True)
def counting() -> Iterator[None]:
    """Count in this process from nought."""
    replace_limiter(RateLimiter())
    yield
    replace_limiter(None)


def sign_in(email: str, address: str = "192.0.2.1", **more: str) -> Answer:
    body = {"email": email, "password": "wrong password", "device_name": "laptop"}
    return call("POST", "/sessions", body=body, REMOTE_ADDR=address, **more)


def test_guessing_at_one_account_is_slowed_whoever_guesses(cast: Cast) -> None:
    times, _ = DOOR_RATES["sign_in_account"][0]
    codes = [sign_in(make_email("Ben"), f"192.0.2.{at}").code for at in range(times + 1)]
    assert codes == ["auth.credentials_invalid"] * times + ["rate.limited"]
    assert sign_in(" BEN@team.example", "192.0.2.99").code == "rate.limited", "the same account"
    assert sign_in(make_email("Mara")).code == "auth.credentials_invalid", "another account"


def test_an_account_that_does_not_exist_is_slowed_all_the_same(cast: Cast) -> None:
    times, _ = DOOR_RATES["sign_in_account"][0]
    codes = [sign_in("nobody@team.example", f"192.0.2.{at}").code for at in range(times + 1)]
    assert codes == ["auth.credentials_invalid"] * times + ["rate.limited"]


def test_one_address_is_slowed_whatever_it_says_of_itself(cast: Cast) -> None:
    times, _ = DOOR_RATES["sign_in_address"][0]
    codes = [
        sign_in(f"somebody{at}@team.example", HTTP_X_FORWARDED_FOR=f"192.0.2.{at}").code for at in range(times + 1)
    ]
    assert codes[-2:] == ["auth.credentials_invalid", "rate.limited"]


def test_guessing_codes_is_slowed(cast: Cast) -> None:
    times, _ = DOOR_RATES["enrol_address"][0]
    body = {"code": "x" * 43, "display_name": "Eve", "device_name": "phone"}
    answers = [call("POST", "/enrol", body=body) for _ in range(times + 1)]
    assert [one.code for one in answers[-2:]] == ["auth.code_invalid", "rate.limited"]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert answers[-1].body["retry"] == "after"


def test_whoever_holds_a_colleagues_code_asks_for_few_addresses(cast: Cast) -> None:
    code = call("POST", "/invitations", token=cast.mara.token, body={"role": "expert"}).body["code"]
    times, _ = DOOR_RATES["enrol_code"][0]
    given = {"code": code, "display_name": "Eve", "email": make_email("Ben"), "password": PASSWORD, "device_name": "x"}
    answers = [call("POST", "/enrol/staff", body=given, REMOTE_ADDR=f"192.0.2.{at}") for at in range(times + 1)]
    assert [one.code for one in answers] == ["accounts.email_refused"] * times + ["rate.limited"]


def test_tickets_are_counted_per_session(cast: Cast) -> None:
    times, _ = DEVICE_RATES["tickets"][0]
    for _ in range(times):
        assert call("POST", "/realtime/tickets", token=cast.ada.token).status == 201
    with nothing_changes():
        assert call("POST", "/realtime/tickets", token=cast.ada.token).code == "rate.limited"
    assert call("POST", "/realtime/tickets", token=cast.ben.token).status == 201
    assert call("GET", "/me", token=cast.ada.token).status == 200


def test_guessing_the_old_password_inside_counts_as_guessing_at_the_door(cast: Cast) -> None:
    times, _ = DOOR_RATES["sign_in_account"][0]
    body = {"old_password": "wrong password", "new_password": "an entirely other evening"}
    for _ in range(times):
        assert call("POST", "/me/password", token=cast.ben.token, body=body).status == 401
    with nothing_changes():
        answer = call("POST", "/me/password", token=cast.ben.token, body=body | {"old_password": PASSWORD})
    assert answer.code == "rate.limited"
