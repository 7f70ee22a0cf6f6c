"""What breaking the glass is refused with. A refusal has changed nothing."""

from __future__ import annotations

from server.foundation.errors import WarmlijnError


class GlassReasonMissing(WarmlijnError):
    """Fewer than 10 characters of reason in words, or no recorded safety reason for telling the youth later."""

    code, http_status, title = "glass.reason_missing", 422, "Say in words why this is needed"


class GlassReasonCodeUnknown(WarmlijnError):
    """The reason is not on the list."""

    code, http_status, title = "glass.reason_code_unknown", 422, "This reason is not on the list"


class GlassMinutes(WarmlijnError):
    """Reading lasts 1 to 60 minutes."""

    code, http_status, title = "glass.minutes", 422, "Choose 1 to 60 minutes"


class GlassTextTooLong(WarmlijnError):
    """A reason or a note of more than 1,000 characters."""

    code, http_status, title = "glass.text_too_long", 422, "This text is too long"


class GlassTellingUnknown(WarmlijnError):
    """The youth is told `now` or `later`."""

    code, http_status, title = "glass.telling_unknown", 422, "The youth is told now or later"


class GlassMember(WarmlijnError):
    """The coordinator is a member of the conversation, and reads it as one."""

    code, http_status, title = "glass.member", 409, "You are in this conversation"


class GlassAlreadyOpen(WarmlijnError):
    """The coordinator reads another conversation, or this one: one at a time."""

    code, http_status, title = "glass.already_open", 409, "You are reading another conversation"


class GlassOwnReview(WarmlijnError):
    """Somebody else reviews it."""

    code, http_status, title = "glass.own_review", 409, "A colleague reviews this"


class GlassReviewed(WarmlijnError):
    """It was reviewed before."""

    code, http_status, title = "glass.reviewed", 409, "This was reviewed before"


class GlassOutcomeUnknown(WarmlijnError):
    """A review finds it `justified` or `not_justified`."""

    code, http_status, title = "glass.outcome_unknown", 422, "This outcome is not known"


class GlassNoteMissing(WarmlijnError):
    """A review without a word of explanation."""

    code, http_status, title = "glass.note_missing", 422, "Say in words what you found"


class NotJoined(WarmlijnError):
    """The coordinator is not in the conversation of this escalation."""

    code, http_status, title = "escalation.not_joined", 409, "Join the conversation first"


class NotTakenOver(WarmlijnError):
    """There is nothing to hand back: the expert answers."""

    code, http_status, title = "escalation.not_taken_over", 409, "You have not taken over"
