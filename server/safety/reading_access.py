"""The access door of reading: fetch and authorise. Another team's and what does not exist get the same NotFound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.accounts.queries import PersonCard, list_cards, list_suspended
from server.accounts.rules.roles import COORDINATOR, YOUTH
from server.foundation.errors import NotFound, NotSignedIn
from server.ports.registry import ask_port
from server.ports.talks import TalkCard, TalkKeeper
from server.safety.models import GlassOpening


@dataclass(frozen=True, slots=True)
class YouthTalk:
    """A conversation with one youth in it."""

    card: TalkCard
    youth_id: str


def access_youth_talk(actor: PersonCard, conversation_id: UUID | str) -> YouthTalk:
    """Return a conversation of the actor's team in which one youth is. Raises NotFound.

    A room of several youths is not opened for the sake of one of them.
    """
    keeper: TalkKeeper = ask_port(TalkKeeper)
    card = keeper.find_talk(str(conversation_id))
    if card is None or card.team_id != actor.team_id:
        raise NotFound()
    youths = [one.id for one in list_cards(card.member_ids).values() if one.role == YOUTH]
    if len(youths) != 1:
        raise NotFound()
    return YouthTalk(card, youths[0])


def access_opening(actor: PersonCard, opening_id: UUID | str, *, lock: bool = False) -> GlassOpening:
    """Return a breaking of the glass in the actor's team. Raises NotFound. With `lock`, locks the row."""
    found = GlassOpening.objects.filter(id=opening_id, team_id=actor.team_id)
    opening = (found.select_for_update(no_key=True) if lock else found).first()
    if opening is None:
        raise NotFound()
    return opening


def find_running_opening(
    person_id: str, conversation_id: str, *, now: datetime, lock: bool = False
) -> GlassOpening | None:
    """Return the breaking of the glass by which somebody may read a conversation now, or None."""
    rows = GlassOpening.objects.select_for_update(no_key=True) if lock else GlassOpening.objects
    running = rows.filter(coordinator_id=person_id, conversation_id=conversation_id, ended_at=None, until__gt=now)
    opening = running.first()
    return opening if opening is not None and is_coordinating(person_id, str(opening.team_id)) else None


def is_coordinating(person_id: str, team_id: str) -> bool:
    """Tell whether somebody is a coordinator of this team and not suspended."""
    card = list_cards([person_id]).get(person_id)
    standing = card is not None and card.role == COORDINATOR and card.team_id == team_id
    return standing and not list_suspended([person_id])


def require_standing(actor: PersonCard) -> None:
    """Raise NotSignedIn when the actor was suspended or has another role since they called.

    Ask after locking their stream: whoever revokes holds it.
    """
    card = list_cards([actor.id]).get(actor.id)
    if card is None or card.role != actor.role or list_suspended([actor.id]):
        raise NotSignedIn()
