"""A table of fields decides what a request may hold."""

from __future__ import annotations

from typing import Any

import pytest

from server.foundation.errors import BadRequest
from server.foundation.fields import Field, Kind, read_fields

UUID = "0190a6f0-0000-7000-8000-00000000abcd"
TABLE = {
    "need": Field("text", low=1, high=3),
    "may": Field("integer", required=False, high=9),
    "null": Field("uuid", required=False, nullable=True),
}


def test_values_come_by_the_table_and_absent_ones_are_none() -> None:
    assert read_fields(TABLE, {"need": "abc"}) == {"need": "abc", "may": None, "null": None}
    assert read_fields(TABLE, {"need": "a", "may": 9, "null": UUID.upper()}) == {"need": "a", "may": 9, "null": UUID}
    assert read_fields(TABLE, {"need": "a", "null": None})["null"] is None


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "need is missing"),
        ({"need": ""}, "need"),
        ({"need": "abcd"}, "need"),
        ({"need": None}, "need"),
        ({"need": "a", "may": None}, "may"),
        ({"need": "a", "may": 10}, "may"),
        ({"need": "a", "may": -1}, "may"),
        ({"need": "a", "other": 1}, "unknown field: other"),
        ({"need": "a", "x" * 999: 1}, "unknown field: " + "x" * 40),
    ],
)
def test_a_refusal_names_the_field_and_never_the_value(given: dict[str, Any], named: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_fields(TABLE, given)
    assert refused.value.detail.startswith(named)
    assert len(refused.value.detail) < 100


FITTING: list[tuple[Kind, Any]] = [
    ("text", ""), ("text", "x" * 64), ("text", "\N{SLIGHTLY SMILING FACE}" * 64), ("integer", 0), ("integer", 64),
    ("boolean", True), ("uuid", UUID), ("uuid", UUID.upper()), ("cursor", "aB9_-.0"), ("cursor", "e.9999999999999999"),
    ("id", "x"), ("id", "x" * 64), ("id", 0), ("id", -5), ("texts", []), ("texts", ["", "x"]), ("texts", ["x"] * 32),
    ("integers", []), ("integers", [0, 64]), ("objects", []), ("objects", [{"x": 1}] * 64),
]  # fmt: skip
MISFITS: list[tuple[Kind, Any]] = [
    ("text", "x" * 65), ("text", 1), ("text", None), ("text", ["x"]), ("integer", True), ("integer", 1.0),
    ("integer", "1"), ("integer", 65), ("integer", -1), ("boolean", 0), ("boolean", "true"), ("boolean", None),
    ("uuid", UUID[:-1]), ("uuid", UUID + "a"), ("uuid", UUID.replace("-", "")), ("uuid", f"{{{UUID}}}"),
    ("uuid", UUID + "\n"), ("uuid", UUID.replace("0", "\N{FULLWIDTH DIGIT ZERO}")), ("uuid", 1),
    ("cursor", ""), ("cursor", "e"), ("cursor", "e."), ("cursor", ".1"), ("cursor", "e.01"), ("cursor", "e.-1"),
    ("cursor", "e.1.2"), ("cursor", "e.12345678901234567"), ("cursor", "x" * 33 + ".1"), ("cursor", "é.1"),
    ("cursor", "e.1\n"), ("cursor", "e.\N{ARABIC-INDIC DIGIT ONE}"), ("cursor", 1), ("cursor", None),
    ("id", ""), ("id", "x" * 65), ("id", True), ("id", 1.0), ("id", None), ("id", []),
    ("texts", "x"), ("texts", ["x"] * 33), ("texts", ["x" * 65]), ("texts", [1]), ("texts", [None]), ("texts", {}),
    ("integers", 1), ("integers", [65]), ("integers", [-1]), ("integers", [True]), ("integers", [1.0]),
    ("integers", [0] * 33), ("objects", {}), ("objects", [1]), ("objects", [{}] * 65), ("objects", None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), FITTING)
def test_what_fits_a_kind(kind: Kind, value: Any) -> None:
    read = Field(kind).read("field", value)
    assert read == (UUID if kind == "uuid" else value)


@pytest.mark.parametrize(("kind", "value"), MISFITS)
def test_what_does_not(kind: Kind, value: Any) -> None:
    with pytest.raises(BadRequest, match="field"):
        Field(kind).read("field", value)


def test_the_objects_of_a_list_are_read_by_a_table_of_their_own() -> None:
    field = Field("objects", high=2, rows={"start": Field("text"), "end": Field("text", required=False)})
    assert field.read("windows", [{"start": "19:00"}]) == [{"start": "19:00", "end": None}]
    for given, named in (({}, "start is missing"), ({"start": "19:00", "x": 1}, "unknown field: x")):
        with pytest.raises(BadRequest, match=named):
            field.read("windows", [given])
