"""PostgreSQL's side of `foundation.database`: prepared statements sent as one libpq pipeline, read in one go.

psycopg's own pipeline mode talks to the server after every statement (measured: 17 waits for the ten statements of
the accept path). `psycopg.pq`, its documented libpq layer, lets all of them leave together.
"""

from __future__ import annotations

import re
import select
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result

from server.foundation.postgres_values import READERS, Encoder, find_encoder

Row = tuple[Any, ...]
Columns = Mapping[str, str]
Shared = Mapping[str, tuple[str, Any]]
TransactionStatus = pq.TransactionStatus

_numbers = count()
_prepared: WeakKeyDictionary[psycopg.Connection[Any], _Prepared] = WeakKeyDictionary()
_FIRST_PLANS = 16  # pipelines of a connection; then 32, 64 …
_GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK, pq.ExecStatus.EMPTY_QUERY)


class _Prepared:
    """The statements prepared on one connection, by their text, and when their plans have served their time.

    PostgreSQL keeps a plan until the next ANALYZE. One made while a table was empty may read it from end to end, and
    does so while the table grows (measured: 25 ms for 25 messages among 20,000). So all are made anew after 16, 32,
    64 … pipelines: what is young grows fast, and what is old costs nothing.
    """

    def __init__(self) -> None:
        self.names: dict[str, bytes] = {}
        self._runs, self._next = 0, _FIRST_PLANS

    def must_plan_anew(self) -> bool:
        """Count one pipeline; tell whether its statements should be planned anew."""
        self._runs += 1
        if self._runs < self._next:
            return False
        self._next *= 2
        return True


class PostgresAnswer:
    """The rows of a statement of a pipeline."""

    def __init__(self, pipeline: PostgresPipeline, kinds: Sequence[str]) -> None:
        self._pipeline, self._kinds = pipeline, kinds
        self.result: pq.abc.PGresult | None = None
        self._rows: list[Row] | None = None

    def rows(self) -> list[Row]:
        """Return the rows; runs the pipeline first if it has not run."""
        if self._rows is None:
            self._rows = self._read()
        return self._rows

    def _read(self) -> list[Row]:
        if self.result is None:
            self._pipeline.run()
        result = self.result
        if result is None:
            raise RuntimeError("the pipeline ran without this statement")
        readers = [READERS[kind] for kind in self._kinds]
        columns = range(len(readers))
        values = result.get_value
        return [
            tuple([None if (raw := values(row, at)) is None else readers[at](raw) for at in columns])
            for row in range(result.ntuples)
        ]


