"""Codes that people type: written and read so that a misread letter does no harm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.accounts.rules.codes import ALPHABET, LENGTH, clean_code, is_otp, write_code
from server.accounts.rules.invitations import find_state
from server.accounts.rules.proofs import is_fresh
from server.accounts.rules.roles import needs_factor
from server.accounts.totp import find_step

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
# The secret and times of RFC 6238, appendix B, in the six digits that apps show.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_6238 = [(1111111111, "050471"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]


@pytest.mark.parametrize("number", [0, 1, 31, 32, 2**130 - 1, 0x123456789ABCDEF << 60])
def test_a_number_is_written_once_and_in_full(number: int) -> None:
    code = write_code(number)
    letters = clean_code(code)
    assert (len(letters), code.count("-")) == (LENGTH, 5)
    assert sum(ALPHABET.index(letter) << 5 * place for place, letter in enumerate(reversed(letters))) == number


@pytest.mark.parametrize("typed", ["abcde-01119", "ABCDE OLI19", " abcde–oil19 ", "aBcDe\u00a00il1-9"])
def test_what_is_misread_is_put_right(typed: str) -> None:
    assert clean_code(typed) == "ABCDE01119"


def test_cleaning_twice_changes_nothing_more() -> None:
    assert clean_code(clean_code(write_code(7**40))) == clean_code(write_code(7**40))


@pytest.mark.parametrize("text", ["12345", "1234567", "12345a", "", "١٢٣٤٥٦", "²²²²²²"])
def test_six_digits_and_nothing_else_are_the_apps(text: str) -> None:
    assert is_otp("123456")
    assert not is_otp(text)


@pytest.mark.parametrize(("seconds", "code"), RFC_6238)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    step = seconds // 30
    assert find_step(SECRET, code, after=0, now=at) == step
    assert find_step(SECRET, code, after=step, now=at) is None, "used"
    assert find_step(SECRET, code, after=step - 1, now=at + timedelta(seconds=30)) == step
    assert find_step(SECRET, code, after=0, now=at + timedelta(seconds=61)) is None
    assert find_step(SECRET, code, after=0, now=at - timedelta(seconds=60)) is None
    assert find_step(SECRET, f"{(int(code) + 1) % 10**6:06}", after=0, now=at) is None


def test_a_proof_counts_up_to_the_end_of_its_window_and_not_from_the_future() -> None:
    window, moment = timedelta(minutes=15), timedelta(microseconds=1)
    ages = [timedelta(0), window - moment, window, -moment]
    assert [is_fresh(NOW - age, NOW, window) for age in ages] == [True, True, False, False]


def test_who_needs_a_factor() -> None:
    roles = ("youth", "expert", "coordinator", "admin")
    assert [needs_factor(role, True) for role in roles] == [False, False, True, True]
    assert not any(needs_factor(role, False) for role in roles)


def test_an_invitation_ends_at_its_end() -> None:
    end = NOW + timedelta(days=1)
    before = end - timedelta(microseconds=1)
    assert find_state(used_at=None, revoked_at=None, expires_at=end, now=before) == "open"
    assert find_state(used_at=None, revoked_at=None, expires_at=end, now=end) == "expired"
    assert find_state(used_at=None, revoked_at=NOW, expires_at=end, now=end) == "revoked"
    assert find_state(used_at=NOW, revoked_at=None, expires_at=end, now=end) == "used"
