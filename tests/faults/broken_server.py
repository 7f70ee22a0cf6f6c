"""The real server with one part replaced: `python -m tests.faults.broken_server FLAW serve …`.

Each flaw takes away what one promise rests on. Where a constraint of the database would still save the day,
the control that uses the flaw drops it in that database (`CONSTRAINTS`). Nothing else of the product changes:
the same commands run, and what is not named here is the code that ships.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from random import Random
from types import ModuleType
from typing import Any

import django
from django.core.management import execute_from_command_line
from django.db import transaction

PAUSE_SECONDS = 0.03
NAIVE_SEQUENCE = "faults_naive_position"
RAISE_HEAD = """
UPDATE realtime_userstream SET head = greatest(head, %(position)s::bigint) WHERE user_id = %(user)s::uuid
"""

# What must go from the database for a flaw to show, and what it needs there.
PREPARATIONS: Mapping[str, str] = {
    "naive-cursor": f"CREATE SEQUENCE {NAIVE_SEQUENCE} START 1000",
    "no-unique-key": "ALTER TABLE chat_message DROP CONSTRAINT message_client_id_once",
    "no-row-lock": "ALTER TABLE chat_message DROP CONSTRAINT message_seq_once",
    "no-reconciler": "SELECT 1",
}

_random = Random(1)


def break_naive_cursor() -> None:
    """Hand out positions from a sequence, without the stream's lock, as `id > cursor` over a serial does."""
    streams, accept = import_module("server.realtime.streams"), import_module("server.chat.actions.accept")

    def place_events(
        pipeline: Any,
        heads: Mapping[str, Any],
        drafts: Sequence[Any],
        *,
        now: datetime,
        announce: bool = True,
    ) -> list[Any]:
        known = [draft for draft in streams._newest_per_slot(drafts) if draft.user_id in heads]
        positions = _take_positions(pipeline, len(known))
        epochs = [heads[draft.user_id].epoch for draft in known]
        placed = list(map(streams.PlacedEvent, known, epochs, positions))
        if placed:
            _write_naively(streams, pipeline, placed, now)
        return placed

    _replace(streams, "_LOCK_SQL", streams._LOCK_SQL.replace(" FOR NO KEY UPDATE", ""))
    _replace(streams, "place_events", place_events)
    _replace(accept, "place_events", place_events)


def break_no_unique_key() -> None:
    """Look for no repeats; the control drops the unique key as well."""
    batch = import_module("server.chat.actions.accept")._Batch
    read = batch.read

    def read_without_repeats(self: Any) -> None:
        read(self)
        self.repeats.clear()

    _replace(batch, "read", read_without_repeats)


def break_no_row_lock() -> None:
    """Read a conversation's last number without locking its row; the control drops the second belt too."""
    accept = import_module("server.chat.actions.accept")
    original: Callable[[], Any] = accept.open_pipeline

    @contextmanager
    def open_pipeline() -> Iterator[Any]:
        with original() as pipeline:
            yield _Unlocked(pipeline)

    _replace(accept, "open_pipeline", open_pipeline)


def break_no_reconciler() -> None:
    """Compare no heads by the clock: what a lost poke hid stays hidden until the client's next ping."""
    keeper = import_module("server.realtime.keeping").Keeper

    async def compare_nothing(self: Any) -> None:
        """Do nothing."""

    _replace(keeper, "reconcile", compare_nothing)


FLAWS: Mapping[str, Callable[[], None]] = {
    "naive-cursor": break_naive_cursor,
    "no-unique-key": break_no_unique_key,
    "no-row-lock": break_no_row_lock,
    "no-reconciler": break_no_reconciler,
}


class _Unlocked:
    """A pipeline whose conversations are read without a lock, and used a moment later."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pipeline, name)

    def ask(self, sql: str, params: Mapping[str, Any], kinds: str) -> Any:
        if "FROM chat_conversation" not in sql:
            return self._pipeline.ask(sql, params, kinds)
        answer = self._pipeline.ask(sql.replace(" FOR NO KEY UPDATE", ""), params, kinds)
        _pause(self._pipeline)
        return answer


def _take_positions(pipeline: Any, count: int) -> list[int]:
    """Take numbers that nobody else gets, and dawdle: who takes later may commit sooner."""
    numbers = f"SELECT nextval('{NAIVE_SEQUENCE}') FROM generate_series(1, %(count)s::int)"
    taken = pipeline.ask(numbers, {"count": count}, "int")
    _pause(pipeline)
    return [position for (position,) in taken.rows()]


def _write_naively(streams: Any, pipeline: Any, placed: list[Any], now: datetime) -> None:
    """Insert the events and raise the heads, never lowering one."""
    streams._clear_slots(pipeline, placed)
    pipeline.insert("realtime_userevent", streams._EVENT_COLUMNS, streams._event_rows(placed, now))
    moved = {event.draft.user_id: event.pos for event in placed}
    for user, position in sorted(moved.items()):
        pipeline.tell(RAISE_HEAD, {"position": position, "user": user})
    transaction.on_commit(lambda: streams.announce_heads(moved))


def _pause(pipeline: Any) -> None:
    """Widen the gap that the flaw opens; a real one is narrower and hit less often."""
    pipeline.tell("SELECT pg_sleep(%(seconds)s::float)", {"seconds": _random.uniform(0, PAUSE_SECONDS)})


def _replace(owner: ModuleType | type, name: str, value: Any) -> None:
    """Replace a part that exists. Raises: AttributeError when the product has moved it."""
    getattr(owner, name)
    setattr(owner, name, value)


def main() -> None:
    """Break the product and run its command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.settings")
    django.setup()
    FLAWS[sys.argv[1]]()
    execute_from_command_line(["server", *sys.argv[2:]])


if __name__ == "__main__":
    main()
