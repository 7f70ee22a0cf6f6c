"""What devices have persisted: the highest acknowledged position of each, and from it who has received what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from server.foundation.database import Pipeline, open_pipeline, open_transaction
from server.ports.receipts import Acknowledged, ReceiptTaker


@dataclass(frozen=True, slots=True)
class AckMark:
    """A device's cumulative acknowledgement; `before` is where the mark stood, as far as the caller knows."""

    user_id: str
    device_id: str
    before: int
    upto: int


_RECEIVED_SQL = (
    "SELECT e.user_id, e.conversation_id, max(e.seq) FROM realtime_userevent e "
    "JOIN unnest(%(users)s::uuid[], %(befores)s::bigint[], %(uptos)s::bigint[]) AS a(user_id, before, upto) "
    "ON e.user_id = a.user_id AND e.pos > a.before AND e.pos <= a.upto "
    "WHERE e.kind = 'msg.new' GROUP BY e.user_id, e.conversation_id"
)
_RECEIVED_SQLITE = (
    "SELECT user_id, conversation_id, max(seq) FROM realtime_userevent WHERE user_id = %(user)s::uuid "
    "AND pos > %(before)s::bigint AND pos <= %(upto)s::bigint AND kind = 'msg.new' GROUP BY user_id, conversation_id"
)


def note_acks(marks: Sequence[AckMark], *, receipts: ReceiptTaker, now: datetime) -> None:
    """Store the acknowledged positions, and tell the room of messages what their devices received; one transaction.

    Publishes, through the port: receipt.delivered to the other members. Idempotent: receipts only rise.
    """
    with open_transaction():
        with open_pipeline() as pipeline:
            received = _read_received(pipeline, marks)
        receipts.take_acknowledged(received, now=now)
        with open_pipeline() as pipeline:
            _store_marks(pipeline, marks, now)
            pipeline.commit()


def _store_marks(pipeline: Pipeline, marks: Sequence[AckMark], now: datetime) -> None:
    rows = sorted((mark.user_id, mark.device_id, mark.upto, now) for mark in marks)
    pipeline.update(
        "realtime_devicelink",
        {"user_id": "uuid", "device_id": "text"},
        {"acked_pos": "bigint", "seen_at": "timestamptz"},
        rows,
    )


def _read_received(pipeline: Pipeline, marks: Sequence[AckMark]) -> list[Acknowledged]:
    if connection.vendor == "postgresql":
        params = {
            "users": [mark.user_id for mark in marks],
            "befores": [mark.before for mark in marks],
            "uptos": [mark.upto for mark in marks],
        }
        rows = pipeline.ask(_RECEIVED_SQL, params, "uuid uuid int").rows()
    else:
        rows = [
            row
            for mark in marks
            for row in pipeline.ask(
                _RECEIVED_SQLITE,
                {"user": mark.user_id, "before": mark.before, "upto": mark.upto},
                "uuid uuid int",
            ).rows()
        ]
    return [Acknowledged(user_id, conversation_id, seq) for user_id, conversation_id, seq in rows]
