"""What a person or a device may be called."""

from __future__ import annotations

import pytest

from server.accounts.rules.names import MAX_NAME_LENGTH, clean_email, clean_name
from server.foundation.errors import BadRequest


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ada", "Ada"),
        ("  Ada \n van  Dam\t", "Ada van Dam"),
        ("Ada\u0301", "Adá"),
        ("Ada\u00a0Dam", "Ada Dam"),
        ("👩‍👧 Ada", "👩‍👧 Ada"),
        ("عائشة", "عائشة"),
        ("x" * MAX_NAME_LENGTH, "x" * MAX_NAME_LENGTH),
    ],
)
def test_names_of_all_kinds_are_kept(given: str, kept: str) -> None:
    assert clean_name(given, field="display_name") == kept


@pytest.mark.parametrize(
    "given", ["", " \t ", "x" * (MAX_NAME_LENGTH + 1), "A\0da", "A\x1bda", "Ada\u202e", "\u2066Ada", "A\ud800"]
)
def test_nothing_too_much_and_tricks_are_refused_by_field(given: str) -> None:
    with pytest.raises(BadRequest, match=r"^device_name: "):
        clean_name(given, field="device_name")


def test_an_address_is_one_whatever_its_case() -> None:
    assert clean_email("  BEN@Team.Example\n") == "ben@team.example"
