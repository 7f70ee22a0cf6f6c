"""When somebody who is no member may read a conversation, for how long, and in which words the youth is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from server.safety.reading_errors import (
    GlassMinutes,
    GlassNoteMissing,
    GlassOutcomeUnknown,
    GlassReasonCodeUnknown,
    GlassReasonMissing,
    GlassTellingUnknown,
    GlassTextTooLong,
)

# SAFETY §5: at most an hour, and reviewed by somebody else within a week.
MOST_MINUTES: Final = 60
REVIEW_WITHIN: Final = timedelta(days=7)
REMIND_EVERY: Final = timedelta(days=1)
# Ours: a youth is never told later than a week after the review was due.
TELL_WITHIN: Final = timedelta(days=14)
FEWEST_LETTERS, MOST_LETTERS = 3, 1000
NOW: Final = "now"
LATER: Final = "later"
JUSTIFIED: Final = "justified"
NOT_JUSTIFIED: Final = "not_justified"
OUTCOMES: Final = (JUSTIFIED, NOT_JUSTIFIED)
ENDED: Final = "ended"
EXPIRED: Final = "expired"
REVOKED: Final = "revoked"
END_REASONS: Final = (ENDED, EXPIRED, REVOKED)


@dataclass(frozen=True, slots=True)
class GlassReason:
    """A reason of the list: whether a life may be in danger, the audit's purpose, and the words for the youth."""

    emergency: bool
    purpose: str
    dutch: str
    english: str


REASONS: Final[dict[str, GlassReason]] = {
    "life_danger": GlassReason(
        True,
        "safety",
        "We waren bang dat je in gevaar was en wilden je snel helpen.",
        "We were afraid that you were in danger and wanted to help you fast.",
    ),
    "violence": GlassReason(
        True,
        "safety",
        "We waren bang dat iemand je pijn doet of dat iemand in gevaar is.",
        "We were afraid that somebody hurts you or that somebody is in danger.",
    ),
    "abuse": GlassReason(
        False,
        "safety",
        "We maken ons zorgen of je thuis of bij anderen veilig bent.",
        "We are worried whether you are safe at home or with others.",
    ),
    "silence": GlassReason(
        False,
        "safety",
        "We hoorden niets meer van je en maakten ons zorgen.",
        "We did not hear from you any more and were worried.",
    ),
    "report": GlassReason(
        False,
        "complaint",
        "Er is iets gemeld over dit gesprek. We moesten kijken wat er is gebeurd.",
        "Something was reported about this conversation. We had to look at what happened.",
    ),
    "complaint": GlassReason(
        False,
        "complaint",
        "Er is een klacht. We moesten kijken wat er is gezegd.",
        "There is a complaint. We had to look at what was said.",
    ),
    "concern": GlassReason(
        False,
        "safety",
        "We maakten ons zorgen om je.",
        "We were worried about you.",
    ),
    "safety": GlassReason(
        True,
        "safety",
        "We waren bang dat het niet veilig was en moesten snel weten wat er aan de hand was.",
        "We were afraid that it was not safe and had to know fast what was going on.",
    ),
    "other": GlassReason(
        False,
        "safety",
        "Er was een andere reden. Een collega kijkt na of die goed genoeg was. Je mag er altijd naar vragen.",
        "There was another reason. A colleague checks whether it was good enough. You may always ask about it.",
    ),
    "legal_duty": GlassReason(
        False,
        "legal_duty",
        "De wet vroeg ons om te kijken. Je mag altijd vragen wat dat betekent.",
        "The law asked us to look. You may always ask what that means.",
    ),
}


_ALONE: Final = {
    "nl": (
        "Er is nu geen collega om in te lichten. Dat is vastgelegd. Bel de leiding van je organisatie zodra je kunt; "
        "is iemand in gevaar, bel 112."
    ),
    "en": (
        "There is no colleague to tell now. That is on record. Call who leads your organisation as soon as you can; "
        "if somebody is in danger, call 112."
    ),
}


@dataclass(frozen=True, slots=True)
class GlassRequest:
    """A clean request: `safety_reason` is there exactly when the youth is to be told later."""

    reason_code: str
    reason: str
    minutes: int
    safety_reason: str | None


def read_request(
    *,
    reason_code: str | None,
    reason: str | None,
    minutes: int | None,
    tell_youth: str | None,
    safety_reason: str | None,
) -> GlassRequest:
    """Return the request with clean texts.

    Raises GlassReasonCodeUnknown, GlassReasonMissing, GlassTextTooLong, GlassMinutes, GlassTellingUnknown.
    """
    words = _read_reason(reason)
    if minutes is None or not 1 <= minutes <= MOST_MINUTES:
        raise GlassMinutes()
    if reason_code not in REASONS:
        raise GlassReasonCodeUnknown()
    if tell_youth not in (None, NOW, LATER):
        raise GlassTellingUnknown()
    return GlassRequest(reason_code, words, minutes, _read_reason(safety_reason) if tell_youth == LATER else None)


def read_review(*, outcome: str, note: str | None, tell_youth: str | None) -> str:
    """Return the clean note of a review. Raises GlassOutcomeUnknown, GlassNoteMissing, GlassTextTooLong,
    GlassTellingUnknown."""
    if outcome not in OUTCOMES:
        raise GlassOutcomeUnknown()
    if tell_youth not in (None, NOW):
        raise GlassTellingUnknown()
    words = _require_short((note or "").strip())
    if not words:
        raise GlassNoteMissing()
    return words


def write_reason(reason_code: str, language: str) -> str:
    """Return the reason as the youth reads it, in Dutch unless they read English."""
    reason = REASONS[reason_code]
    return reason.english if language == "en" else reason.dutch


def write_alone(language: str) -> str:
    """Return what a coordinator is told whom no colleague could be told of it."""
    return _ALONE["en" if language == "en" else "nl"]


def _read_reason(text: str | None) -> str:
    words = _require_short((text or "").strip())
    if len(words) < FEWEST_LETTERS:
        raise GlassReasonMissing()
    return words


def _require_short(words: str) -> str:
    if len(words) > MOST_LETTERS:
        raise GlassTextTooLong()
    return words
