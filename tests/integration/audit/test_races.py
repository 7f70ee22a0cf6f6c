"""Eight at once into one log: numbers 1 to n, no gap, none twice, and one chain; eight workers at one checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection, transaction

from server.audit.actions import record_entries
from server.audit.checkpoint_file import UnreadableCounter, read_checkpoints
from server.audit.models import AuditCheckpoint, AuditEntry
from server.audit.queries import StoredLedger
from server.audit.rules.checkpoints import EVERY
from server.audit.rules.verifying import check_streams
from server.audit.tasks import step_checkpoint
from tests.cast import Cast, make_cast
from tests.integration.audit.log import make_look, record_looks

THREADS, EACH = 8, 20

pytestmark = pytest.mark.usefixtures("on_postgres")


class Undone(Exception):
    """A transaction that changes its mind."""


@pytest.fixture
def cast(on_postgres: None, now: datetime) -> Cast:
    """The cast, committed, so that other connections see it."""
    return make_cast(now)


def record_many(cast: Cast, barrier: Barrier, now: datetime) -> None:
    """Record EACH entries in as many transactions, into both teams in either order; every fourth is undone."""
    teams = [cast.team.id, cast.eve.person.team_id]
    barrier.wait()
    for at in range(EACH):
        order = teams if at % 2 else teams[::-1]
        with suppress(Undone), transaction.atomic():
            record_entries([make_look(cast, stream_id=one) for one in order], now=now)
            if at % 4 == 3:
                raise Undone


def run_together(work: Callable[[Barrier], object]) -> None:
    """Run the same work on THREADS connections at once."""
    barrier = Barrier(THREADS, timeout=60)

    def run() -> None:
        try:
            work(barrier)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        for future in [threads.submit(run) for _ in range(THREADS)]:
            future.result(timeout=60)


def test_numbers_have_no_gap_and_none_comes_twice(cast: Cast, now: datetime) -> None:
    run_together(lambda barrier: record_many(cast, barrier, now))
    kept = THREADS * EACH * 3 // 4
    for team_id in (cast.team.id, cast.eve.person.team_id):
        numbers = AuditEntry.objects.filter(stream_id=team_id).order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, kept + 1))
    assert [(one.good, one.fault) for one in check_streams(StoredLedger())] == [(kept, None)] * 2


def test_workers_at_once_write_whole_lines_and_one_row(cast: Cast, file: Path, now: datetime) -> None:
    record_looks(cast, 3, now=now)
    run_together(lambda barrier: (barrier.wait(), step_checkpoint(now + EVERY)))
    counter = UnreadableCounter()
    written = list(read_checkpoints(file, counter))
    assert (set(written), counter.lines) == ({AuditCheckpoint.objects.get().read()}, 0)
