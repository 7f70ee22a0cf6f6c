"""Statements written once: what PostgreSQL is sent, and what SQLite is given in its own words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast
from uuid import UUID

import pytest

from server.foundation import database, postgres, postgres_values
from server.foundation.database import as_texts
from server.foundation.postgres import PostgresPipeline

ID = "0190a6f0-0000-7000-8000-00000000abcd"
AT = datetime(2026, 11, 21, 20, 15, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sql", "translated", "types"),
    [
        (
            "SELECT id FROM t WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR NO KEY UPDATE",
            "SELECT id FROM t WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id ",
            {"ids": "uuid"},
        ),
        (
            "SELECT id FROM t WHERE due <= %(now)s::timestamptz LIMIT %(most)s::int FOR UPDATE SKIP LOCKED",
            "SELECT id FROM t WHERE due <= :now LIMIT :most ",
            {"now": "timestamptz", "most": "int"},
        ),
        ("DELETE FROM t WHERE id = %(id)s::uuid", "DELETE FROM t WHERE id = :id", {"id": "uuid"}),
    ],
)
def test_sqlite_is_given_its_own_words(sql: str, translated: str, types: dict[str, str]) -> None:
    assert database._translate(sql) == (translated, types)


def test_postgresql_numbers_its_parameters_and_sends_each_once() -> None:
    sql = "SELECT %(a)s::uuid, %(b)s::bigint[], %(a)s::uuid, %(a)s::text"
    numbered, encoders = postgres._compile(sql, ())
    assert numbered == "SELECT $1::uuid, $2::bigint[], $1::uuid, $3::text"
    assert [(name, encode([7] if name == "b" else "7")) for name, encode in encoders] == [
        ("a", b"7"), ("b", b"{7}"), ("a", b"7"),
    ]  # fmt: skip


def test_a_list_of_one_is_compared_as_one() -> None:
    pipeline = PostgresPipeline(cast(Any, None), in_block=True)
    sql = "SELECT 1 WHERE a = ANY(%(ids)s::uuid[]) OR b = ANY(%(ids)s::uuid[]) OR c = ANY(%(names)s::text[])"
    pipeline.tell(sql, {"ids": ["7"], "names": ["x", "y"]})
    pipeline.tell(sql, {"ids": [], "names": ["x"]})
    pipeline.tell("SELECT unnest(%(ids)s::uuid[]) WHERE a = ANY(%(ids)s::uuid[])", {"ids": [None]})
    assert [statement[:2] for statement in pipeline._waiting] == [
        ("SELECT 1 WHERE a = $1::uuid OR b = $1::uuid OR c = ANY($2::text[])", [b"7", b'{"x","y"}']),
        ("SELECT 1 WHERE a = ANY($1::uuid[]) OR b = ANY($1::uuid[]) OR c = $2::text", [b"{}", b"x"]),
        ("SELECT unnest($1::uuid[]) WHERE a = $2::uuid", [b"{NULL}", None]),
    ]


def test_writes_that_follow_one_another_travel_as_one_statement() -> None:
    pipeline = PostgresPipeline(cast(Any, None), in_block=True)
    rows = [(1,), (2,), (3,)]
    pipeline.insert("a", {"x": "int"}, rows, shared={"y": ("text", "alike")}, conflict="ON CONFLICT DO NOTHING")
    pipeline.update("b", {"id": "int"}, {"z": "text"}, [(4, "four"), (5, "five"), (6, None)])
    pipeline.tell("SELECT 1", {})
    (sql, values, _), (told, *_) = pipeline._waiting
    assert sql == (
        "WITH part0 AS (INSERT INTO a (x, y) SELECT given.*, $1::text FROM unnest($2::int[]) AS given "
        "ON CONFLICT DO NOTHING) "
        "UPDATE b SET z = given.z FROM (SELECT given.* FROM unnest($3::int[], $4::text[]) AS given) AS given(id, z) "
        "WHERE b.id = given.id"
    )
    assert values == [b"alike", b"{1,2,3}", b"{4,5,6}", b'{"four","five",NULL}']
    assert told == "SELECT 1"


def test_one_or_two_rows_travel_as_values_which_postgresql_runs_cheaper_than_arrays() -> None:
    pipeline = PostgresPipeline(cast(Any, None), in_block=True)
    pipeline.insert("a", {"x": "int", "t": "text"}, [(1, "one"), (2, None)], shared={"y": ("text", "alike")})
    pipeline.update("b", {"id": "int"}, {"z": "bytea"}, [(3, b"\0")])
    pipeline.delete("c", {"id": "int", "k": "int"}, [(4, 5)])
    assert [sql for sql, *_ in pipeline._waiting] == [
        "WITH part0 AS (INSERT INTO a (x, t, y) VALUES ($2::int, $3::text, $1::text), ($4::int, $5::text, $1::text) ) "
        "UPDATE b SET z = given.z FROM (VALUES ($6::int, $7::bytea)) AS given(id, z) WHERE b.id = given.id",
        "DELETE FROM c USING (VALUES ($1::int, $2::int)) AS given(id, k) WHERE c.id = given.id AND c.k = given.k",
    ]
    assert [values for _, values, _ in pipeline._waiting] == [
        [b"alike", b"1", b"one", b"2", None, b"3", b"\\x00"], [b"4", b"5"],
    ]  # fmt: skip


def test_a_table_is_written_once_in_a_statement_and_deletes_keep_their_place() -> None:
    pipeline = PostgresPipeline(cast(Any, None), in_block=True)
    pipeline.insert("a", {"x": "int"}, [(1,)])
    pipeline.insert("b", {"x": "int"}, [(1,)])
    pipeline.update("a", {"x": "int"}, {"x": "int"}, [(1, 2)])
    pipeline.delete("b", {"x": "int"}, [(1,)])
    pipeline.insert("b", {"x": "int"}, [(3,)])
    pipeline.commit()
    assert [re.findall("INSERT INTO .|UPDATE .|DELETE FROM .|COMMIT", sql) for sql, *_ in pipeline._waiting] == [
        ["INSERT INTO a", "INSERT INTO b"], ["UPDATE a"], ["DELETE FROM b"], ["INSERT INTO b"], ["COMMIT"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (ID, "uuid", ID.replace("-", "")),
        (UUID(ID), "uuid", ID.replace("-", "")),
        (AT, "timestamptz", "2026-11-21 20:15:30.000005"),
        (AT.replace(microsecond=0), "timestamptz", "2026-11-21 20:15:30"),
        (AT.astimezone(timezone(timedelta(hours=2))), "timestamptz", "2026-11-21 20:15:30.000005"),
        (None, "uuid", None),
        ([ID, ID], "uuid", '["{0}", "{0}"]'.format(ID.replace("-", ""))),
        ([], "uuid", "[]"),
        ("a", "text", "a"),
        (b"\0", "bytea", b"\0"),
    ],
)
def test_values_for_sqlite_are_written_as_django_writes_them(value: Any, kind: str, written: Any) -> None:
    assert database._sqlite_value(value, kind) == written


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (None, "text", None),
        ("NULL", "text", b"NULL"),
        (7, "bigint", b"7"),
        (b"\x00\xff", "bytea", b"\\x00ff"),
        ([ID, None], "uuid[]", f"{{{ID},NULL}}".encode()),
        (["null", "NULL", ""], "text[]", b'{"null","NULL",""}'),
        (['a"b', "c\\d", "e,f", "{}", " ", "é\n"], "text[]", '{"a\\"b","c\\\\d","e,f","{}"," ","é\n"}'.encode()),
        ([b"\x00", b""], "bytea[]", b'{"\\\\x00","\\\\x"}'),
        ([AT], "timestamptz[]", b'{"2026-11-21T20:15:30.000005+00:00"}'),
        ([], "bigint[]", b"{}"),
        ([-1, 2**53], "bigint[]", b"{-1,9007199254740992}"),
    ],
)
def test_values_for_postgresql_are_written_as_it_reads_them(value: Any, kind: str, written: bytes | None) -> None:
    assert postgres_values.find_encoder(kind)(value) == written


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (b"2026-11-21 20:15:30.000005+00", AT),
        (b"2026-11-21 20:15:30+00", AT.replace(microsecond=0)),
        (b"2026-11-21 20:15:30.12+00", AT.replace(microsecond=120_000)),
        (b"2026-11-21 20:15:30.1+00", AT.replace(microsecond=100_000)),
        (b"2026-11-21 22:15:30.12345+02", AT.replace(microsecond=123_450)),
        (b"2026-11-22 01:45:30+05:30", AT.replace(microsecond=0)),
    ],
)
def test_instants_from_postgresql_are_read_however_short(raw: bytes, read: datetime) -> None:
    assert postgres_values.READERS["time"](raw) == read


def test_what_both_read_is_the_same() -> None:
    compact = ID.replace("-", "")
    assert database._READERS["uuid"](compact) == postgres_values.READERS["uuid"](ID.encode()) == ID
    assert database._READERS["json"]('{"a":1}') == postgres_values.READERS["json"](b'{"a":1}') == {"a": 1}
    assert database._READERS["bool"](1) is postgres_values.READERS["bool"](b"t") is True
    assert database._READERS["bool"](0) is postgres_values.READERS["bool"](b"f") is False
    assert postgres_values.READERS["bytes"](b"\\x00ff") == b"\x00\xff"
    assert database._READERS["time"]("2026-11-21 20:15:30.000005") == AT


def test_ids_are_locked_in_one_order_and_once() -> None:
    one, other = UUID(int=1), UUID(int=2)
    assert as_texts([other, str(one), one, other]) == [str(one), str(other)]
    assert as_texts([]) == []
