"""Writing into boundary ledgers: what a guarded boundary held back, and what went beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.foundation.database import Pipeline, open_pipeline

_COLUMNS = {
    "person_id": "uuid",
    "kind": "text",
    "reason": "text",
    "rule_id": "text",
    "conversation_id": "uuid",
    "minutes": "int",
    "actor_id": "uuid",
}


@dataclass(frozen=True, slots=True)
class LedgerDraft:
    """An entry on its way: whose it is, one of `rules.kinds.LEDGER_KINDS`, the reason and rule that decided.

    `actor_id` is who chose it; None for the server itself.
    """

    person_id: str
    kind: str
    reason: str = ""
    rule_id: str = ""
    conversation_id: str | None = None
    minutes: int | None = None
    actor_id: str | None = None


def note_in_ledger(*, drafts: Sequence[LedgerDraft], now: datetime) -> None:
    """Write entries in the open transaction."""
    with open_pipeline() as pipeline:
        tell_ledger(pipeline, drafts, now=now)


def tell_ledger(pipeline: Pipeline, drafts: Sequence[LedgerDraft], *, now: datetime) -> None:
    """Write entries as one statement of a pipeline."""
    rows = [
        (one.person_id, one.kind, one.reason, one.rule_id, one.conversation_id, one.minutes, one.actor_id)
        for one in drafts
    ]
    pipeline.insert("availability_ledgerentry", _COLUMNS, rows, shared={"at": ("timestamptz", now)})
