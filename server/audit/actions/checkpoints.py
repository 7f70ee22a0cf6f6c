"""Signing where streams stand, and writing it down outside the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from server.audit.actions.signers import ensure_signer
from server.audit.checkpoint_file import append_checkpoints
from server.audit.models import AuditCheckpoint, AuditEntry, AuditStream
from server.audit.rules.checkpoints import EVERY, EVERY_ENTRIES, Checkpoint
from server.foundation.keyring import KeyRing
from server.foundation.signing import sign

_AT_ONCE = 200  # streams a step


def write_checkpoints(*, ring: KeyRing, file: Path, now: datetime) -> int:
    """Sign the heads that are due, append them to the file, then record that they stand there; return how many.

    Due: EVERY_ENTRIES entries since the last checkpoint of the stream, or the first of them older than EVERY. The rows
    are committed after the lines are on the disk: a crash between leaves a line twice, never a row without a line. Any
    number of workers may do this at once. Raises OSError when the file cannot be written; nothing is recorded then.
    """
    with transaction.atomic():
        due = _list_due(now)
        if due:
            ensure_signer(ring.active, now=now)
            signed = [_sign(stream, ring, now) for stream in due]
            AuditCheckpoint.objects.bulk_create([_make_row(one) for one in signed], ignore_conflicts=True)
            append_checkpoints(file, signed)
    return len(due)


def _list_due(now: datetime) -> list[AuditStream]:
    last = AuditCheckpoint.objects.filter(stream_id=OuterRef("id")).order_by("-number").values("number")[:1]
    waiting = AuditEntry.objects.filter(stream_id=OuterRef("id"), number=OuterRef("signed") + 1, at__lte=now - EVERY)
    behind = AuditStream.objects.annotate(signed=Coalesce(Subquery(last), Value(0))).filter(head__gt=F("signed"))
    due = behind.filter(Q(head__gte=F("signed") + EVERY_ENTRIES) | Exists(waiting))
    return list(due.order_by("id")[:_AT_ONCE])


def _sign(stream: AuditStream, ring: KeyRing, now: datetime) -> Checkpoint:
    checkpoint = Checkpoint(stream.id, stream.head, bytes(stream.head_hash), now, ring.active.id)
    return replace(checkpoint, signature=sign(ring.active, checkpoint.encode()))


def _make_row(one: Checkpoint) -> AuditCheckpoint:
    return AuditCheckpoint(
        stream_id=one.stream_id,
        number=one.number,
        hash=one.hash,
        at=one.at,
        key_id=one.key_id,
        signature=one.signature,
    )
