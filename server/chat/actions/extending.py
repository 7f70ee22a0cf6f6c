"""A little more time in a running talk: the expert's own choice, counted and kept by availability."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from server.accounts.queries import PersonCard
from server.availability.actions.extensions import grant_extension
from server.availability.errors import NoExtension
from server.availability.policies import require_keep_hours
from server.availability.queries import find_reachability, get_settings_of_person, list_extensions
from server.chat.access import access_conversation
from server.chat.hours import list_written
from server.chat.rules.turns import AT_ONCE, is_running

# An end farther away than this is not the end of this talk: the extension counts from now.
_NEAR: Final = timedelta(hours=1)


def extend_talk(*, actor: PersonCard, conversation_id: UUID | str, now: datetime) -> datetime:
    """Give the actor's running talk 15 minutes more (as the team has it), and return until when.

    It counts from the end of the window, of the extension before, or from now when that is over. Raises Forbidden,
    ConversationNotFound, NoExtension without a running talk, in a pause, rest or an absence, or as often as the
    team allows.
    """
    require_keep_hours(actor)
    access_conversation(actor.id, conversation_id)
    place = (actor.id, str(conversation_id))
    if not is_running(list_written([actor.id], now=now).get(place), get_settings_of_person(actor), now):
        raise NoExtension()
    base = _find_end(actor.id, list_extensions([actor.id], now=now).get(place), now)
    return grant_extension(actor=actor, conversation_id=conversation_id, base=base, now=now)


def _find_end(person_id: str, extended_until: datetime | None, now: datetime) -> datetime:
    hours = find_reachability(person_id, now)
    if hours.reason in AT_ONCE:
        raise NoExtension()  # its gate would stay closed
    near = hours.until if hours.open and hours.until is not None and hours.until - now <= _NEAR else now
    return max(near, extended_until or now)
