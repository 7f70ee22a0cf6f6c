"""Whatever goes through a pipeline comes out as it went in, on PostgreSQL as on SQLite: both keep to one model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from server.foundation.database import Row, open_pipeline
from server.foundation.json_codec import MAX_INTEGER, encode
from tests.property.profiles import examples

# What a hand-written array, a statement with named parameters or a JSON text could stumble over.
TRAPS = (
    '"',
    "\\",
    "{",
    "}",
    ",",
    "NULL",
    "null",
    "",
    " ",
    "\t",
    "\r\n",
    "'",
    "''",
    "%",
    "%s",
    "%(c0)s::text",
    "$1",
    "?1",
    ":name",
    "\\N",
    "\\x00",
    "\\u0000",
    "\\\\",
    '\\"',
    '"{',
    '","',
    "[]",
    "[",
    "::text",
    "; --",
    "é",
    "ß",
    "ﬀ",
    "😀",
    "\u200b",
    "\ufeff",
    "\u202e",
    "\x01",
    "\x7f",
    "\x85",
    "\u2028",
    "\ud7ff",
    "\uffff",
    "\U0010ffff",
    "FOR UPDATE",
    "= ANY(%(keys)s::text[])",
)
PLAIN = st.characters(codec="utf-8", exclude_characters="\0")
TEXTS = st.lists(st.sampled_from(TRAPS) | PLAIN, max_size=8).map("".join) | st.text(PLAIN, max_size=40)
INSTANTS = st.datetimes(
    datetime(2, 1, 1),  # noqa: DTZ001  the strategy adds the zone
    datetime(9998, 12, 31),  # noqa: DTZ001
    timezones=st.builds(timezone, st.integers(-14 * 3600, 14 * 3600).map(lambda seconds: timedelta(seconds=seconds))),
)
JSONS: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
# column → (PostgreSQL's type, what Django calls it on SQLite, how an answer names it, its values)
COLUMNS: Mapping[str, tuple[str, str, str, st.SearchStrategy[Any]]] = {
    "label": ("text", "text", "text", TEXTS),
    "person": ("uuid", "char(32)", "uuid", st.uuids()),
    "total": ("bigint", "bigint", "int", st.integers(-(2**63), 2**63 - 1)),
    "count": ("int", "integer", "int", st.integers(-(2**31), 2**31 - 1)),
    "few": ("smallint", "smallint", "int", st.integers(-(2**15), 2**15 - 1)),
    "flag": ("bool", "bool", "bool", st.booleans()),
    "blob": ("bytea", "BLOB", "bytes", st.binary(max_size=40)),
    "at": ("timestamptz", "datetime", "time", INSTANTS),
    "refs": ("jsonb", "text", "json", JSONS),
}
KEYS: Mapping[str, str] = {"id": "uuid", "slot": "text"}
VALUES: Mapping[str, str] = {name: kind for name, (kind, _, _, _) in COLUMNS.items()}
ANSWERS = " ".join(["uuid", "text", *(answer for _, _, answer, _ in COLUMNS.values())])
EVERYTHING = f"SELECT id, slot, {', '.join(COLUMNS)} FROM property_kinds"

VALUE_ROWS = st.tuples(*(st.none() | values for _, _, _, values in COLUMNS.values()))
KEY_ROWS = st.tuples(st.uuids(), TEXTS)
TABLES = st.dictionaries(KEY_ROWS, VALUE_ROWS, max_size=6)
on_one_table = examples(40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def table(db: None) -> Iterator[None]:
    """A table with a column of every kind."""
    place = 0 if connection.vendor == "postgresql" else 1
    columns = ", ".join(f"{name} {kinds[place]}" for name, kinds in COLUMNS.items())
    unique = "PRIMARY KEY (id, slot)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE property_kinds (id {'char(32)' if place else 'uuid'}, slot text, {columns}, {unique})"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE property_kinds")


def bind(keys: Row, values: Sequence[Any]) -> Row:
    """Return a row as code hands it to a pipeline: JSON is a text by then."""
    *plain, refs = values
    return (*keys, *plain, None if refs is None else encode(refs).decode())


def fill(rows: Mapping[Row, Row]) -> None:
    """Make these the rows of the table."""
    with open_pipeline() as pipeline:
        pipeline.tell("DELETE FROM property_kinds", {})
        pipeline.insert("property_kinds", {**KEYS, **VALUES}, [bind(*row) for row in rows.items()])


def read() -> dict[Row, Row]:
    """Return the rows of the table by their keys."""
    with open_pipeline() as pipeline:
        answer = pipeline.ask(EVERYTHING, {}, ANSWERS)
    return {row[:2]: row[2:] for row in answer.rows()}


def spell(rows: Mapping[Row, Row]) -> dict[Row, Row]:
    """Return the rows as an answer spells them: ids are text, instants are UTC."""
    return {(str(id_), slot): tuple(_spell(value) for value in values) for (id_, slot), values in rows.items()}


def _spell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return value if isinstance(value, (str, int, bytes, dict, list, type(None))) else str(value)


@given(TABLES)
@on_one_table
def test_what_is_inserted_is_read(table: None, rows: dict[Row, Row]) -> None:
    fill(rows)
    found = read()
    assert found == spell(rows)
    assert all(value.utcoffset() == timedelta(0) for row in found.values() if (value := row[7]) is not None)


@given(TABLES, VALUE_ROWS)
@on_one_table
def test_what_all_rows_share_is_read_in_every_row(table: None, rows: dict[Row, Row], alike: Row) -> None:
    fill({})
    shared = dict(zip(VALUES, zip(VALUES.values(), bind((), alike), strict=True), strict=True))
    with open_pipeline() as pipeline:
        pipeline.insert("property_kinds", KEYS, list(rows), shared=shared)
    assert read() == spell(dict.fromkeys(rows, alike))


@given(TABLES, st.data())
@on_one_table
def test_only_what_the_keys_name_is_updated(table: None, rows: dict[Row, Row], data: st.DataObject) -> None:
    fill(rows)
    named = data.draw(st.lists(st.sampled_from([*rows, *data.draw(st.lists(KEY_ROWS, min_size=1))]), unique=True))
    changed = {keys: data.draw(VALUE_ROWS) for keys in named}
    with open_pipeline() as pipeline:
        pipeline.update("property_kinds", KEYS, VALUES, [bind(*row) for row in changed.items()])
    assert read() == spell({keys: changed.get(keys, values) for keys, values in rows.items()})


@given(TABLES, st.data())
@on_one_table
def test_only_what_the_keys_name_is_deleted(table: None, rows: dict[Row, Row], data: st.DataObject) -> None:
    fill(rows)
    named = data.draw(st.lists(st.sampled_from([*rows, *data.draw(st.lists(KEY_ROWS, min_size=1))]), unique=True))
    with open_pipeline() as pipeline:
        pipeline.delete("property_kinds", KEYS, named)
    assert read() == spell({keys: values for keys, values in rows.items() if keys not in named})


@given(VALUE_ROWS)
@on_one_table
def test_a_parameter_finds_its_like(table: None, values: Row) -> None:
    keys = ("0190a000-0000-7000-8000-000000000001", "one")
    fill({keys: values})
    for (name, kind), value in zip(VALUES.items(), bind((), values), strict=True):
        same = f"{name} IS NULL" if value is None else f"{name} = %(value)s::{kind}"
        with open_pipeline() as pipeline:
            answer = pipeline.ask(f"SELECT slot FROM property_kinds WHERE {same}", {"value": value}, "text")
        assert answer.rows() == [("one",)], name


@given(st.lists(st.uuids(), max_size=4), st.lists(TEXTS, max_size=4), st.data())
@on_one_table
def test_a_list_finds_its_members(table: None, ids: list[Any], texts: list[str], data: st.DataObject) -> None:
    places = [(id_, text) for id_ in ids for text in texts]
    others = data.draw(st.lists(KEY_ROWS, max_size=3))
    fill({keys: (None,) * len(VALUES) for keys in {*places, *others}})
    with open_pipeline() as pipeline:
        answer = pipeline.ask(
            "SELECT id, slot FROM property_kinds WHERE id = ANY(%(ids)s::uuid[]) AND slot = ANY(%(texts)s::text[])",
            {"ids": [str(one) for one in ids], "texts": texts},
            "uuid text",
        )
    expected = {(str(id_), text) for id_, text in {*places, *others} if id_ in ids and text in texts}
    assert sorted(answer.rows()) == sorted(expected)


@given(st.lists(TABLES.filter(bool), max_size=5))
@on_one_table
def test_a_refused_batch_leaves_nothing_and_hinders_nothing(table: None, batches: list[dict[Row, Row]]) -> None:
    kept: dict[Row, Row] = {}
    fill({})
    for batch in batches:
        twice = [bind(*row) for row in [*batch.items(), *list(batch.items())[:1]]]
        with pytest.raises(IntegrityError), transaction.atomic(), open_pipeline() as pipeline:
            pipeline.delete("property_kinds", KEYS, list(kept))
            pipeline.insert("property_kinds", {**KEYS, **VALUES}, twice)
        fresh = {keys: values for keys, values in batch.items() if keys not in kept}
        with open_pipeline() as pipeline:
            pipeline.insert("property_kinds", {**KEYS, **VALUES}, [bind(*row) for row in fresh.items()])
        kept |= fresh
        assert read() == spell(kept)


@pytest.mark.parametrize("text", ["\0", "before\0after", "after\0"])
@pytest.mark.parametrize(
    "sql", ["SELECT %(text)s::text", "SELECT slot FROM property_kinds WHERE slot = %(text)s::text"]
)
def test_a_text_with_nul_is_refused_not_cut_short(table: None, text: str, sql: str) -> None:
    fill({})
    with pytest.raises(DataError), transaction.atomic(), open_pipeline() as pipeline:
        pipeline.ask(sql, {"text": text}, "text").rows()
    with pytest.raises(DataError), transaction.atomic(), open_pipeline() as pipeline:
        pipeline.insert("property_kinds", KEYS, [("0190a000-0000-7000-8000-000000000001", text)])
    assert read() == {}
