"""The real server with one part replaced: `python -m tests.faults.broken_server FLAW serve …`.

Each flaw takes away what one promise rests on. Where a constraint of the database would still save the day,
the control that uses the flaw drops it in that database (`PREPARATIONS`). Nothing else of the product changes:
the same commands run, and what is not named here is the code that ships.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from random import Random
from types import ModuleType
from typing import Any

import django
from django.core.management import execute_from_command_line

PAUSE_SECONDS = 0.03
NAIVE_SEQUENCE = "faults_naive_position"
RAISE_HEAD = """
UPDATE realtime_userstream SET head = greatest(head, %(position)s::bigint) WHERE user_id = %(user)s::uuid
"""

# What must go from the database for a flaw to show, or what the flaw needs there.
PREPARATIONS: Mapping[str, str] = {
    "naive-cursor": f"CREATE SEQUENCE {NAIVE_SEQUENCE} START 1000",
    "no-unique-key": "ALTER TABLE chat_message DROP CONSTRAINT message_client_id_once",
    "no-row-lock": "ALTER TABLE chat_message DROP CONSTRAINT message_seq_once",
}

_random = Random(1)


def break_naive_cursor() -> None:
    """Hand out positions from a sequence, without the stream's lock, as `id > cursor` over a serial does."""
    streams, accept = import_module("server.realtime.streams"), import_module("server.chat.actions.accept")
    original: Callable[..., Any] = streams.place_events

    def place_events(pipeline: Any, heads: Mapping[str, Any], drafts: Sequence[Any], **rest: Any) -> Any:
        numbers = iter(_take_positions(pipeline, len(drafts)))
        naive = {user: _NaiveHead(head.epoch, numbers) for user, head in heads.items()}
        return original(_HeadRaiser(pipeline), naive, drafts, **rest)

    _replace(streams, "_LOCK_SQL", streams._LOCK_SQL.replace(" FOR NO KEY UPDATE", ""))
    _replace(streams, "_LOCK_OF_SQL", streams._LOCK_OF_SQL.replace(" FOR NO KEY UPDATE OF stream", ""))
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


def break_no_gate() -> None:
    """Take every gate for open when a message is accepted."""
    batch = import_module("server.chat.actions.accept")._Batch
    read = batch.read

    def read_without_gates(self: Any) -> None:
        read(self)
        for conversation in self.conversations.values():
            for person, member in conversation.members.items():
                conversation.members[person] = replace(member, state="open")

    _replace(batch, "read", read_without_gates)


def break_no_reconciler() -> None:
    """Compare no heads by the clock: what a lost poke hid stays hidden until the client's next ping."""
    keeper = import_module("server.realtime.keeping").Keeper

    async def compare_nothing(self: Any) -> None:
        """Do nothing."""

    _replace(keeper, "reconcile", compare_nothing)


def break_help_without_row() -> None:
    """Answer who presses the help button before anything is kept, and keep nothing."""
    edge, transaction = import_module("server.safety.api.help"), import_module("django.db.transaction")
    original: Callable[..., Any] = edge.press_help

    def press_help(**given: Any) -> Any:
        with transaction.atomic():
            pressed = original(**given)
            transaction.set_rollback(True)
        return pressed

    _replace(edge, "press_help", press_help)


FLAWS: Mapping[str, Callable[[], None]] = {
    "naive-cursor": break_naive_cursor,
    "no-unique-key": break_no_unique_key,
    "no-row-lock": break_no_row_lock,
    "no-reconciler": break_no_reconciler,
    "no-gate": break_no_gate,
    "help-without-row": break_help_without_row,
}


class _NaiveHead:
    """A stream's head that goes to the sequence's next number whenever it is moved."""

    def __init__(self, epoch: str, numbers: Iterator[int]) -> None:
        self.epoch, self._numbers, self._head = epoch, numbers, 0

    @property
    def head(self) -> int:
        return self._head

    @head.setter
    def head(self, moved: int) -> None:
        self._head = next(self._numbers)


class _Wrapped:
    """A pipeline that does one thing otherwise."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pipeline, name)


class _HeadRaiser(_Wrapped):
    """Never lowers a head: who took a later number may have been here already."""

    def update(self, table: str, keys: Any, values: Any, rows: Sequence[tuple[Any, ...]]) -> None:
        if table != "realtime_userstream":
            self._pipeline.update(table, keys, values, rows)
            return
        for user, position in sorted(rows):
            self._pipeline.tell(RAISE_HEAD, {"user": user, "position": position})


class _Unlocked(_Wrapped):
    """Conversations are read without a lock, and used a moment later."""

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


def _pause(pipeline: Any) -> None:
    """Widen the gap that the flaw opens, every other time; a real one is narrower and hit less often."""
    pipeline.tell("SELECT pg_sleep(%(seconds)s::float)", {"seconds": _random.choice((0.0, PAUSE_SECONDS))})


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
