"""The protocol client's pure rules, asked in the browser that runs them."""

from __future__ import annotations

import json
from typing import Any

from tests.e2e.browser import Phone
from tests.e2e.conftest import HandPhone

BATCHES = [
    ("e.5", "e.5", "e.8", "apply"),
    ("e.5", "e.3", "e.5", "drop"),
    ("e.5", "e.1", "e.4", "drop"),
    ("e.5", "e.3", "e.8", "sync"),
    ("e.5", "e.7", "e.8", "sync"),
    ("e.5", "f.5", "f.5", "sync"),
    ("e.9", "e.8", "e.10", "sync"),
    ("e.10", "e.8", "e.9", "drop"),
    ("a.b.9", "a.b.9", "a.b.10", "apply"),
    (None, "e.1", "e.2", "drop"),
]
AWAY = {
    4300: "signed_out",
    4301: "suspended",
    4302: "version",
    4303: "replaced",
    4304: "protocol",
    4399: "protocol",
}
# close code, failures before, what the server asked for → least and most wait
WAITS = [
    (1006, 0, 0, 125, 500),
    (4000, 0, 9_000, 9_125, 9_500),
    (4101, 3, 0, 1_000, 4_000),
    (4003, 50, 0, 7_500, 30_000),
    (4200, 0, 0, 5_000, 10_000),
    (4202, 9, 30_000, 30_000, 60_000),
]


def ask(phones: HandPhone, module: str, call: str) -> Any:
    """Return what `call` gives in a page of the house, with the module's exports in scope as `m`."""
    phone: Phone = phones()
    phone.open()
    script = f"async () => {{ const m = await import('/static/web/{module}.js'); return {call}; }}"
    return phone.page.evaluate(script)


def test_a_batch_is_applied_dropped_or_asked_for_again(phones: HandPhone) -> None:
    cases = json.dumps([case[:3] for case in BATCHES])
    verdicts = ask(phones, "cursor", f"{cases}.map(([own, from, to]) => m.judge(own, {{ from, to }}))")
    assert verdicts == [case[3] for case in BATCHES]


def test_the_page_stays_away_when_told_so(phones: HandPhone) -> None:
    plans = ask(phones, "retry", f"{json.dumps(list(AWAY))}.map((code) => m.planAfterClose({{ code, attempt: 0 }}))")
    assert plans == [{"away": reason} for reason in AWAY.values()]


def test_the_wait_grows_is_spread_and_respects_the_server(phones: HandPhone) -> None:
    cases = json.dumps([case[:3] for case in WAITS])
    plan = "m.planAfterClose({ code, attempt, retryAfterMs, random }).waitMs"
    waits = ask(phones, "retry", f"{cases}.map(([code, attempt, retryAfterMs]) => [0, 1].map((random) => {plan}))")
    assert waits == [list(case[3:]) for case in WAITS]


def test_a_refused_ticket_ends_the_stay_and_a_busy_door_is_waited_for(phones: HandPhone) -> None:
    plan = "m.planAfterProblem({ status, attempt: 0, retryAfterMs: 60000, random: 0 })"
    plans = ask(phones, "retry", f"[401, 403, 429, 503].map((status) => {plan})")
    assert plans == [{"away": "expired"}, {"away": "suspended"}, {"waitMs": 60_000}, {"waitMs": 60_125}]


def test_both_languages_have_the_same_words(phones: HandPhone) -> None:
    nl, en = ask(phones, "words", "[Object.keys(m.WORDS.nl), Object.keys(m.WORDS.en)]")
    assert nl == en
    assert len(nl) > 50


def test_ids_are_random_uuids(phones: HandPhone) -> None:
    made = ask(phones, "uuid", "Array.from({ length: 100 }, m.makeUuid)")
    assert len(set(made)) == 100
    assert all(len(one) == 36 and one[14] == "4" and one[19] in "89ab" for one in made)
