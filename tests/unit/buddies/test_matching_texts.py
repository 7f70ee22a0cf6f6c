"""Every reason and every rule has its sentence, in Dutch and in English, and no sentence tells what is private."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from django.utils import translation

from server.buddies import texts
from server.buddies.rules.assignment import NO_CANDIDATE, NO_EXPERT, NO_SEAT, Unplaced
from server.buddies.rules.hard import RULES, Broken
from server.buddies.rules.score import Part
from server.buddies.rules.weights import COMPONENTS
from tests.unit.buddies.test_matching_rules import BREAKING

WORDS = Path(texts.__file__).parent / "locale" / "nl" / "LC_MESSAGES"
FOUND = {"room": ("1", "3"), "overlap": ("90",), "fairness": ("2",), "themes": ("debt", "grief"), "likes": ("dogs",)}
PRIVATE = ("conflict_institution", "conflict_place", "conflict_person", "not_from", "no_go")


def read_catalogue() -> dict[str, str]:
    """Return the compiled Dutch by its English."""
    with (WORDS / "django.mo").open("rb") as compiled:
        return dict(gettext.GNUTranslations(compiled)._catalog)  # type: ignore[attr-defined]


def test_every_code_has_its_sentence() -> None:
    assert texts.PARTS.keys() == set(COMPONENTS)
    assert texts.RULES.keys() == RULES.keys()
    assert texts.UNPLACED.keys() == {NO_EXPERT, NO_CANDIDATE, NO_SEAT}


def test_every_sentence_has_its_dutch() -> None:
    catalogue = read_catalogue()
    for sentence in (*texts.PARTS.values(), *texts.RULES.values(), *texts.UNPLACED.values()):
        assert re.findall(r"%\(\w+\)s", sentence) == re.findall(r"%\(\w+\)s", catalogue[sentence])
        assert catalogue[sentence].endswith(".")


def test_the_compiled_dutch_is_that_of_the_words_file() -> None:
    """`msgfmt` is no part of the set-up, so the compiled file is kept beside its source and must agree with it."""
    source = (WORDS / "django.po").read_text(encoding="utf-8")
    written = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE))
    assert {english: dutch for english, dutch in read_catalogue().items() if english} == written


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_reason_can_be_said(language: str) -> None:
    with translation.override(language):
        said = [texts.describe_part(Part(one, 100, FOUND.get(one, ())), {}) for one in COMPONENTS]
        said += [texts.describe_unplaced(Unplaced("ada", why, ())) for why in (NO_EXPERT, NO_CANDIDATE, NO_SEAT)]
    assert len(set(said)) == len(said)
    assert not any("%" in one for one in said)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("rule", "found"), [(rule, found) for rule, _, _, found in BREAKING])
def test_a_rule_is_named_and_nothing_private_with_it(language: str, rule: str, found: tuple[str, ...]) -> None:
    with translation.override(language):
        said = texts.describe_broken(Broken(rule, found))
    assert "%" not in said
    assert rule not in PRIVATE or not any(one in said for one in found)
    assert rule in PRIVATE or all(one in said for one in found)


def test_a_coordinator_reads_it_in_dutch() -> None:
    themes = {"grief": "rouw en verlies", "debt": "schulden"}
    with translation.override("nl"):
        said = texts.describe_part(Part("themes", 1200, ("debt", "grief", "own")), themes)
        excluded = texts.describe_broken(Broken("overlap", ("30", "60")))
    assert said == "Heeft zelf meegemaakt waar de jongere over wil praten: schulden, rouw en verlies, own."
    assert excluded == "Is er te weinig als de jongere contact nodig heeft: 30 min per week, 60 is het minste."
