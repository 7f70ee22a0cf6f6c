"""Whatever Eve does once to any stream of any log is found, and the first bad entry is named.

Without a secret of ours Eve can compute hashes too, so she is drawn as one who spoils blindly, one who makes hashes fit
where she was, and one who rewrites everything after it: against her stand the checkpoints.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from server.audit.rules.actions import ACTIONS, OUTCOMES, PURPOSES
from server.audit.rules.chain import Head, Link, hash_link, start_stream
from server.audit.rules.checkpoints import Checkpoint, UnreadableLine, read_line, write_line
from server.audit.rules.entries import Entry
from server.audit.rules.verifying import Wrong
from tests.unit.audit.ledgers import (
    NORTH,
    NOW,
    SOUTH,
    MemoryLedger,
    change_column,
    find_faults,
    make_entry,
    name_faults,
)

ENTRIES = st.builds(
    make_entry,
    st.sampled_from((NORTH, SOUTH)),
    action=st.sampled_from(sorted(ACTIONS)),
    purpose=st.sampled_from(sorted(PURPOSES)),
    outcome=st.sampled_from(OUTCOMES),
    subject_id=st.none() | st.uuids(),
    object_id=st.none() | st.uuids(),
    acting_for_id=st.none() | st.uuids(),
    session_id=st.none() | st.uuids(),
    authorisation_id=st.none() | st.uuids(),
    emergency=st.booleans(),
    shown_from=st.none() | st.integers(0, 10**15).map(lambda step: NOW + timedelta(microseconds=step)),
)
VALUES: dict[type, st.SearchStrategy[Any]] = {
    UUID: st.uuids(),
    str: st.text(st.characters(codec="utf-8"), max_size=20),
    bool: st.booleans(),
    bytes: st.binary(min_size=32, max_size=32),
    type(NOW): st.integers(-(10**15), 10**15).map(lambda step: NOW + timedelta(microseconds=step)),
}


def make_log(entries: list[Entry]) -> MemoryLedger:
    """Return a log that holds at least one entry in the north."""
    ledger = MemoryLedger()
    ledger.record(make_entry(), *entries)
    return ledger


LOGS = st.lists(ENTRIES, max_size=12).map(make_log)


def draw_place(ledger: MemoryLedger, data: st.DataObject) -> tuple[UUID, int]:
    """Return a stream and the index of one of its entries."""
    stream_id = data.draw(st.sampled_from(sorted(ledger.links)))
    return stream_id, data.draw(st.integers(0, len(ledger.links[stream_id]) - 1))


def rewrite(links: list[Link], start: Head) -> Head:
    """Number and chain links anew, as one does who owns the database; return the head that fits them."""
    for at, link in enumerate(links):
        made = link._replace(number=start.number + 1, prev_hash=start.hash)
        links[at] = made._replace(hash=hash_link(made))
        start = Head(made.number, links[at].hash)
    return start


@given(LOGS)
def test_a_log_that_nobody_touched_has_no_fault(ledger: MemoryLedger) -> None:
    assert name_faults(ledger, *(ledger.sign(stream_id) for stream_id in ledger.heads)) == []


@given(LOGS, st.data())
def test_any_change_of_any_column_is_named(ledger: MemoryLedger, data: st.DataObject) -> None:
    stream_id, at = draw_place(ledger, data)
    link = ledger.links[stream_id][at]
    name = data.draw(st.sampled_from([one for one in Link._fields if one != "number"]))
    held = getattr(link, name)
    value = data.draw(VALUES[UUID if held is None else type(held)] | st.none())
    assume(value != held and not (name == "stream_id" and value is None))
    ledger.links[stream_id][at] = change_column(link, name, value)
    assert [(one.stream_id, one.number) for one in find_faults(ledger)] == [(stream_id, at + 1)]


@given(LOGS, st.data())
def test_any_hole_is_named(ledger: MemoryLedger, data: st.DataObject) -> None:
    stream_id, at = draw_place(ledger, data)
    del ledger.links[stream_id][at]
    assert name_faults(ledger) == [(stream_id, at + 1, Wrong.MISSING)]


@given(LOGS, ENTRIES, st.booleans(), st.data())
def test_anything_put_between_is_named(ledger: MemoryLedger, entry: Entry, fits: bool, data: st.DataObject) -> None:
    stream_id, at = draw_place(ledger, data)
    links = ledger.links[stream_id]
    before = Head(at, links[at - 1].hash) if at else start_stream(stream_id)
    put = MemoryLedger(heads={stream_id: before})
    put.record(replace(entry, stream_id=stream_id))
    (new,) = put.links[stream_id]
    assume(new.hash != links[at].hash)
    new = new if fits else new._replace(hash=b"\0" * 32)
    links[at:] = [new, *(one._replace(number=one.number + 1) for one in links[at:])]
    # One whose hash is made to fit is no worse than a true one, seen from before it: what follows gives it away.
    assert [(one.stream_id, one.number) for one in find_faults(ledger)] == [(stream_id, at + 2 if fits else at + 1)]


@given(LOGS, st.data())
def test_any_two_that_change_places_are_named(ledger: MemoryLedger, data: st.DataObject) -> None:
    stream_id, at = draw_place(ledger, data)
    links = ledger.links[stream_id]
    other = data.draw(st.integers(0, len(links) - 1))
    assume(other != at)
    first, second = links[at], links[other]
    links[at], links[other] = second._replace(number=first.number), first._replace(number=second.number)
    assert name_faults(ledger) == [(stream_id, min(at, other) + 1, Wrong.CHANGED)]


Spoiling = Callable[[list[Link], int], object]
SPOILINGS: dict[str, Spoiling] = {
    "changed": lambda links, at: links.__setitem__(at, links[at]._replace(emergency=not links[at].emergency)),
    "deleted": lambda links, at: links.pop(at),
    "inserted": lambda links, at: links.insert(at, links[at]._replace(purpose="complaint", actor_role="expert")),
    "cut": lambda links, at: links.__delitem__(slice(at, None)),
    "reversed": lambda links, at: links.__setitem__(slice(at, None), links[at:][::-1]),
}


@given(LOGS, st.sampled_from(sorted(SPOILINGS)), st.data())
def test_who_rewrites_all_that_follows_is_found_by_the_checkpoints(
    ledger: MemoryLedger, how: str, data: st.DataObject
) -> None:
    stream_id, at = draw_place(ledger, data)
    links = ledger.links[stream_id]
    true = list(links)
    signed = sorted(data.draw(st.sets(st.integers(1, len(links)))) | {len(links)})
    checkpoints = [Checkpoint(stream_id, number, links[number - 1].hash, NOW, "kek", b"signed") for number in signed]
    SPOILINGS[how](links, at)
    ledger.heads[stream_id] = rewrite(links, start_stream(stream_id))
    assume([one.hash for one in links] != [one.hash for one in true])
    assert name_faults(ledger) == [], "the chain alone cannot tell"
    (fault,) = find_faults(ledger, *checkpoints)
    first = next(number for number in range(1, len(true) + 1) if [*links, *[None] * 99][number - 1] != true[number - 1])
    assert fault.good_upto is not None
    assert fault.good_upto < first <= fault.number


@given(LOGS, st.data())
def test_a_stream_that_is_gone_is_found_by_its_checkpoint(ledger: MemoryLedger, data: st.DataObject) -> None:
    stream_id = data.draw(st.sampled_from(sorted(ledger.heads)))
    checkpoint = ledger.sign(stream_id)
    del ledger.heads[stream_id], ledger.links[stream_id]
    assert name_faults(ledger, checkpoint) == [(stream_id, 1, Wrong.MISSING)]


@given(st.uuids(), st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_a_checkpoint_comes_back_from_its_line(stream_id: UUID, number: int, hash_: bytes, signature: bytes) -> None:
    checkpoint = Checkpoint(stream_id, number, hash_, NOW, "kek-1", signature)
    assert read_line(write_line(checkpoint)) == checkpoint


@given(LOGS, st.data())
def test_one_character_of_a_line_changed_and_it_says_something_else_or_nothing(
    ledger: MemoryLedger, data: st.DataObject
) -> None:
    checkpoint = replace(ledger.sign(), signature=b"s" * 64)
    line = list(write_line(checkpoint).rstrip("\n"))
    at = data.draw(st.integers(0, len(line) - 1))
    line[at] = data.draw(st.characters(codec="ascii"))
    try:
        found = read_line("".join(line))
    except UnreadableLine:
        return
    # Another spelling of the same (an upper-case digit, say) is the same checkpoint and signed as such.
    assert found == checkpoint or (found.encode(), found.signature) != (checkpoint.encode(), checkpoint.signature)
