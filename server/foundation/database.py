"""Statements in bulk: written once in PostgreSQL's words, run there as one pipeline, on SQLite one after another.

A `Pipeline` sends its statements without waiting for each answer; under READ COMMITTED each still has a snapshot
of its own, so a statement that follows a lock sees what was committed before the lock was granted. Parameters are
written with their type (`%(ids)s::uuid[]`): that is what both translations go by. UUIDs are plain text here.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from server.foundation.postgres import PostgresPipeline, TransactionStatus

Row = tuple[Any, ...]
Columns = Mapping[str, str]
Shared = Mapping[str, tuple[str, Any]]


class Answer(Protocol):
    """The rows of a statement, to be had once it has run."""

    def rows(self) -> list[Row]:
        """Return the rows, each column in the form its kind names (uuid → text, time → aware datetime)."""


class Pipeline(Protocol):
    """Statements that are sent together."""

    def ask(self, sql: str, params: Mapping[str, Any], kinds: str) -> Answer:
        """Send a query; `kinds` names each column: uuid, int, text, bool, time, bytes, json."""

    def tell(self, sql: str, params: Mapping[str, Any]) -> None:
        """Send a statement whose rows nobody reads."""

    def insert(
        self, table: str, columns: Columns, rows: Sequence[Row], *, shared: Shared | None = None, conflict: str = ""
    ) -> None:
        """Insert all rows with one statement; `columns` gives each column's type, `shared` what all rows have alike."""

    def update(self, table: str, keys: Columns, values: Columns, rows: Sequence[Row]) -> None:
        """Set `values` of the rows that `keys` name; each row holds the keys first, then the values."""

    def delete(self, table: str, keys: Columns, rows: Sequence[Row]) -> None:
        """Delete the rows that `keys` name."""

    def commit(self) -> None:
        """Let the COMMIT of the outermost transaction travel with the last statements: one round trip less.

        Nothing may be written after it in the transaction. Django's own COMMIT then finds nothing left to do;
        inside a nested transaction, and on SQLite, this does nothing.
        """


@contextmanager
def open_pipeline() -> Iterator[Pipeline]:
    """Yield a pipeline on this thread's connection; database errors are Django's.

    The caller holds the transaction. On leaving, every statement has run; an answer that is read before makes what
    was sent so far run.
    """
    here = connections[DEFAULT_DB_ALIAS]
    here.ensure_connection()
    with here.wrap_database_errors:
        if here.vendor == "postgresql":
            in_block = here.in_atomic_block and not here.savepoint_ids
            pipeline = PostgresPipeline(here.connection, in_block=in_block)
            yield pipeline
            pipeline.run()
        else:
            with here.cursor() as cursor:
                yield _SqlitePipeline(cursor)


@contextmanager
def open_transaction() -> Iterator[None]:
    """`transaction.atomic()` for the hottest path: the first thing in it is a pipeline, the last its `commit()`.

    Django's own turns autocommit off and on again around every block, which costs as much as two statements. Here
    the pipeline sends BEGIN and COMMIT itself, in the company of the other statements. Hooks of `on_commit` run.
    """
    here = connections[DEFAULT_DB_ALIAS]
    if here.vendor != "postgresql" or here.in_atomic_block or not here.get_autocommit():
        with transaction.atomic():
            yield
        return
    here.ensure_connection()
    here.in_atomic_block = True
    try:
        yield
        if here.connection.pgconn.transaction_status != TransactionStatus.IDLE:
            with here.wrap_database_errors:
                here.connection.commit()
    except BaseException:
        here.in_atomic_block = False
        _roll_back(here)
        raise
    here.in_atomic_block = False
    here.run_and_clear_commit_hooks()


def _roll_back(here: BaseDatabaseWrapper) -> None:
    here.run_on_commit = []
    try:
        with here.wrap_database_errors:
            here.connection.rollback()
    except Error:
        here.close()  # the connection is lost; the next user of this thread takes another


class _SqliteAnswer:
    def __init__(self, rows: list[Row], kinds: Sequence[str]) -> None:
        self._rows, self._kinds = rows, kinds

    def rows(self) -> list[Row]:
        readers = [_READERS.get(kind) for kind in self._kinds]
        return [
            tuple(
                read(value) if read and value is not None else value for read, value in zip(readers, row, strict=True)
            )
            for row in self._rows
        ]


