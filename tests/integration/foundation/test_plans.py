"""PostgreSQL keeps the plan of a prepared statement; one made for an empty table must not outlive it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from server.foundation import postgres
from server.foundation.database import open_pipeline

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans each time"),
]
ROWS = 5_000


@pytest.fixture
def grown() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE grown (talk int, seq int, body text, PRIMARY KEY (talk, seq)); ANALYZE grown")
        postgres._prepared.pop(connection.connection, None)  # it comes from a pool: count from here
        yield
        cursor.execute("DROP TABLE grown")


def read_places(places: list[tuple[int, int]]) -> list[tuple[str, ...]]:
    talks, seqs = zip(*places, strict=True)
    with open_pipeline() as pipeline:
        return pipeline.ask(
            "SELECT body FROM grown JOIN unnest(%(talks)s::int[], %(seqs)s::int[]) AS place(talk, seq) "
            "ON grown.talk = place.talk AND grown.seq = place.seq ORDER BY body",
            {"talks": talks, "seqs": seqs},
            "text",
        ).rows()


def read_plan() -> str:
    """Return the plan that the connection keeps for that statement."""
    prepared = postgres._prepared[connection.connection]
    name = next(name for sql, name in prepared.names.items() if "FROM grown" in sql).decode()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN EXECUTE {name}(ARRAY[1], ARRAY[1])")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_plans_are_made_anew_as_a_connection_grows_older(grown: None) -> None:
    assert read_places([(1, 1)]) == []
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO grown SELECT n, 1, 'text ' || n FROM generate_series(1, %s) AS n", [ROWS])
    assert "Join Filter" in read_plan(), "the plan of the empty table does not read all of it: this proves nothing"
    for _ in range(postgres._FIRST_PLANS):
        assert read_places([(4, 1), (9, 1), (9, 2)]) == [("text 4",), ("text 9",)]
    assert "Join Filter" not in read_plan()
    assert "Index Cond: ((talk = place.talk) AND (seq = place.seq))" in read_plan()


def test_that_happens_ever_more_rarely() -> None:
    prepared = postgres._Prepared()
    anew = [run for run in range(1, 1_000) if prepared.must_plan_anew()]
    assert anew == [16, 32, 64, 128, 256, 512]
