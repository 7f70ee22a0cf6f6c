"""A log line holds ids and numbers; never what a person wrote, nor what opens a door."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from server.foundation.logs import configure_logs, get_logger, redact_fields

SECRETS = ["authorization", "body", "code", "email", "key", "name", "password", "push_token", "ticket", "token", "text"]
CANARY = "plaintext-canary"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the process writes to standard error, through the real chain."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    configure_logs()
    stream = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    root.setLevel(logging.INFO)
    yield stream
    root.handlers, root.level = before, level


def read(lines: io.StringIO) -> list[dict[str, Any]]:
    """Return the entries, each of them one line of JSON."""
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_an_entry_is_one_line_of_json(lines: io.StringIO) -> None:
    get_logger("server.room").info("thing_happened", count=3, person="an-id")
    (entry,) = read(lines)
    assert {name: entry[name] for name in ("event", "level", "logger", "count", "person")} == {
        "event": "thing_happened",
        "level": "info",
        "logger": "server.room",
        "count": 3,
        "person": "an-id",
    }
    assert entry["at"].endswith("Z")


@pytest.mark.parametrize("name", SECRETS)
def test_a_field_of_a_telling_name_is_never_shown(lines: io.StringIO, name: str) -> None:
    get_logger("server.room").warning("thing_happened", **{name: CANARY})
    assert CANARY not in lines.getvalue()
    assert read(lines)[0][name] == "[redacted]"


def test_neither_is_one_inside_another(lines: io.StringIO) -> None:
    get_logger("server.room").warning("thing_happened", draft={"seq": 1, "body": CANARY}, drafts=[{"body": CANARY}])
    assert CANARY not in lines.getvalue()
    assert read(lines)[0]["draft"] == {"seq": 1, "body": "[redacted]"}


def fail(body: str) -> None:
    """Fail with a text at hand: as a local, and in the message, as a database error has it."""
    token = body + "!"
    raise ValueError(f"cannot store {body}: {len(token)}")


@pytest.mark.parametrize("logger", ["ours", "somebody else's"])
def test_a_traceback_shows_where_and_not_what(lines: io.StringIO, logger: str) -> None:
    try:
        fail(CANARY)
    except ValueError as problem:
        if logger == "ours":
            get_logger("server.room").error("failed", exc_info=problem)
        else:
            logging.getLogger("vendor").error("failed", exc_info=problem)
    assert CANARY not in lines.getvalue()
    (entry,) = read(lines)
    stack = entry["exception"][-1]
    assert stack["exc_type"] == "ValueError"
    assert stack["frames"][-1]["name"] == "fail"
    assert stack["frames"][-1]["lineno"] > 0


def test_neither_do_the_causes_nor_a_group(lines: io.StringIO) -> None:
    try:
        try:
            fail(CANARY)
        except ValueError as cause:
            raise ExceptionGroup(CANARY, [KeyError(CANARY)]) from cause
    except ExceptionGroup as problem:
        problem.add_note(CANARY)
        get_logger("server.room").error("failed", exc_info=problem)
    assert CANARY not in lines.getvalue()


def test_what_is_plain_stays() -> None:
    entry = {"event": "x", "conversation": "id", "nobody": 1, "hostname": "h"}
    assert redact_fields(None, "info", dict(entry)) == entry
