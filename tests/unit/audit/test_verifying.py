"""Eve spoils a log in every way she can think of; the verifier names the first bad entry."""

from __future__ import annotations

import dataclasses

import pytest

from server.audit.rules import verifying
from server.audit.rules.chain import Head, chain_entries, hash_link, start_stream
from server.audit.rules.verifying import Wrong, check_streams
from tests.unit.audit.ledgers import ADA, NORTH, NOW, SOUTH, MemoryLedger, find_faults, make_entry, name_faults


@pytest.fixture(params=[2, 500])
def ledger(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> MemoryLedger:
    """Five entries in the north, two in the south; read in pages of two, and in one page."""
    monkeypatch.setattr(verifying, "PAGE", request.param)
    made = MemoryLedger()
    made.record(*[make_entry() for _ in range(5)], *[make_entry(SOUTH) for _ in range(2)])
    return made


def test_a_log_that_nobody_touched_has_no_fault(ledger: MemoryLedger) -> None:
    assert name_faults(ledger, ledger.sign(), ledger.sign(SOUTH)) == []
    assert [(one.stream_id, one.good) for one in check_streams(ledger)] == [(NORTH, 5), (SOUTH, 2)]
    assert name_faults(MemoryLedger()) == []


@pytest.mark.parametrize("at", range(5))
def test_a_change_is_named(ledger: MemoryLedger, at: int) -> None:
    links = ledger.links[NORTH]
    links[at] = links[at]._replace(actor_id=ADA)
    assert name_faults(ledger) == [(NORTH, at + 1, Wrong.CHANGED)]
    assert [one.good for one in check_streams(ledger)] == [at, 2]


@pytest.mark.parametrize("at", range(4))
def test_a_change_with_a_hash_of_its_own_is_found_at_the_next(ledger: MemoryLedger, at: int) -> None:
    links = ledger.links[NORTH]
    changed = links[at]._replace(actor_id=ADA)
    links[at] = changed._replace(hash=hash_link(changed))
    assert name_faults(ledger) == [(NORTH, at + 2, Wrong.UNFITTING)]


@pytest.mark.parametrize("at", range(5))
def test_a_hole_is_named_the_tail_included(ledger: MemoryLedger, at: int) -> None:
    del ledger.links[NORTH][at]
    assert name_faults(ledger) == [(NORTH, at + 1, Wrong.MISSING)]


def test_an_entry_beyond_the_head_is_named(ledger: MemoryLedger) -> None:
    ledger.links[NORTH] += chain_entries(ledger.heads[NORTH], [make_entry()], now=NOW)
    assert name_faults(ledger) == [(NORTH, 6, Wrong.BEYOND_HEAD)]


@pytest.mark.parametrize("number", [0, -7])
def test_nothing_hides_before_the_first(ledger: MemoryLedger, number: int) -> None:
    hidden = ledger.links[NORTH][0]._replace(number=number)
    ledger.links[NORTH].insert(0, hidden._replace(hash=hash_link(hidden)))
    assert [(one.stream_id, one.number) for one in find_faults(ledger)] == [(NORTH, 1)]


def test_a_head_that_is_another_or_gone_is_named(ledger: MemoryLedger) -> None:
    spoilt = ledger.copy()
    spoilt.heads[NORTH] = Head(5, b"\0" * 32)
    del spoilt.heads[SOUTH]
    assert name_faults(spoilt) == [(NORTH, 5, Wrong.HEAD_DIFFERS), (SOUTH, 1, Wrong.NO_STREAM)]


def test_entries_moved_to_another_stream_are_named(ledger: MemoryLedger) -> None:
    moved = [one._replace(stream_id=UUID_3) for one in ledger.links.pop(NORTH)]
    ledger.links[UUID_3], ledger.heads[UUID_3] = moved, ledger.heads.pop(NORTH)
    assert name_faults(ledger) == [(UUID_3, 1, Wrong.CHANGED)]


def test_a_cut_tail_with_a_head_to_match_is_named_by_a_checkpoint_only(ledger: MemoryLedger) -> None:
    early, late = ledger.copy(), ledger.sign()
    del early.links[NORTH][2:]
    early.heads[NORTH] = Head(2, early.links[NORTH][-1].hash)
    assert name_faults(early) == []
    (fault,) = find_faults(early, early.sign(), late)
    assert (fault.number, fault.wrong, fault.good_upto) == (3, Wrong.MISSING, 2)


def test_a_chain_written_anew_is_named_by_a_checkpoint_only(ledger: MemoryLedger) -> None:
    two = dataclasses.replace(ledger.sign(), number=2, hash=ledger.links[NORTH][1].hash)
    late = ledger.sign()
    forged = chain_entries(Head(3, ledger.links[NORTH][2].hash), [make_entry(subject_id=None)] * 2, now=NOW)
    ledger.links[NORTH][3:] = forged
    ledger.heads[NORTH] = Head(5, forged[-1].hash)
    assert name_faults(ledger) == []
    (fault,) = find_faults(ledger, two, late)
    assert (fault.number, fault.wrong, fault.good_upto) == (5, Wrong.REWRITTEN, 2)


def test_a_stream_deleted_as_a_whole_is_named_by_its_checkpoint(ledger: MemoryLedger) -> None:
    checkpoint = ledger.sign()
    del ledger.links[NORTH], ledger.heads[NORTH]
    assert name_faults(ledger) == []
    assert name_faults(ledger, checkpoint) == [(NORTH, 1, Wrong.MISSING)]


def test_a_checkpoint_that_nobody_signed_is_named_and_hides_nothing(ledger: MemoryLedger) -> None:
    good = ledger.sign()
    junk = dataclasses.replace(good, number=1, hash=b"\0" * 32, signature=b"forged")
    del ledger.links[NORTH], ledger.heads[NORTH]
    assert name_faults(ledger, junk, junk, good) == [(NORTH, 1, Wrong.NOT_SIGNED), (NORTH, 1, Wrong.MISSING)]


class BusyLedger(MemoryLedger):
    """A log in which somebody records an entry after every page that is read, five times."""

    left = 5

    def list_links(self, stream_id, after, most):  # type: ignore[no-untyped-def]
        """Read, and have an entry recorded meanwhile."""
        page = super().list_links(stream_id, after, most)
        if self.left:
            self.left -= 1
            self.record(make_entry())
        return page


def test_a_log_that_grows_while_it_is_read_has_no_fault() -> None:
    busy = BusyLedger()
    busy.record(make_entry())
    assert name_faults(busy) == []
    assert busy.heads[NORTH].number == 6
    assert start_stream(NORTH) != busy.heads[NORTH]


UUID_3 = type(NORTH)(int=3)
