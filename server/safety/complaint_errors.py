"""What complaints and reports are refused with. A refusal has changed nothing."""

from __future__ import annotations

from server.foundation.errors import WarmlijnError


class ComplaintTransition(WarmlijnError):
    """The complaint is in a state from which this is not possible."""

    code, http_status, title = "complaint.illegal_transition", 409, "This is not possible now"


class ComplaintAboutMissing(WarmlijnError):
    """A complaint is about one person or about the team, and not about both."""

    code, http_status, title = "complaint.about_missing", 422, "Say who or what it is about"


class ComplaintAboutOneself(WarmlijnError):
    """A complaint about oneself."""

    code, http_status, title = "complaint.about_oneself", 422, "Choose somebody else"


class ComplaintTextMissing(WarmlijnError):
    """Nothing but white space."""

    code, http_status, title = "complaint.text_missing", 422, "Write something first"


class ComplaintTextTooLong(WarmlijnError):
    """More than 4,000 characters."""

    code, http_status, title = "complaint.text_too_long", 422, "This text is too long"


class ComplaintDecisionUnknown(WarmlijnError):
    """A complaint is `upheld`, `partly_upheld` or `not_upheld`."""

    code, http_status, title = "complaint.decision_unknown", 422, "This decision is not known"


class ComplaintNamesInText(WarmlijnError):
    """The text for an expert's advice holds the name of somebody whom it is about."""

    code, http_status, title = "complaint.names_in_text", 422, "Leave the names out"


class ComplaintAdviserInvolved(WarmlijnError):
    """This expert has to do with it: the one complained about, the one who complains, or who guides the same youth."""

    code, http_status, title = "complaint.adviser_involved", 409, "Ask somebody who has nothing to do with it"


class AdviceGiven(WarmlijnError):
    """The advice was given before."""

    code, http_status, title = "complaint.advice_given", 409, "You have answered this already"


class ReportNothingNamed(WarmlijnError):
    """A report names a message (conversation and seq) or a person, and not both."""

    code, http_status, title = "report.nothing_named", 422, "Say which message or whom you mean"


class ReportNoteTooLong(WarmlijnError):
    """More than 2,000 characters beside a report."""

    code, http_status, title = "report.note_too_long", 422, "The note is too long"
