"""What youths and experts are told: complete in both languages, never a name left open, always a way on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.safety import help_queries
from server.safety.rules.care import wants_rest
from server.safety.rules.care_words import write_question
from server.safety.rules.help_notes import MOST_NOTE, cut_note
from server.safety.rules.meldcode import STEPS, find_next
from server.safety.rules.words import SITUATIONS, find_situation, write_next
from server.safety.rules.worries import NOTHING, TELLINGS, find_telling, write_telling
from server.safety.states import ESCALATION

DATA = Path(help_queries.__file__).parent / "data"
LANGUAGES = ("nl", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_situation_has_a_whole_sentence(situation: str, language: str) -> None:
    for role in (None, "coordinator"):
        text = write_next(situation, minutes=3, role=role, language=language)
        assert text[0].isupper()
        assert text.endswith(".") or text.endswith("112.")
        assert not re.search(r"[{}]", text)


@pytest.mark.parametrize(
    ("minutes", "shown"), [(1, "1 minuut"), (3, "3 minuten"), (60, "1 uur"), (120, "2 uur"), (90, "90 minuten")]
)
def test_minutes_are_said_as_people_say_them(minutes: int, shown: str) -> None:
    assert f"binnen {shown} " in write_next("called", minutes=minutes, role=None, language="nl")


def test_danger_always_has_a_number() -> None:
    for situation in ("called", "nobody", "busy"):
        for language in LANGUAGES:
            assert "112" in write_next(situation, minutes=3, role=None, language=language)


def test_every_state_is_a_situation() -> None:
    for state in (None, *ESCALATION.states):
        for level in ("concern", "urgent", "emergency"):
            for called in (True, False):
                assert find_situation(state=state, level=level, called=called) in SITUATIONS
    assert find_situation(state="open", level="emergency", called=False) == "nobody"


def test_an_unknown_language_is_spoken_to_in_dutch() -> None:
    assert write_next("quiet", minutes=0, role=None, language="fr").startswith("Er loopt")
    assert write_telling(NOTHING, "fr").startswith("Je zorg")
    assert write_question("youth", "fr").startswith("Hoe gaat")


def test_every_telling_has_words() -> None:
    assert {find_telling(state) for state in ESCALATION.states} <= {NOTHING, *TELLINGS}
    for telling in (NOTHING, *TELLINGS):
        for language in LANGUAGES:
            assert write_telling(telling, language).endswith(".")


def test_notes_are_cut_never_refused() -> None:
    assert cut_note(None) == (None, "none")
    assert cut_note("x" * MOST_NOTE) == ("x" * MOST_NOTE, "kept")
    assert cut_note("x" * (MOST_NOTE + 1)) == ("x" * MOST_NOTE, "cut")


def test_a_heavy_evening_asks_for_rest_unless_they_say_no() -> None:
    assert [wants_rest(number, None) for number in range(1, 6)] == [False, False, False, True, True]
    assert not wants_rest(5, rest=False)


def test_the_meldcode_goes_on_until_its_fifth_step() -> None:
    assert [find_next(range(1, number)) for number in range(1, 7)] == [1, 2, 3, 4, 5, None]
    assert [one.name for one in STEPS] == ["map_signs", "consult", "talk", "weigh", "decide"]


@pytest.mark.parametrize("name", ["who_can_read", "case_templates"])
def test_the_data_speaks_both_languages(name: str) -> None:
    data: Any = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    rows = data if isinstance(data, list) else [row for group in data.values() for row in group]
    for row in rows:
        assert row["nl"].keys() == row["en"].keys()
        assert all(row[language][key] for language in LANGUAGES for key in row[language])
