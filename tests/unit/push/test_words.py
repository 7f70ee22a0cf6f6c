"""The words that phones show and that people read about their pushes: in both languages, and never what or who."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.availability.rules.schedule import REASONS
from server.push.rules import deciding
from server.push.rules.collapsing import name_collapse
from server.push.rules.deciding import DECISIONS, HELD, SENT
from server.push.rules.kinds import KINDS, LANGUAGES, TITLE_KEY, WORDS, find_words
from server.push.rules.retrying import QUIET_FOR, find_due
from server.push.rules.words import SENTENCES, explain

NOW = datetime(2026, 11, 17, 20, 30, tzinfo=UTC)


def test_every_kind_has_its_words_in_every_language() -> None:
    keys = {TITLE_KEY} | {kind.loc_key for kind in KINDS.values()}
    assert all(WORDS[language].keys() == keys for language in LANGUAGES)
    assert find_words("message", "fr") == find_words("message", "nl") == "Er is een bericht voor je."


def test_a_phone_is_never_told_what_or_from_whom() -> None:
    for words in WORDS.values():
        assert not any("{" in sentence or "%" in sentence for sentence in words.values())


def test_every_decision_has_a_sentence_in_every_language() -> None:
    for language in LANGUAGES:
        assert SENTENCES[language].keys() == set(DECISIONS)
        assert all("" in reasons for reasons in SENTENCES[language].values())
    assert {key: set(reasons) for key, reasons in SENTENCES["nl"].items()} == {
        key: set(reasons) for key, reasons in SENTENCES["en"].items()
    }


def test_no_sentence_is_for_a_reason_that_nobody_gives() -> None:
    codes = {value for name, value in vars(deciding).items() if name.isupper() and isinstance(value, str)}
    for reasons in SENTENCES["nl"].values():
        assert set(reasons) <= codes | set(REASONS) | {""}


@pytest.mark.parametrize(
    ("reason", "language", "expected"),
    [
        ("outside_hours", "nl", "Bewaard tot je weer bereikbaar bent. Tot 18-11, 19:00."),
        ("pause", "nl", "Bewaard tot je pauze voorbij is. Tot 18-11, 19:00."),
        ("absence", "en", "Kept until you are back. Until 18-11, 19:00."),
        ("unheard of", "fr", "Bewaard tot je weer bereikbaar bent. Tot 18-11, 19:00."),
    ],
)
def test_a_held_push_is_explained_on_the_person_s_clock(reason: str, language: str, expected: str) -> None:
    until = datetime(2026, 11, 18, 18, tzinfo=UTC)
    assert explain(HELD, reason, until, language=language, zone="Europe/Amsterdam") == expected


def test_without_an_opening_in_sight_no_time_is_promised() -> None:
    assert explain(HELD, "pause", None, language="nl", zone="Europe/Amsterdam") == "Bewaard tot je pauze voorbij is."
    assert explain(SENT, "", NOW, language="en", zone="Europe/Amsterdam") == "Sent to your phone."


def test_a_collapse_id_is_stable_opaque_and_short() -> None:
    one = name_collapse("message", "ben", "talk")
    assert one == name_collapse("message", "ben", "talk")
    others = {
        name_collapse(*about) for about in (("page", "ben", "talk"), ("message", "ada", "talk"), ("message", "ben"))
    }
    assert len(others | {one}) == 4
    assert one.isascii()
    assert len(one) <= 64
    assert "ben" not in one


def test_a_phone_is_left_in_peace_after_it_has_buzzed() -> None:
    delay = KINDS["message"].delay
    assert find_due(delay, NOW, None) == NOW + delay
    assert find_due(delay, NOW, NOW) == NOW + QUIET_FOR
    assert find_due(delay, NOW, NOW - timedelta(minutes=5)) == NOW + delay