class PostgresPipeline:
    """Statements waiting to be sent together on one connection, by the thread that owns it.

    With `in_block` the pipeline belongs to the outermost transaction of its connection: it sends BEGIN where nobody
    has yet, and `commit()` counts. Inserts and updates that follow one another travel as one statement.
    """

    def __init__(self, raw: psycopg.Connection[Any], *, in_block: bool) -> None:
        self._raw, self._in_block = raw, in_block
        self._waiting: list[tuple[str, list[bytes | None], PostgresAnswer | None]] = []
        self._written: dict[str, _Shape] = {}  # by table: writes that will travel as one statement
        self._values: list[Any] = []

    def ask(self, sql: str, params: Mapping[str, Any], kinds: str) -> PostgresAnswer:
        """Queue a query."""
        answer = PostgresAnswer(self, kinds.split())
        self._queue(sql, params, answer)
        return answer

    def tell(self, sql: str, params: Mapping[str, Any]) -> None:
        """Queue a statement."""
        self._queue(sql, params, None)

    def insert(
        self, table: str, columns: Columns, rows: Sequence[Row], *, shared: Shared | None = None, conflict: str = ""
    ) -> None:
        """Queue an insert of all rows."""
        if rows:
            alike = shared or {}
            types = tuple([(name, kind) for name, (kind, _) in alike.items()])
            values = [value for _, value in alike.values()]
            self._write(
                _Shape("insert", table, tuple(columns.items()), 0, types, conflict, _count_few(rows)), rows, values
            )

    def update(self, table: str, keys: Columns, values: Columns, rows: Sequence[Row]) -> None:
        """Queue an update of all rows."""
        if rows:
            columns = (*keys.items(), *values.items())
            self._write(_Shape("update", table, columns, len(keys), (), "", _count_few(rows)), rows, [])

    def delete(self, table: str, keys: Columns, rows: Sequence[Row]) -> None:
        """Queue a delete of all rows."""
        if rows:
            self._join_writes()
            self._write(_Shape("delete", table, tuple(keys.items()), len(keys), (), "", _count_few(rows)), rows, [])
            self._join_writes()

    def commit(self) -> None:
        """Queue the COMMIT, if the transaction is the outermost one and not PostgreSQL's own for a single statement."""
        if self._in_block:
            self._queue("COMMIT", {}, None)

    def run(self) -> None:
        """Send what is queued and read every answer. Raises psycopg's error of the first statement that failed."""
        self._join_writes()
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        if self._raw.closed:
            raise psycopg.OperationalError("the connection is closed")
        pgconn = self._raw.pgconn
        pgconn.enter_pipeline_mode()
        try:
            expected = self._send(pgconn, waiting)
            results = _read_until_sync(pgconn)
        finally:
            _leave(pgconn)
        self._settle(results, expected)

    def _queue(self, sql: str, params: Mapping[str, Any], answer: PostgresAnswer | None) -> None:
        self._join_writes()
        alone = tuple([name for name in _find_lists(sql) if len(params[name]) == 1])
        numbered, encoders = _compile(sql, alone)
        self._waiting.append((numbered, [encode(params[name]) for name, encode in encoders], answer))

    def _write(self, shape: _Shape, rows: Sequence[Row], alike: list[Any]) -> None:
        if shape.table in self._written:
            self._join_writes()  # one statement sees its tables as they were before it: never one table twice
        self._written[shape.table] = shape
        self._values += alike
        if shape.few:
            for row in rows:
                self._values += row
        else:
            self._values += zip(*rows, strict=True)

    def _join_writes(self) -> None:
        if self._written:
            sql, encoders = _write_statement(tuple(self._written.values()))
            encoded = [encode(value) for encode, value in zip(encoders, self._values, strict=True)]
            self._waiting.append((sql, encoded, None))
            self._written, self._values = {}, []

    def _send(
        self, pgconn: pq.abc.PGconn, waiting: Sequence[tuple[str, list[bytes | None], PostgresAnswer | None]]
    ) -> list[PostgresAnswer | None]:
        expected: list[PostgresAnswer | None] = []
        prepared = _prepared.setdefault(self._raw, _Prepared())
        names = prepared.names
        if prepared.must_plan_anew():
            waiting = [("DISCARD PLANS", [], None), *waiting]
        if self._in_block and pgconn.transaction_status == pq.TransactionStatus.IDLE:
            waiting = [("BEGIN", [], None), *waiting]
        for sql, params, answer in waiting:
            name = names.get(sql)
            if name is None:
                name = names[sql] = b"warmlijn_%d" % next(_numbers)
                pgconn.send_prepare(name, sql.encode())
                expected.append(None)
            pgconn.send_query_prepared(name, params)
            expected.append(answer)
        pgconn.pipeline_sync()
        return expected

    def _settle(self, results: Sequence[pq.abc.PGresult], expected: Sequence[PostgresAnswer | None]) -> None:
        for result in results:
            if result.status not in _GOOD:
                if self._raw.pgconn.status == pq.ConnStatus.BAD:
                    raise psycopg.OperationalError("the connection was lost")
                _prepared.pop(self._raw, None)  # some of what was prepared may not be there
                raise error_from_result(result)
        for result, answer in zip(results, expected, strict=True):
            if answer is not None:
                answer.result = result


def _read_until_sync(pgconn: pq.abc.PGconn) -> list[pq.abc.PGresult]:
    """Return the result of each statement. Waits in `poll`, which lets the other threads run."""
    results: list[pq.abc.PGresult] = []
    poll = select.poll()
    poll.register(pgconn.socket, select.POLLIN)
    while pgconn.flush():
        poll.modify(pgconn.socket, select.POLLIN | select.POLLOUT)
        poll.poll()
        pgconn.consume_input()
    poll.modify(pgconn.socket, select.POLLIN)
    while True:
        while pgconn.is_busy():
            poll.poll()
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            if pgconn.status == pq.ConnStatus.BAD:
                raise psycopg.OperationalError("the connection was lost")
            continue
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)
        if result.status == pq.ExecStatus.FATAL_ERROR and pgconn.status == pq.ConnStatus.BAD:
            return results


