"""What a youth reads about who looked: short, kind, and true."""

from __future__ import annotations

from typing import Final

from server.safety.rules.glass import write_reason

# action of the audit → (Dutch, English)
_LOOKS: Final[dict[str, tuple[str, str]]] = {
    "conversation.joined": (
        "Iemand van het team kwam bij het gesprek om je te helpen.",
        "Somebody of the team came into the conversation to help you.",
    ),
    "conversation.read": (
        "Iemand van het team las mee in je gesprek.",
        "Somebody of the team read your conversation.",
    ),
    "case.read": (
        "Iemand van het team las wat er over jouw hulpvraag is opgeschreven.",
        "Somebody of the team read what was written down about your call for help.",
    ),
    "meldcode.read": (
        "Iemand van het team las wat er over jouw veiligheid is opgeschreven.",
        "Somebody of the team read what was written down about your safety.",
    ),
    "profile.read": (
        "Iemand van het team keek naar je profiel.",
        "Somebody of the team looked at your profile.",
    ),
    "export.made": (
        "Iemand van het team maakte een kopie van je gegevens.",
        "Somebody of the team made a copy of your data.",
    ),
    "export.fetched": (
        "Iemand van het team haalde een kopie van je gegevens op.",
        "Somebody of the team fetched a copy of your data.",
    ),
}
_OTHER: Final = ("Iemand van het team keek naar iets van jou.", "Somebody of the team looked at something of yours.")


def write_look(action: str, reason_code: str, language: str) -> str:
    """Return what happened in plain words; with a reason of the broken glass, why."""
    words = _LOOKS.get(action, _OTHER)[1 if language == "en" else 0]
    return f"{words} {write_reason(reason_code, language)}" if reason_code else words
