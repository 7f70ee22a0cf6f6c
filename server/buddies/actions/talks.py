"""What becomes of the conversation when a pairing begins or ends. The caller holds the pairing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.buddies.actions.covers import end_cover
from server.buddies.actions.seats import get_talks
from server.buddies.models import Pairing
from server.buddies.rules.life import HISTORY
from server.buddies.states import OPEN


def begin_talk(pairing: Pairing, *, now: datetime) -> UUID:
    """Return the conversation of a pairing that is introduced: a fresh one, or the youth's own if they take it along.

    What the youth does not take along is closed with its last reader gone; whoever covered there gives back.
    """
    before = pairing.successor_of
    if before is None or before.state != "rematch" or before.conversation_id is None:
        return _open(pairing, now)
    end_cover(before, now=now)
    talk = get_talks().find_talk(str(before.conversation_id))
    if before.moves == HISTORY and talk is not None and talk.state == "open":
        expert = str(pairing.expert_id)
        get_talks().admit(conversation_id=str(before.conversation_id), person_id=expert, from_start=True, now=now)
        return before.conversation_id
    get_talks().close_talk(conversation_id=str(before.conversation_id), now=now)
    return _open(pairing, now)


def leave_talk(pairing: Pairing, *, now: datetime) -> None:
    """Close the conversation of a pairing that ends; where the youth goes on with it, the expert alone leaves it."""
    if pairing.conversation_id is None:
        return
    end_cover(pairing, now=now)
    others = Pairing.objects.filter(conversation_id=pairing.conversation_id, state__in=OPEN).exclude(id=pairing.id)
    talk = str(pairing.conversation_id)
    if not others.exists():
        get_talks().close_talk(conversation_id=talk, now=now)
    elif not others.filter(expert_id=pairing.expert_id, left_at=None).exists():
        get_talks().dismiss(conversation_id=talk, person_id=str(pairing.expert_id), now=now)


def _open(pairing: Pairing, now: datetime) -> UUID:
    members = [str(pairing.youth_id), str(pairing.expert_id)]
    return UUID(get_talks().open_talk(team_id=str(pairing.team_id), kind="pair", member_ids=members, now=now))
