"""Writing decisions down: for the person whom they protected, for the tallies, and one line each for the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.foundation.database import open_pipeline
from server.foundation.ids import make_id
from server.foundation.logs import get_logger
from server.push.actions.tallying import tally
from server.push.rules.deciding import FAILED

log = get_logger(__name__)
_COLUMNS = {
    "id": "uuid",
    "delivery_id": "uuid",
    "person_id": "uuid",
    "kind": "text",
    "decision": "text",
    "reason": "text",
    "rule_id": "text",
    "until": "timestamptz",
    "count": "int",
}


@dataclass(frozen=True, slots=True)
class Note:
    """One decision about one delivery, why and by which rule; ids as text."""

    delivery_id: str
    person_id: str
    kind: str
    decision: str
    reason: str
    rule_id: str
    until: datetime | None = None
    count: int = 1


def note_decisions(notes: Sequence[Note], *, now: datetime) -> None:
    """Store decisions and count them; one insert and one tally, however many. Needs an open transaction."""
    if not notes:
        return
    rows = [
        (str(make_id()), one.delivery_id, one.person_id, one.kind, one.decision, one.reason, one.rule_id, one.until,
         one.count)
        for one in notes
    ]  # fmt: skip
    with open_pipeline() as pipeline:
        pipeline.insert("push_decision", _COLUMNS, rows, shared={"at": ("timestamptz", now)})
    tally((one.decision, one.kind, one.reason) for one in notes)
    for one in notes:
        _log(one)


def _log(note: Note) -> None:
    tell = log.error if note.decision == FAILED else log.info
    tell(
        "push_decided",
        delivery=note.delivery_id,
        person=note.person_id,
        kind=note.kind,
        decision=note.decision,
        reason=note.reason,
        rule=note.rule_id,
    )
