"""Each hard rule alone: what breaks it, and what only just does not."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from server.availability.rules.schedule import WeeklyWindow
from server.buddies.rules.hard import RULES, Broken
from tests.unit.buddies.matching_cast import EVENINGS, TODAY, find_rules

YESTERDAY = TODAY - timedelta(days=1)
Changes = dict[str, Any]
# Rule, what is changed of Ada, what of Ben, what is found.
BREAKING: list[tuple[str, Changes, Changes, tuple[str, ...]]] = [
    ("takes_new", {}, {"takes_new": False}, ()),
    ("kind", {"kind": "bridge"}, {}, ()),
    ("capacity", {}, {"load": 2}, ("2", "2")),
    ("capacity", {}, {"load": 3}, ("3", "2")),
    ("training", {}, {"trained_until": None}, ()),
    ("training", {}, {"trained_until": YESTERDAY}, ()),
    ("vog", {}, {"vog_until": None}, ()),
    ("vog", {}, {"vog_until": YESTERDAY}, ()),
    ("conflict_institution", {"institutions": frozenset({"the harbour", "x"})}, {}, ("the harbour",)),
    ("conflict_place", {"places": frozenset({"Tiel"})}, {}, ("Tiel",)),
    ("conflict_person", {"people_known": frozenset({"aunt"})}, {}, ("aunt",)),
    ("conflict_person", {"people_known": frozenset({"ben"})}, {}, ("ben",)),
    ("conflict_person", {}, {"people_known": frozenset({"ada"})}, ("ada",)),
    ("not_from", {"not_from": frozenset({"the harbour"})}, {}, ("the harbour",)),
    ("not_from", {"not_from": frozenset({"Tiel"})}, {}, ("Tiel",)),
    ("no_go", {"themes": frozenset({"debt", "grief"})}, {"no_go": frozenset({"debt"})}, ("debt",)),
    ("language", {"languages": frozenset({"ar"})}, {}, ()),
    ("language", {"languages": frozenset({"nl"})}, {"languages": frozenset()}, ()),
    ("language_need", {"language_wish": "ar", "needs": frozenset({"language"})}, {}, ()),
    ("gender_need", {"gender_wish": "woman", "needs": frozenset({"gender"})}, {}, ()),
    ("gender_need", {"gender_wish": "woman", "needs": frozenset({"gender"})}, {"gender": ""}, ()),
    ("age_need", {"age": 18, "age_distance": (0, 8), "needs": frozenset({"age"})}, {}, ()),
    ("age_need", {"age": 18, "age_distance": (10, 20), "needs": frozenset({"age"})}, {}, ()),
    ("age_need", {"age": 18, "age_distance": (0, 9), "needs": frozenset({"age"})}, {"age": None}, ()),
    ("blocked", {"blocked": frozenset({"ben"})}, {}, ()),
    ("left", {"left": frozenset({"ben"})}, {}, ()),
    ("declined", {"declined": frozenset({"ben"})}, {}, ()),
    ("overlap", {"times": EVENINGS}, {"windows": ()}, ("0", "60")),
    ("overlap", {"times": (WeeklyWindow(3, time(21, 1), time(23)),)}, {}, ("59", "60")),
]
# What is not known, not asked, only a wish, or only just enough.
FITTING: list[tuple[Changes, Changes]] = [
    ({}, {}),
    ({}, {"load": 1}),
    ({}, {"no_go": frozenset({"debt"}), "languages": frozenset(), "gender": "", "age": None, "windows": ()}),
    ({"languages": frozenset({"ar", "nl"})}, {}),
    ({"language_wish": "ar"}, {}),
    ({"gender_wish": "woman"}, {}),
    ({"age": 18, "age_distance": (0, 8)}, {}),
    ({"age": 18, "age_distance": (9, 9), "needs": frozenset({"age"})}, {}),
    ({"age": None, "age_distance": (0, 1), "needs": frozenset({"age", "gender", "language"})}, {}),
    ({"times": EVENINGS}, {}),
    ({"times": (WeeklyWindow(3, time(21), time(23)),)}, {}),  # an hour of it: just enough
    ({"former": frozenset({"ben"}), "blocked": frozenset({"eve"}), "left": frozenset({"eve"})}, {}),
]


@pytest.mark.parametrize(("rule", "ada", "ben", "found"), BREAKING)
def test_a_broken_rule_is_named_and_no_other(rule: str, ada: Changes, ben: Changes, found: tuple[str, ...]) -> None:
    assert find_rules(ada=ada, ben=ben) == {rule: found}


def test_every_rule_is_broken_by_something() -> None:
    assert {rule for rule, *_ in BREAKING} == RULES.keys()


@pytest.mark.parametrize(("ada", "ben"), FITTING)
def test_what_breaks_no_rule(ada: Changes, ben: Changes) -> None:
    assert find_rules(ada=ada, ben=ben) == {}


def test_no_rule_hides_another() -> None:
    nothing: Changes = {
        "takes_new": False,
        "trained_until": None,
        "vog_until": None,
        "capacity": 0,
        "kinds": frozenset(),
    }
    assert list(find_rules(ben=nothing)) == ["takes_new", "kind", "capacity", "training", "vog"]


def test_a_log_line_holds_nothing_private() -> None:
    assert repr(Broken("no_go", ("debt",))) == "Broken(rule='no_go')"
