"""What experts and youths hear in their logs of worries, of care afterwards and of follow-ups, in their language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from server.accounts.queries import Voice, list_voices
from server.ports.socket_door import LoggedEvent
from server.safety.actions.care import ASKED
from server.safety.actions.cases import FOLLOW_UP_DUE
from server.safety.rules.care_words import write_question
from server.safety.rules.worries import TELLINGS, write_telling

_WORRY: Final = "worry."


class CareEvents:
    """Answers ports.socket_door.EventRenderer for these kinds. They hold ids; the words are chosen here."""

    KINDS = (*(f"{_WORRY}{one}" for one in TELLINGS), ASKED, FOLLOW_UP_DUE)

    def render(self, events: Sequence[LoggedEvent], *, now: datetime) -> list[dict[str, Any] | None]:
        """Return each event with its sentence; one query. In an expert's log they stand since their hours."""
        voices = list_voices({event.user_id for event in events})
        return [_show(event, voices.get(event.user_id)) for event in events]


def _show(event: LoggedEvent, voice: Voice | None) -> dict[str, Any] | None:
    if voice is None:
        return None
    shown: dict[str, Any] = {"kind": event.kind} | (event.refs or {})
    if event.kind.startswith(_WORRY):
        text = write_telling(event.kind.removeprefix(_WORRY), voice.language)
        return shown | {"c": str(event.conversation_id), "text": text}
    return shown | {"text": write_question(voice.role, voice.language)} if event.kind == ASKED else shown
