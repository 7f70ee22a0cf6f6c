"""The events of pairings: what stands in people's logs (ids, no words), and how its owner sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from server.accounts.queries import PersonCard, list_cards
from server.buddies.models import PairingCover, PairingText
from server.buddies.pairing_keys import open_text
from server.foundation.sealing import SealBroken
from server.ports.socket_door import LoggedEvent

BRIDGE: Final = "pairing.bridge_over"
CHANGED: Final = "pairing.changed"
COVER: Final = "pairing.cover"
NUDGE: Final = "pairing.nudge"
SILENT: Final = "pairing.silent"


class PairingEvents:
    """Answers ports.socket_door.EventRenderer. An expert's log holds only what came within their hours: see
    `availability.actions.telling`."""

    KINDS = (BRIDGE, CHANGED, COVER, NUDGE, SILENT)

    def render(self, events: Sequence[LoggedEvent], *, now: datetime) -> list[dict[str, Any] | None]:
        """Return each event, the names of who covers put in, and the note of a reminder for who still answers.

        Three statements at most.
        """
        named = {(event.refs or {})["cover"] for event in events if event.kind == COVER} - {None}
        cards = list_cards(named) if named else {}
        notes = _open_notes([event for event in events if event.kind == NUDGE])
        return [_show(event, cards, notes) for event in events]


def _show(event: LoggedEvent, cards: dict[str, PersonCard], notes: dict[tuple[str, str], str]) -> dict[str, Any]:
    refs = dict(event.refs or {})
    if event.kind == COVER:
        card = cards.get(refs["cover"])
        refs["cover"] = {"id": card.id, "display_name": card.display_name} if card else None
    if event.kind == NUDGE:
        refs["note"] = notes.get((event.user_id, refs.pop("text") or ""))
    return {"kind": event.kind, "c": event.conversation_id} | refs


def _open_notes(events: Sequence[LoggedEvent]) -> dict[tuple[str, str], str]:
    """Return the words of notes by (reader, note): for the expert of the pairing until they leave, and who covers."""
    wanted = {(event.user_id, (event.refs or {})["text"]) for event in events if (event.refs or {})["text"]}
    if not wanted:
        return {}
    found = PairingText.objects.select_related("pairing").filter(id__in=[text for _, text in wanted])
    texts = {str(one.id): one for one in found}
    covers = PairingCover.objects.filter(pairing__in=[one.pairing_id for one in found], ended_at=None)
    answering = {(str(one.cover_id), one.pairing_id) for one in covers}
    answering |= {(str(one.pairing.expert_id), one.pairing_id) for one in found if one.pairing.left_at is None}
    allowed = [(who, texts[text]) for who, text in wanted if text in texts]
    return {(who, str(one.id)): _open(one) for who, one in allowed if (who, one.pairing_id) in answering}


def _open(text: PairingText) -> str:
    try:
        return str(open_text(text)["words"])
    except SealBroken:  # the key was destroyed: the reminder stands without the words
        return ""
