"""Writing down what became of deliveries that a worker holds: all of a batch at once, only what it still holds.

Locks: the deliveries, ascending by id; last the tallies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from server.foundation.database import open_pipeline
from server.push.actions.leasing import Taken
from server.push.actions.noting import Note, note_decisions
from server.push.rules.deciding import DROPPED, FAILED, HELD, PATIENCE, SENT, Ruling
from server.push.rules.kinds import KINDS
from server.push.rules.retrying import QUIET_FOR

RETRY: Final = "retry"
_ENDS: Final = (SENT, DROPPED, FAILED)
_LOCK_SQL = (
    "SELECT id, leased_until, seq, woken, expires_at FROM push_delivery "
    "WHERE id = ANY(%(ids)s::uuid[]) AND state = 'waiting' ORDER BY id FOR NO KEY UPDATE"
)
_ID = {"id": "uuid"}
_END = {
    "state": "text",
    "ended_at": "timestamptz",
    "leased_until": "timestamptz",
    "reason": "text",
    "rule_id": "text",
}
_BACK = {
    "due_at": "timestamptz",
    "leased_until": "timestamptz",
    "held": "boolean",
    "patient": "boolean",
    "tries": "smallint",
    "expires_at": "timestamptz",
    "reason": "text",
    "rule_id": "text",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a delivery: an end (sent, dropped, failed), or to be looked at again at `ruling.until` (held,
    patience, soon, retry).

    A retry is no decision, so nobody reads of it. `tries` is how often it has failed now.
    """

    taken: Taken
    ruling: Ruling
    tries: int = 0


@dataclass(frozen=True, slots=True)
class _Now:
    """The row as it stands under the lock."""

    leased_until: datetime | None
    seq: int
    woken: bool
    expires_at: datetime


def settle(settled: Sequence[Settled], *, now: datetime) -> None:
    """Write down what became of these, and let them go. One that is in other hands by now is left alone.

    The answer was about what the worker took: what something newer has joined meanwhile waits again, a while later when
    it was sent, else at once. What is held while its person's hours have changed is looked at again at once as well.
    Stores the decisions. Also inside the caller's transaction.
    """
    if not settled:
        return
    with transaction.atomic():
        rows = _lock(settled)
        own = [(one, row) for one in settled if (row := rows.get(one.taken.id)) and _is_held(one, row)]
        with open_pipeline() as pipeline:
            pipeline.update("push_delivery", _ID, _END, [_end(one, now) for one, row in own if _is_over(one, row)])
            back = [_put_back(one, row, now) for one, row in own if not _is_over(one, row)]
            pipeline.update("push_delivery", _ID, _BACK, back)
        sent = [one for one in settled if one.ruling.decision == SENT]  # it went out, whoever holds it now
        others = [one for one, row in own if one.ruling.decision != SENT and _is_news(one, row)]
        note_decisions([_note(one) for one in [*sent, *others]], now=now)


def _lock(settled: Sequence[Settled]) -> dict[str, _Now]:
    with open_pipeline() as pipeline:
        answer = pipeline.ask(_LOCK_SQL, {"ids": sorted(one.taken.id for one in settled)}, "uuid time int bool time")
    return {row[0]: _Now(*row[1:]) for row in answer.rows()}


def _is_held(one: Settled, row: _Now) -> bool:
    return row.leased_until == one.taken.leased_until


def _is_over(one: Settled, row: _Now) -> bool:
    return one.ruling.decision in _ENDS and row.seq <= one.taken.seq


def _end(one: Settled, now: datetime) -> tuple[Any, ...]:
    return one.taken.id, one.ruling.decision, now, None, one.ruling.reason[:40], one.ruling.rule_id


def _put_back(one: Settled, row: _Now, now: datetime) -> tuple[Any, ...]:
    taken, ruling = one.taken, one.ruling
    held = ruling.decision == HELD
    due_at = now + QUIET_FOR if ruling.decision == SENT else ruling.until or now
    due_at = now if held and row.woken else due_at
    end = max(row.expires_at, due_at + KINDS[taken.kind].ttl) if held else row.expires_at
    patient = taken.patient or ruling.decision == PATIENCE
    return taken.id, due_at, None, held, patient, one.tries, end, ruling.reason[:40], ruling.rule_id


def _is_news(one: Settled, row: _Now) -> bool:
    """Tell whether its person is to read of it: not of a retry, nor again of the hold that they have read of."""
    decision, taken = one.ruling.decision, one.taken
    if decision == HELD:
        return not taken.held or taken.woken or (taken.reason, taken.rule_id) != (one.ruling.reason, one.ruling.rule_id)
    return _is_over(one, row)


def _note(one: Settled) -> Note:
    taken, ruling = one.taken, one.ruling
    return Note(
        taken.id, taken.person_id, taken.kind, ruling.decision, ruling.reason[:40], ruling.rule_id, ruling.opening
    )
