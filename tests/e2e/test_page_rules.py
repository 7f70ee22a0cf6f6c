"""The protocol client's pure rules, asked in the browser that runs them."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.e2e.browser import Phone
from tests.e2e.conftest import HandPhone
from tests.e2e.house import REPOSITORY

WORDS = ("words", "waiting-words")
APP = REPOSITORY / "server" / "web" / "static" / "app"

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
    script = f"async () => {{ const m = await import('/static/{module}.js'); return {call}; }}"
    return phone.page.evaluate(script)


def test_a_batch_is_applied_dropped_or_asked_for_again(phones: HandPhone) -> None:
    cases = json.dumps([case[:3] for case in BATCHES])
    verdicts = ask(phones, "lib/cursor", f"{cases}.map(([own, from, to]) => m.judge(own, {{ from, to }}))")
    assert verdicts == [case[3] for case in BATCHES]


def test_the_page_stays_away_when_told_so(phones: HandPhone) -> None:
    plans = ask(
        phones, "lib/retry", f"{json.dumps(list(AWAY))}.map((code) => m.planAfterClose({{ code, attempt: 0 }}))"
    )
    assert plans == [{"away": reason} for reason in AWAY.values()]


def test_the_wait_grows_is_spread_and_respects_the_server(phones: HandPhone) -> None:
    cases = json.dumps([case[:3] for case in WAITS])
    plan = "m.planAfterClose({ code, attempt, retryAfterMs, random }).waitMs"
    waits = ask(phones, "lib/retry", f"{cases}.map(([code, attempt, retryAfterMs]) => [0, 1].map((random) => {plan}))")
    assert waits == [list(case[3:]) for case in WAITS]


def test_a_refused_ticket_ends_the_stay_and_a_busy_door_is_waited_for(phones: HandPhone) -> None:
    plan = "m.planAfterProblem({ status, attempt: 0, retryAfterMs: 60000, random: 0 })"
    plans = ask(phones, "lib/retry", f"[401, 403, 429, 503].map((status) => {plan})")
    assert plans == [{"away": "expired"}, {"away": "suspended"}, {"waitMs": 60_000}, {"waitMs": 60_125}]
    setting_up = "m.planAfterProblem({ status: 403, code: 'auth.factor_required', attempt: 0 })"
    assert ask(phones, "lib/retry", setting_up) == {"waitMs": 5000}


def test_both_languages_have_the_same_words(phones: HandPhone) -> None:
    for name in WORDS:
        nl = ask(phones, f"app/{name}-nl", "Object.keys(m.words).sort()")
        en = ask(phones, f"app/{name}-en", "Object.keys(m.words).sort()")
        assert nl == en
        assert len(nl) > 50


def test_every_word_that_the_app_says_is_there(phones: HandPhone) -> None:
    """A literal key in a call of `t` is a key of the words or of the shared library."""
    written = (path.read_text(encoding="utf-8") for path in APP.glob("*.js"))
    asked = {key for text in written for key in re.findall(r'\bt\("([\w.]+)"', text)}
    known = {key for name in WORDS for key in ask(phones, f"app/{name}-nl", "Object.keys(m.words)")}
    lib = ((APP.parent / "lib" / name).read_text(encoding="utf-8") for name in ("i18n.js", "factor_words.js"))
    shared = {key for text in lib for key in re.findall(r'^ +"([\w.]+)":', text, re.MULTILINE)}
    assert asked - known - shared == set()


def test_dragging_hours_snaps_and_stays_within_the_day(phones: HandPhone) -> None:
    assert ask(phones, "app/week", "m.drawWindow(2, 1141, 1318)") == {"weekday": 2, "start": "19:00", "end": "22:00"}
    assert ask(phones, "app/week", "m.drawWindow(2, 1438, 1500)") == {"weekday": 2, "start": "23:30", "end": "00:00"}
    dragged = (
        "['start', 'end', 'all'].map((part) => m.dragWindow({weekday: 1, start: '20:00', end: '23:00'}, part, 95))"
    )
    assert [(one["start"], one["end"]) for one in ask(phones, "app/week", dragged)] == [
        ("21:30", "23:00"),
        ("20:00", "00:00"),
        ("21:00", "00:00"),
    ]
    night = "m.listStretches([{weekday: 7, start: '22:00', end: '01:00'}], 1)"
    assert ask(phones, "app/week", night) == [{"index": 0, "from": 0, "to": 60, "isTail": True}]


def test_parts_of_days_are_put_into_a_week_of_hours_and_taken_out(phones: HandPhone) -> None:
    """The night of Sunday ends on Monday; half a part counts as some of it; what lies beside a part stays."""
    own = "[{weekday: 1, start: '17:00', end: '21:00'}, {weekday: 7, start: '23:00', end: '06:00'}]"
    covers = ask(
        phones,
        "app/part_of_day",
        f"[[1, 1], [1, 2], [1, 3], [7, 3], [7, 2]].map(([day, part]) => m.coverOf({own}, day, m.PARTS[part]))",
    )
    assert covers == ["some", "some", "none", "all", "none"]
    less = ask(phones, "app/part_of_day", f"m.setPart(m.setPart({own}, 1, m.PARTS[2], false), 7, m.PARTS[3], false)")
    assert less == [{"weekday": 1, "start": "17:00", "end": "18:00"}]
    more = ask(phones, "app/part_of_day", f"m.setPart({own}, 1, m.PARTS[2], true)")
    assert more == [
        {"weekday": 1, "start": "00:00", "end": "06:00"},
        {"weekday": 1, "start": "17:00", "end": "23:00"},
        {"weekday": 7, "start": "23:00", "end": "00:00"},
    ]


def test_ids_are_random_uuids(phones: HandPhone) -> None:
    made = ask(phones, "lib/uuid", "Array.from({ length: 100 }, m.makeUuid)")
    assert len(set(made)) == 100
    assert all(len(one) == 36 and one[14] == "4" and one[19] in "89ab" for one in made)


def test_the_time_is_what_was_asked_for_last_whichever_answer_comes_first(phones: HandPhone) -> None:
    told = [
        ("2031-01-01T00:00:00Z", 2e6),
        ("2030-01-01T00:00:00Z", 1e6),
        ("nonsense", 3e6),
        ("2029-01-01T00:00:00Z", 4e6),
    ]
    learn = "([text, askedAt]) => (m.learnTime(text, askedAt), m.now().getUTCFullYear())"
    assert ask(phones, "lib/time", f"{json.dumps(told)}.map({learn})") == [2031, 2031, 2031, 2029]
