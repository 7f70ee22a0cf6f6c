"""What every step of a complaint has in common: the machine, its line in the history, the seal, who hears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from server.accounts.queries import PersonCard
from server.availability.actions.telling import tell
from server.foundation.ids import make_id
from server.realtime.streams import EventDraft
from server.safety.complaint_queries import MOVED, list_handlers, place_complaint
from server.safety.keys import SAFETY_KEYS
from server.safety.models import Complaint, ComplaintStep
from server.safety.states import COMPLAINT


def move_complaint(
    complaint: Complaint, verb: str, by: PersonCard | None, now: datetime, *, note: str | None = None, **changes: Any
) -> None:
    """Take a step of the machine on a locked complaint, with these further changes, and write it down.

    Raises ComplaintTransition.
    """
    before = complaint.state
    changes |= {"state": COMPLAINT.require_step(verb, before), "changed_at": now}
    for name, value in changes.items():
        setattr(complaint, name, value)
    complaint.save(update_fields=list(changes))
    record_step(complaint, verb, before, by, note, now)


def record_step(
    complaint: Complaint, verb: str, before: str, by: PersonCard | None, note: str | None, now: datetime
) -> None:
    """Add a line to the history of a locked complaint; the note is sealed. Never changed."""
    complaint.history_count += 1
    complaint.save(update_fields=["history_count"])
    id_ = make_id()
    ComplaintStep.objects.create(
        id=id_,
        complaint=complaint,
        number=complaint.history_count,
        verb=verb,
        from_state=before,
        to_state=complaint.state,
        by_id=UUID(by.id) if by else None,
        note=None if note is None else seal_words(complaint, note, "step", id_),
        at=now,
    )


def seal_words(complaint: Complaint, words: str, name: str, row_id: UUID | None = None) -> bytes:
    """Return a text about a complaint, sealed at its place (`complaint_queries.place_complaint`)."""
    return SAFETY_KEYS.seal_json(complaint.key_id, words, place_complaint(complaint.id, name, row_id))


def tell_complaint(complaint: Complaint, now: datetime, *, handlers_only: bool = False) -> None:
    """Tell the handlers, and who complained, that something has changed; never the one it is about.

    An expert hears when their hours begin. Publishes complaint.moved. Locks the streams.
    """
    people = [str(one.person_id) for one in list_handlers(complaint)]
    if not handlers_only:
        people.append(str(complaint.complainant_id))
    tell(_draft(complaint, people), now=now)


def _draft(complaint: Complaint, person_ids: Sequence[str]) -> list[EventDraft]:
    refs = {"complaint": str(complaint.id), "state": complaint.state}
    return [EventDraft(one, MOVED, refs=refs) for one in person_ids]
