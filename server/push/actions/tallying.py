"""Counting what was done, for the metrics: one statement for a batch, in the transaction that did it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from typing import Final

from server.foundation.database import open_pipeline

# what, kind, cause
Done = tuple[str, str, str]
_SHARDS: Final = 16
_COLUMNS = {"what": "text", "kind": "text", "cause": "text", "amount": "bigint"}
_CONFLICT = "ON CONFLICT (what, kind, cause, shard) DO UPDATE SET amount = push_tally.amount + excluded.amount"


def tally(done: Iterable[Done]) -> None:
    """Add what was done to the tallies: the last thing in a transaction, since it locks their rows, ascending."""
    rows = [(*key, amount) for key, amount in sorted(Counter(done).items())]
    if rows:
        with open_pipeline() as pipeline:
            shard = ("smallint", os.getpid() % _SHARDS)
            pipeline.insert("push_tally", _COLUMNS, rows, shared={"shard": shard}, conflict=_CONFLICT)
