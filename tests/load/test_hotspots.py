"""The profile's arithmetic: what happened between two dumps, given to the right part of the house."""

import marshal
from pathlib import Path

import pytest

from tests.load.hotspots import summarise_profile

ACCEPT = ("/app/server/chat/actions/accept.py", 1, "accept_messages")
ENCODE = ("/app/server/foundation/json_codec.py", 2, "encode")
LENGTH = ("~", 0, "<built-in method builtins.len>")


def dump(path: Path, *threads: dict[object, object]) -> Path:
    """Write a dump as the profiled server does: one dictionary for each thread."""
    path.write_bytes(marshal.dumps(list(threads)))
    return path


def make_entry(calls: int, own: float, callers: dict[object, float] | None = None) -> tuple[object, ...]:
    """Return cProfile's numbers of one function."""
    return (calls, calls, own, own, {name: (1, 1, own, own) for name, own in (callers or {}).items()})


def test_counts_what_lies_between_the_dumps_over_all_threads(tmp_path: Path) -> None:
    before = dump(tmp_path / "1", {ACCEPT: make_entry(10, 5.0)})
    after = dump(tmp_path / "2", {ACCEPT: make_entry(30, 6.0)}, {ENCODE: make_entry(20, 0.5)})

    summary = summarise_profile(before, after, messages=10)

    assert summary["parts"] == pytest.approx({"server/chat": 100_000, "JSON": 50_000})
    assert [(row["function"], row["calls"]) for row in summary["own_time"]] == [
        ("server/chat/actions/accept.py:1 accept_messages", 20),
        ("server/foundation/json_codec.py:2 encode", 20),
    ]


def test_a_builtin_counts_for_those_who_called_it(tmp_path: Path) -> None:
    nothing = dump(tmp_path / "1")
    callers: dict[object, float] = {ACCEPT: 0.75, ENCODE: 0.25}
    after = dump(tmp_path / "2", {LENGTH: make_entry(4, 1.0, callers)})

    parts = summarise_profile(nothing, after, messages=1)["parts"]

    assert parts["server/chat"] == pytest.approx(750_000)
    assert parts["JSON"] == pytest.approx(250_000)
