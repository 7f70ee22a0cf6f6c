"""The machine of a pairing is the one that docs/buddies.md draws, and the sets of states say what the page says."""

from __future__ import annotations

import re
from pathlib import Path

from server.buddies.rules.life import VERB_ROLES
from server.buddies.states import COVERED, GOES_ON, OPEN, PAIRING, SEATED

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "buddies.md").read_text(encoding="utf-8")


def test_the_page_draws_the_machine() -> None:
    drawn = set(re.findall(r"^    (\w+) --> (\w+): (\w+)$", PAGE, re.MULTILINE))
    assert drawn == {(here, to, verb) for verb, (froms, to) in PAIRING.steps.items() for here in froms}
    assert re.findall(r"^    \[\*\] --> (\w+)$", PAGE, re.MULTILINE) == [PAIRING.start]
    assert set(re.findall(r"^    (\w+) --> \[\*\]$", PAGE, re.MULTILINE)) == PAIRING.ends


def test_the_page_says_who_is_where() -> None:
    rows = re.findall(r"^\| (\w+) \| (yes|no) \| (yes|no) \| (yes|no) \|$", PAGE, re.MULTILINE)
    said = {state: tuple(one == "yes" for one in flags) for state, *flags in rows}
    assert said == {state: (state in SEATED, state in GOES_ON, state in COVERED) for state in PAIRING.states}
    assert set(OPEN) == set(PAIRING.states) - PAIRING.ends


def test_the_page_names_every_verb_of_the_wire() -> None:
    assert set(re.findall(r"`…/(\w+)`", PAGE)) >= VERB_ROLES.keys() - {"pause", "change", "close"}
    assert all(f"`…/{verb}`" in PAGE for verb in VERB_ROLES)


def test_every_state_that_is_no_end_can_end() -> None:
    ending = set(PAIRING.ends)
    for _ in PAIRING.states:
        ending |= {here for froms, to in PAIRING.steps.values() if to in ending for here in froms}
    assert ending == set(PAIRING.states)
