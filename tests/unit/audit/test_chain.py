"""The encoding that is hashed says one thing only, and never changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from server.audit.rules.chain import Link, chain_entries, hash_link, start_stream
from server.audit.rules.framing import frame
from tests.unit.audit.ledgers import NORTH, NOW, SOUTH, change_column, make_entry

START = "baf915d39ab141b5aee21114134e38a7a7f7eb606fe709ec17c466e71e9adfbb"
FIRST = "bf43627e6bbb461fca5b11c82ae128c715361cbc06848357561495e8d0be1d4c"
SECOND = "4f2c067b014857809c553fca963bcba0f0646197544781d9f466dc882bf45152"


def test_an_entry_recorded_long_ago_still_has_its_hash() -> None:
    first, second = chain_entries(start_stream(NORTH), [make_entry(), make_entry(emergency=True)], now=NOW)
    assert first.prev_hash.hex() == START
    assert (first.number, first.hash.hex()) == (1, FIRST)
    assert (second.number, second.prev_hash, second.hash.hex()) == (2, first.hash, SECOND)


def test_every_column_counts() -> None:
    (link,) = chain_entries(start_stream(NORTH), [make_entry(shown_from=NOW)], now=NOW)
    other = {
        UUID: SOUTH,
        int: 9,
        str: "other",
        bool: True,
        bytes: b"\0" * 32,
        datetime: NOW + timedelta(microseconds=1),
    }
    for name in Link._fields[:-1]:
        value = getattr(link, name)
        changed = change_column(link, name, SOUTH if value is None else other[type(value)])
        assert changed != link, name
        assert hash_link(changed) != link.hash, name
        if value is not None:
            assert hash_link(change_column(link, name, None)) != link.hash, name


def test_a_stream_begins_with_its_name() -> None:
    assert start_stream(NORTH) == start_stream(str(NORTH))
    assert start_stream(NORTH) != start_stream(SOUTH)


def test_values_cannot_run_into_one_another() -> None:
    framed = [
        frame("a", "b", "c"),
        frame("a", "bc"),
        frame("a", "bc", ""),
        frame("a", "bc", None),
        frame("ab", "c"),
        frame("a", b"bc"),
        frame("a", 1),
        frame("a", True),
        frame("a", UUID(int=1)),
        frame("a", UUID(int=1).bytes),
    ]
    assert len(set(framed)) == len(framed)


def test_an_instant_is_one_whatever_zone_it_is_written_in() -> None:
    elsewhere = NOW.astimezone(datetime.strptime("+0100", "%z").tzinfo)
    assert frame("a", elsewhere) == frame("a", NOW)
    assert frame("a", NOW) != frame("a", NOW + timedelta(microseconds=1))
    assert frame("a", datetime(1969, 1, 1, tzinfo=UTC)) != frame("a", datetime(1971, 1, 1, tzinfo=UTC))