def _leave(pgconn: pq.abc.PGconn) -> None:
    if pgconn.status == pq.ConnStatus.OK and pgconn.pipeline_status != pq.PipelineStatus.OFF:
        pgconn.exit_pipeline_mode()


# --- statements from tables of columns; every name in them is written in the code

_FEW_ROWS = 2  # what one message writes anywhere when two people talk


class _Shape(NamedTuple):
    """An insert, update or delete without its values. The first `keys` columns find a row; `shared` is alike in all.

    With `few` there are that many rows, as VALUES: for PostgreSQL much cheaper than arrays, but each number of rows
    is a statement of its own. Otherwise each column is one array, whatever the number of rows.
    """

    word: str
    table: str
    columns: tuple[tuple[str, str], ...]
    keys: int
    shared: tuple[tuple[str, str], ...]
    conflict: str
    few: int


def _count_few(rows: Sequence[Row]) -> int:
    return len(rows) if len(rows) <= _FEW_ROWS else 0


@lru_cache(maxsize=512)
def _write_statement(shapes: tuple[_Shape, ...]) -> tuple[str, list[Encoder]]:
    """Return one statement for all, and the encoder of each parameter: those alike first, then row by row or column
    by column. PostgreSQL runs every data-modifying part of a WITH to its end."""
    kinds: list[str] = []

    def mark(kind: str) -> str:
        kinds.append(kind)
        return f"${len(kinds)}::{kind}"

    parts = [_write_part(shape, mark) for shape in shapes]
    before = ", ".join(f"part{at} AS ({part})" for at, part in enumerate(parts[:-1]))
    return f"WITH {before} {parts[-1]}" if before else parts[-1], [find_encoder(kind) for kind in kinds]


def _write_part(shape: _Shape, mark: Callable[[str], str]) -> str:
    table, names = shape.table, [name for name, _ in shape.columns]
    alike = [mark(kind) for _, kind in shape.shared]
    if shape.few:
        rows = [[*(mark(kind) for _, kind in shape.columns), *alike] for _ in range(shape.few)]
        given = "VALUES " + ", ".join(f"({', '.join(row)})" for row in rows)
    else:
        arrays = ", ".join([mark(f"{kind}[]") for _, kind in shape.columns])
        given = f"SELECT {', '.join(['given.*', *alike])} FROM unnest({arrays}) AS given"
    if shape.word == "insert":
        columns = ", ".join([*names, *(name for name, _ in shape.shared)])
        return f"INSERT INTO {table} ({columns}) {given} {shape.conflict}"
    given = f"({given}) AS given({', '.join(names)})"
    where = " AND ".join(f"{table}.{name} = given.{name}" for name in names[: shape.keys])
    if shape.word == "delete":
        return f"DELETE FROM {table} USING {given} WHERE {where}"
    parts = ", ".join(f"{name} = given.{name}" for name in names[shape.keys :])
    return f"UPDATE {table} SET {parts} FROM {given} WHERE {where}"


_PARAMETER = re.compile(r"%\((\w+)\)s::(\w+(?:\[\])?)")
_ANY = re.compile(r"= ANY\(%\((\w+)\)s::(\w+)\[\]\)")


@lru_cache(maxsize=512)
def _find_lists(sql: str) -> tuple[str, ...]:
    """Return the names of the parameters that a column is compared with any of."""
    return tuple(dict.fromkeys(name for name, _ in _ANY.findall(sql)))


@lru_cache(maxsize=1024)
def _compile(sql: str, alone: tuple[str, ...]) -> tuple[str, list[tuple[str, Encoder]]]:
    """Return the statement with `$1::type`, and the name and encoder of each numbered parameter.

    The lists named in `alone` hold one item each: `= ANY` becomes `=`, which PostgreSQL plans and runs for a third
    less than a list whose length it does not know.
    """
    order: list[tuple[str, str]] = []

    def number(match: re.Match[str]) -> str:
        found = (match[1], match[2])
        if found not in order:
            order.append(found)
        return f"${order.index(found) + 1}::{match[2]}"

    sql = _ANY.sub(lambda match: f"= %({match[1]})s::{match[2]}" if match[1] in alone else match[0], sql)
    numbered = _PARAMETER.sub(number, sql)
    return numbered, [
        (name, _first_encoder(kind) if name in alone and kind[-1] != "]" else find_encoder(kind))
        for name, kind in order
    ]


def _first_encoder(kind: str) -> Encoder:
    encode = find_encoder(kind)
    return lambda values: encode(values[0])
