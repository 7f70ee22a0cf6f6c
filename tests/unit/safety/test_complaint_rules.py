"""Who looks into a complaint, when it is decided, and what may be shown to an adviser."""

from __future__ import annotations

from itertools import product

import pytest

from server.safety.complaint_errors import ComplaintNamesInText
from server.safety.rules.complaints import (
    DECISIONS,
    HANDLERS,
    OTHER_ADMIN,
    OWN_COORDINATOR,
    Candidate,
    choose_handlers,
    find_decision,
    require_no_names,
)


def near(name: str, handling: int = 0) -> Candidate:
    return Candidate(name, OWN_COORDINATOR, handling, independent=False)


def apart(name: str, handling: int = 0, found: int = OWN_COORDINATOR) -> Candidate:
    return Candidate(name, found, handling, independent=True)


def names(chosen: list[Candidate] | None) -> list[str] | None:
    return None if chosen is None else [one.person_id for one in chosen]


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([], None),
        ([apart("a")], None),
        ([near("a"), near("b")], None),
        ([near("a"), apart("b")], ["b", "a"]),
        ([apart("a", found=OTHER_ADMIN), near("b"), near("c")], ["a", "b"]),
        ([apart("a", 3), apart("b", 1), apart("c", 2)], ["b", "c"]),
        ([apart("c"), apart("b"), apart("a")], ["a", "b"]),
    ],
)
def test_two_are_chosen_and_one_of_them_stands_apart_or_nobody_is(
    candidates: list[Candidate], expected: list[str] | None
) -> None:
    assert names(choose_handlers(candidates)) == expected


def test_whoever_is_there_already_is_joined_and_not_chosen_again() -> None:
    assert names(choose_handlers([near("a"), near("b"), apart("c")], [apart("c")])) == ["a"]
    assert names(choose_handlers([near("a"), apart("c")], [near("a")])) == ["c"]
    assert choose_handlers([near("b")], [near("a")]) is None
    assert choose_handlers([apart("d")], [near("a"), apart("b")]) == []


def test_whatever_there_is_to_choose_from_never_one_alone_and_never_only_those_who_are_near() -> None:
    people = [near("a"), near("b"), apart("c"), apart("d", found=OTHER_ADMIN)]
    for mask in product((False, True), repeat=len(people)):
        chosen = choose_handlers(one for one, there in zip(people, mask, strict=True) if there)
        assert chosen is None or (len(chosen) == HANDLERS and any(one.independent for one in chosen))


def test_two_different_handlers_decide_by_their_last_votes() -> None:
    yes, _, no = DECISIONS
    assert find_decision([("a", yes), ("a", yes)], ["a", "b"]) is None
    assert find_decision([("a", yes), ("b", no)], ["a", "b"]) is None
    assert find_decision([("a", yes), ("b", no), ("b", yes)], ["a", "b"]) == yes
    assert find_decision([("a", yes), ("b", yes), ("b", no)], ["a", "b"]) is None
    assert find_decision([("a", yes), ("gone", yes)], ["a", "b"]) is None


@pytest.mark.parametrize("text", ["Wat deed Jan?", "JAN de Wit", "mevrouw de wit", "van Jan, ja"])
def test_a_name_or_a_part_of_it_is_found(text: str) -> None:
    with pytest.raises(ComplaintNamesInText):
        require_no_names(text, ["Jan de Wit"])


@pytest.mark.parametrize("text", ["januari", "de witte muur", "iemand", ""])
def test_words_that_only_look_like_it_are_let_through(text: str) -> None:
    require_no_names(text, ["Jan de Wit", ""])
