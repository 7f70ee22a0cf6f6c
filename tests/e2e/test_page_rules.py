"""The protocol client's pure rules, asked in the browser that runs them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.browser import Phone
from tests.e2e.conftest import HandPhone


@pytest.fixture
def page(phones: HandPhone) -> Phone:
    """Any page of the house: its modules can be imported there."""
    phone = phones()
    phone.open()
    return phone


def ask(phone: Phone, module: str, call: str) -> Any:
    """Return what `call` gives, with the module's exports in scope as `m`."""
    return phone.page.evaluate(f"async () => {{ const m = await import('/static/web/{module}.js'); return {call}; }}")


@pytest.mark.parametrize(
    ("own", "start", "to", "verdict"),
    [
        ("e.5", "e.5", "e.8", "apply"),
        ("e.5", "e.3", "e.5", "drop"),
        ("e.5", "e.1", "e.4", "drop"),
        ("e.5", "e.3", "e.8", "sync"),
        ("e.5", "e.7", "e.8", "sync"),
        ("e.5", "f.5", "f.5", "sync"),
        ("a.b.9", "a.b.9", "a.b.10", "apply"),
        ("e.9", "e.8", "e.10", "sync"),
        ("e.10", "e.8", "e.9", "drop"),
    ],
)
def test_a_batch_is_applied_dropped_or_asked_for_again(
    page: Phone, own: str, start: str, to: str, verdict: str
) -> None:
    assert ask(page, "cursor", f"m.judge('{own}', {{ from: '{start}', to: '{to}' }})") == verdict


def test_before_the_snapshot_every_batch_is_dropped(page: Phone) -> None:
    assert ask(page, "cursor", "m.judge(null, { from: 'e.1', to: 'e.2' })") == "drop"


@pytest.mark.parametrize(
    ("code", "away"),
    [
        (4300, "signed_out"),
        (4301, "suspended"),
        (4302, "version"),
        (4303, "replaced"),
        (4304, "protocol"),
        (4399, "protocol"),
    ],
)
def test_the_page_stays_away_when_told_so(page: Phone, code: int, away: str) -> None:
    assert ask(page, "retry", f"m.planAfterClose({{ code: {code}, attempt: 0 }})") == {"away": away}


@pytest.mark.parametrize(
    ("code", "attempt", "least", "most"),
    [
        (1006, 0, 125, 500),
        (4000, 0, 125, 500),
        (4101, 3, 1_000, 4_000),
        (4003, 50, 7_500, 30_000),
        (4200, 0, 5_000, 10_000),
    ],
)
def test_the_wait_grows_and_is_spread(page: Phone, code: int, attempt: int, least: int, most: int) -> None:
    plan = "m.planAfterClose({{ code: {}, attempt: {}, random: {} }}).waitMs"
    assert ask(page, "retry", plan.format(code, attempt, 0)) == least
    assert ask(page, "retry", plan.format(code, attempt, 1)) == most


def test_the_server_may_ask_for_a_longer_wait(page: Phone) -> None:
    plan = "m.planAfterClose({ code: 4000, attempt: 0, retryAfterMs: 9000, random: 0 }).waitMs"
    assert ask(page, "retry", plan) == 9_125
    busy = "m.planAfterProblem({ status: 429, attempt: 0, retryAfterMs: 60000, random: 0 }).waitMs"
    assert ask(page, "retry", busy) == 60_000


@pytest.mark.parametrize(("status", "away"), [(401, "expired"), (403, "suspended")])
def test_a_refused_ticket_ends_the_stay(page: Phone, status: int, away: str) -> None:
    assert ask(page, "retry", f"m.planAfterProblem({{ status: {status}, attempt: 0 }})") == {"away": away}


def test_both_languages_have_the_same_words(page: Phone) -> None:
    nl, en = ask(page, "words", "[Object.keys(m.WORDS.nl), Object.keys(m.WORDS.en)]")
    assert nl == en


def test_ids_are_random_uuids(page: Phone) -> None:
    made = ask(page, "uuid", "[m.makeUuid(), m.makeUuid()]")
    assert made[0] != made[1]
    assert all(len(one) == 36 and one[14] == "4" and one[19] in "89ab" for one in made)
