"""Reading about coordinators in conversations: who is there, why, and what is heard of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from server.accounts.queries import PersonCard, Voice, list_cards, list_voices
from server.accounts.rules.roles import COORDINATOR, EXPERT, YOUTH
from server.foundation.errors import NotFound
from server.ports.registry import ask_port
from server.ports.socket_door import LoggedEvent
from server.ports.talks import TalkCard, TalkKeeper
from server.safety.models import Escalation, Joining
from server.safety.rules.joining import write_handed_back, write_joined, write_released

JOINED: Final = "escalation.joined"
TAKEN_OVER: Final = "escalation.taken_over"
HANDED_BACK: Final = "escalation.handed_back"


def find_company_talk(escalation: Escalation) -> TalkCard | None:
    """Return the conversation that a coordinator can join, None without one that goes on with the youth in it."""
    if escalation.conversation_id is None or escalation.youth_id is None:
        return None
    keeper: TalkKeeper = ask_port(TalkKeeper)
    talk = keeper.find_talk(str(escalation.conversation_id))
    goes_on = talk is not None and talk.state == "open" and str(escalation.youth_id) in talk.member_ids
    return talk if goes_on else None


def list_experts(talk: TalkCard | None) -> list[str]:
    """Return the experts in a conversation."""
    members = talk.member_ids if talk is not None else ()
    return sorted(one.id for one in list_cards(members).values() if one.role == EXPERT)


def list_company(actor: PersonCard, conversation_id: UUID | str) -> list[Joining]:
    """Return the coordinators who came into a conversation of the actor's, in order. Raises NotFound."""
    keeper: TalkKeeper = ask_port(TalkKeeper)
    talk = keeper.find_talk(str(conversation_id))
    if talk is None or actor.id not in talk.member_ids:
        raise NotFound()
    staying = Joining.objects.filter(conversation_id=conversation_id, left_at=None)
    return list(staying.order_by("joined_at", "id"))


def write_reason(joining: Joining, *, role: str, language: str) -> str:
    """Return why a coordinator is there, in the words for a youth or for everybody else."""
    return write_joined(joining.kind, to_youth=role == YOUTH, language=language)


class JoiningEvents:
    """Answers ports.socket_door.EventRenderer for coordinators in conversations."""

    KINDS = (JOINED, TAKEN_OVER, HANDED_BACK)

    def render(self, events: Sequence[LoggedEvent], *, now: datetime) -> list[dict[str, Any] | None]:
        """Return each event in its owner's language. Two statements."""
        found = Joining.objects.filter(id__in=[(event.refs or {})["joining"] for event in events])
        joinings = {str(one.id): one for one in found}
        voices = list_voices({event.user_id for event in events})
        return [_show(event, joinings.get((event.refs or {})["joining"]), voices[event.user_id]) for event in events]


def _show(event: LoggedEvent, joining: Joining | None, voice: Voice) -> dict[str, Any] | None:
    if joining is None:
        return None
    texts = {
        JOINED: write_reason(joining, role=voice.role, language=voice.language),
        TAKEN_OVER: write_released(voice.language),
        HANDED_BACK: write_handed_back(voice.language),
    }
    return {
        "kind": event.kind,
        "c": str(joining.conversation_id),
        "user": str(joining.coordinator_id),
        "role": COORDINATOR,
        "reason": joining.kind,
        "text": texts[event.kind],
    }
