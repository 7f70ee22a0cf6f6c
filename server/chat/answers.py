"""How the honest answer is shown: its words, in the language and the zone of who is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from server.accounts.queries import list_voices
from server.chat.rules.answers import write_answer

KIND: Final = "answer.given"


def show_answers(answers: Sequence[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return each answer (who is answered, the references of the event) as the wire shows it; one query."""
    voices = list_voices({one for person, refs in answers for one in (person, refs["user"])}) if answers else {}
    shown = []
    for person, refs in answers:
        reader, expert = voices[person], voices[refs["user"]]
        text = write_answer(
            name=expert.display_name,
            opens_at=datetime.fromisoformat(refs["opens_at"]) if refs["opens_at"] else None,
            now=datetime.fromisoformat(refs["at"]),
            zone=reader.zone,
            language=reader.language,
            reason=refs["reason"],
            duty_open=refs["duty"],
        )
        doors = [{"door": "wait"}, {"door": "duty", "open": refs["duty"]}, {"door": "help"}]
        shown.append({"at": refs["at"], "opens_at": refs["opens_at"], "text": text, "doors": doors})
    return shown