class _SqlitePipeline:
    def __init__(self, cursor: CursorWrapper) -> None:
        # The bare cursor: Django's wrapper would rewrite placeholders and keep every statement in memory.
        self._cursor = cursor.cursor

    def ask(self, sql: str, params: Mapping[str, Any], kinds: str) -> Answer:
        return _SqliteAnswer(self._run(sql, params), kinds.split())

    def tell(self, sql: str, params: Mapping[str, Any]) -> None:
        self._run(sql, params)

    def insert(
        self, table: str, columns: Columns, rows: Sequence[Row], *, shared: Shared | None = None, conflict: str = ""
    ) -> None:
        alike = shared or {}
        types = [*columns.values(), *(kind for kind, _ in alike.values())]
        marks = ", ".join("?" for _ in types)
        sql = f"INSERT INTO {table} ({', '.join([*columns, *alike])}) VALUES ({marks}) {conflict}"
        tail = tuple(value for _, value in alike.values())
        self._many(sql, types, [(*row, *tail) for row in rows])

    def update(self, table: str, keys: Columns, values: Columns, rows: Sequence[Row]) -> None:
        parts = ", ".join(f"{name} = ?{len(keys) + at}" for at, name in enumerate(values, 1))
        where = " AND ".join(f"{name} = ?{at}" for at, name in enumerate(keys, 1))
        self._many(f"UPDATE {table} SET {parts} WHERE {where}", [*keys.values(), *values.values()], rows)

    def delete(self, table: str, keys: Columns, rows: Sequence[Row]) -> None:
        where = " AND ".join(f"{name} = ?" for name in keys)
        self._many(f"DELETE FROM {table} WHERE {where}", list(keys.values()), rows)

    def commit(self) -> None:
        return

    def _run(self, sql: str, params: Mapping[str, Any]) -> list[Row]:
        translated, types = _translate(sql)
        bound = {name: _sqlite_value(params[name], kind) for name, kind in types.items()}
        return list(sqlite3.Cursor.execute(self._cursor, translated, bound).fetchall())

    def _many(self, sql: str, types: Sequence[str], rows: Sequence[Row]) -> None:
        adapted = [[_sqlite_value(value, kind) for value, kind in zip(row, types, strict=True)] for row in rows]
        sqlite3.Cursor.executemany(self._cursor, sql, adapted)


_PARAMETER = re.compile(r"%\((\w+)\)s::(\w+)(\[\])?")
_ANY = re.compile(r"= ANY\(%\((\w+)\)s::(\w+)\[\]\)")
_LOCKS = re.compile(r"FOR (?:NO KEY )?(?:UPDATE|SHARE)(?: OF \w+)?(?: SKIP LOCKED)?")


@lru_cache(maxsize=256)
def _translate(sql: str) -> tuple[str, dict[str, str]]:
    """Return the statement in SQLite's words and the type of each parameter."""
    types = {name: kind for name, kind, _ in _PARAMETER.findall(sql)}
    sql = _ANY.sub(r"IN (SELECT value FROM json_each(:\1))", sql)
    sql = _PARAMETER.sub(r":\1", sql)
    return _LOCKS.sub("", sql), types


def _sqlite_value(value: Any, kind: str) -> Any:
    if isinstance(value, list):
        return json.dumps([_sqlite_value(item, kind) for item in value])
    if value is None:
        return None
    if kind == "uuid":
        return str(value).replace("-", "")
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))  # as Django writes it: the texts must compare
    if isinstance(value, str) and "\0" in value:
        raise sqlite3.DataError("NUL is not text")  # PostgreSQL has no such text either
    return value


def _dashed(text: str) -> str:
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _aware(text: str) -> datetime:
    return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)


_READERS: dict[str, Callable[[Any], Any]] = {
    "uuid": _dashed,
    "bytes": bytes,
    "time": _aware,
    "bool": bool,
    "json": json.loads,
}


def as_texts(ids: Iterable[object]) -> list[str]:
    """Return ids as the plain text that pipelines take, ascending and without repeats (the lock order)."""
    return sorted({str(one) for one in ids})
