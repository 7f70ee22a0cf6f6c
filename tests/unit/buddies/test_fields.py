"""The table of fields is the law: shapes hold nothing else, no-go themes reach few, the page says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.buddies import profile_requests, profile_schemas
from server.buddies.models import ExpertProfile, YouthProfile
from server.buddies.rules.fields import (
    ASKED,
    COORDINATOR,
    EXPERT_FIELDS,
    KEPT,
    PAIRED,
    READERS,
    SELF,
    YOUTH_FIELDS,
    Reader,
    Table,
    draw_field_rows,
    list_readable,
)
from server.buddies.words import list_house_themes, list_questions

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "buddies-fields.md").read_text(encoding="utf-8")
TABLES: dict[str, Table] = {"expert": EXPERT_FIELDS, "youth": YOUTH_FIELDS}
# Drawn a second time on purpose: what an expert sees of a youth, and a youth of an expert.
OF_A_YOUTH: dict[Reader, set[str]] = {
    ASKED: {"bridge_until", "languages", "age_band", "likes"},
    PAIRED: {"bridge_until", "languages", "age_band", "likes", "themes", "own_words"},
}
OF_AN_EXPERT: dict[Reader, set[str]] = {
    ASKED: {"kinds", "languages", "gender", "themes", "likes", "introduction"},
    PAIRED: {"kinds", "languages", "gender", "themes", "likes", "introduction", "region"},
}


def list_properties(schema: dict[str, Any]) -> set[str]:
    return set(schema["properties"])


@pytest.mark.parametrize("reader", [ASKED, PAIRED])
def test_the_other_of_a_pair_sees_what_is_drawn_here(reader: Reader) -> None:
    assert {one.name for one in list_readable(YOUTH_FIELDS, reader)} == OF_A_YOUTH[reader]
    assert {one.name for one in list_readable(EXPERT_FIELDS, reader)} == OF_AN_EXPERT[reader]


def test_who_is_asked_never_sees_more_than_who_is_paired() -> None:
    for table in TABLES.values():
        assert all(PAIRED in one.readers for one in table if ASKED in one.readers)


def test_no_go_themes_and_conflicts_reach_their_owner_and_coordinators_alone() -> None:
    for table in TABLES.values():
        for one in table:
            if one.name in ("no_go", "institutions", "places", "people_known", "not_from"):
                assert set(one.readers) == {SELF, COORDINATOR}
                assert one.sealed


def test_every_field_is_of_a_class_and_named_once() -> None:
    for table in TABLES.values():
        names = [one.name for one in table]
        assert len(set(names)) == len(names)
        for one in table:
            assert one.kept in KEPT
            assert {*one.readers, *one.writers} <= {*READERS}
            assert set(one.writers) <= {SELF, COORDINATOR}, "nobody writes in the file of the other of a pair"
            assert set(one.writers) <= set(one.readers)
            assert one.sealed or one.form not in ("open_themes", "themes", "names", "windows")


def test_what_is_not_sealed_has_a_column_and_what_is_sealed_has_none() -> None:
    for model, table in ((ExpertProfile, EXPERT_FIELDS), (YouthProfile, YOUTH_FIELDS)):
        columns = {one.name for one in model._meta.concrete_fields}
        assert {one.name for one in table if not one.sealed} <= columns
        assert {one.name for one in table if one.sealed} & columns == set()


def test_a_row_that_nobody_has_filled_in_holds_what_the_table_says() -> None:
    for model, table in ((ExpertProfile, EXPERT_FIELDS), (YouthProfile, YOUTH_FIELDS)):
        row = model()
        assert {one.name: getattr(row, one.name) for one in table if not one.sealed} == {
            one.name: one.empty for one in table if not one.sealed
        }


def test_every_field_of_every_published_file_is_in_the_table() -> None:
    expert, youth = ({one.name for one in table} for table in (EXPERT_FIELDS, YOUTH_FIELDS))
    assert list_properties(profile_schemas.PROFILE["properties"]["profile"]) == expert
    assert list_properties(profile_schemas.INTAKE["properties"]["intake"]) == youth
    for_coordinator = [list_properties(one["properties"]["profile"]) for one in profile_schemas.FILE["oneOf"]]
    assert for_coordinator == [expert, youth]
    cards = [
        (one["properties"]["role"]["const"], one["properties"]["seen_as"]["const"],
         list_properties(one["properties"]["card"]))
        for one in profile_schemas.CARD["oneOf"]
    ]  # fmt: skip
    assert cards == [
        ("expert", ASKED, OF_AN_EXPERT[ASKED]),
        ("expert", PAIRED, OF_AN_EXPERT[PAIRED]),
        ("youth", ASKED, OF_A_YOUTH[ASKED]),
        ("youth", PAIRED, OF_A_YOUTH[PAIRED]),
    ]


def test_papers_capacity_and_the_end_of_a_bridge_are_the_coordinators_to_write() -> None:
    own = (profile_requests.SET_PROFILE.keys() | profile_requests.FILL_IN_INTAKE.keys()) - {"version"}
    theirs = profile_requests.SET_FILE["expert"].keys() | profile_requests.SET_FILE["youth"].keys()
    assert theirs - own == {"version", "capacity", "trained_until", "vog_until", "bridge_until"}


def test_every_question_asks_for_a_field_that_a_youth_may_write_and_all_are_asked() -> None:
    asked = [one["field"] for one in list_questions()]
    assert len(set(asked)) == len(asked)
    assert set(asked) == {one.name for one in YOUTH_FIELDS if SELF in one.writers}
    choices = {one.name: set(one.choices) for one in YOUTH_FIELDS if one.choices and SELF in one.writers}
    worded = {one["field"]: {choice["value"] for choice in one["choices"]} for one in list_questions()}
    assert {name: worded[name] for name in choices} == choices


def test_everything_has_words_in_both_languages() -> None:
    words = [text for one in list_questions() for text in (one["nl"], one["en"])]
    words += [choice[language] for one in list_questions() for choice in one["choices"] for language in ("nl", "en")]
    words += [text for theme in list_house_themes() for text in (theme.nl, theme.en)]
    assert all(text.strip() for text in words)
    assert all(one["nl"].endswith((".", "?")) and one["en"].endswith((".", "?")) for one in list_questions())


def test_the_page_says_what_the_table_says() -> None:
    drawn = {name: list(draw_field_rows(table)) for name, table in TABLES.items()}
    shown = {name: PAGE.split(f"## {title}\n")[1].split("\n## ")[0] for name, title in
             (("expert", "Experts"), ("youth", "Youths"))}  # fmt: skip
    for name, rows in drawn.items():
        found = [line for line in shown[name].splitlines() if line.startswith("| `")]
        assert found == rows, "\n".join(rows)
