"""What may be recorded: ids and codes of the tables; Eve's words get in nowhere."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

import pytest

from server.audit.rules.actions import ACTIONS, LOOKS, PURPOSES, TELLING
from server.audit.rules.entries import Entry
from tests.unit.audit.ledgers import ADA, NORTH, make_entry

CANARY = "kanarie: mijn vader slaat mij"
FIELDS = [field.name for field in dataclasses.fields(Entry)]


def _make(name: str, value: Any) -> Entry:
    return make_entry(**{name: value})


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("canary", [CANARY, "kanarie", "", b"kanarie", 7, ["kanarie"]], ids=repr)
def test_no_field_takes_a_text_and_the_refusal_does_not_repeat_it(name: str, canary: Any) -> None:
    with pytest.raises((ValueError, AttributeError)) as caught:
        _make(name, canary)
    assert "kanarie" not in str(caught.value)


@pytest.mark.parametrize("name", ["stream_id", "action", "actor_role", "purpose", "process", "outcome", "emergency"])
def test_what_every_entry_needs_cannot_be_none(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        _make(name, None)


def test_ids_are_taken_as_uuid_or_as_text() -> None:
    assert make_entry(subject_id=str(ADA)).subject_id == str(ADA)
    assert make_entry(subject_id=ADA, stream_id=str(NORTH)).subject_id == ADA


@pytest.mark.parametrize(("actor_id", "role"), [(None, "coordinator"), (ADA, "system"), (ADA, "operator")])
def test_who_acts_has_an_id_exactly_when_they_are_a_person(actor_id: Any, role: str) -> None:
    with pytest.raises(ValueError, match="by id"):
        make_entry(actor_id=actor_id, actor_role=role)
    assert make_entry(actor_id=None, actor_role="system").actor_id is None


def test_an_instant_without_a_zone_is_none() -> None:
    with pytest.raises(ValueError, match="zone"):
        make_entry(shown_from=datetime(2026, 11, 24))  # noqa: DTZ001  that is what is refused


def test_the_tables_are_codes() -> None:
    for code in [*ACTIONS, *PURPOSES, *PURPOSES.values(), *(kind.object_kind for kind in ACTIONS.values())]:
        assert len(code) <= 40
        assert code.replace(".", "").replace("_", "").islower()
    assert LOOKS.isdisjoint(TELLING)
    assert make_entry().object_kind == "conversation"
