"""A little more time in a running talk, by the expert's own choice."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from server.accounts.queries import PersonCard
from server.availability.actions.changing import hold_hours
from server.availability.actions.ledger import LedgerDraft, note_in_ledger
from server.availability.errors import NoExtension
from server.availability.models import Extension
from server.availability.policies import require_keep_hours
from server.availability.queries import find_pause, find_rest, get_settings_of_person
from server.availability.rules.kinds import EXTENSION
from server.availability.rules.wind_down import find_evening


def grant_extension(*, actor: PersonCard, conversation_id: UUID | str, base: datetime, now: datetime) -> datetime:
    """Extend the actor's time in one talk beyond `base`, the end of their window or of the extension before.

    Return the new end. The caller has checked that the talk runs and that it is theirs; the number is counted here,
    per evening and conversation. Raises Forbidden, NoExtension (as often as the team allows, in a pause or
    rest, or already past). Locks as `hold_hours`; the gates have turned when it returns.
    """
    require_keep_hours(actor)
    settings = get_settings_of_person(actor)
    until = base + timedelta(minutes=settings.extension_minutes)
    with hold_hours([actor], now=now) as rows:
        evening = find_evening(base, rows[actor.id].zone, settings.evening_starts)
        granted = Extension.objects.filter(person_id=actor.id, conversation_id=conversation_id, evening=evening).count()
        if granted >= settings.most_extensions or until <= now or _is_recovering(actor.id, now):
            raise NoExtension()
        Extension.objects.create(
            person_id=UUID(actor.id),
            conversation_id=UUID(str(conversation_id)),
            evening=evening,
            ordinal=granted + 1,
            granted_at=now,
            until=until,
        )
        _note(actor.id, str(conversation_id), settings.extension_minutes, now)
    return until


def _is_recovering(person_id: str, now: datetime) -> bool:
    return find_pause(person_id, now=now) is not None or find_rest(person_id, now=now) is not None


def _note(person_id: str, conversation_id: str, minutes: int, now: datetime) -> None:
    draft = LedgerDraft(
        person_id, EXTENSION, "own_choice", "extension", conversation_id, minutes=minutes, actor_id=person_id
    )
    note_in_ledger(drafts=[draft], now=now)
