"""What the files, the worries and the care afterwards refuse."""

from __future__ import annotations

from server.foundation.errors import WarmlijnError


class SeqsUnknown(WarmlijnError):
    """One of these messages is not there for the caller: beyond their gate, or nowhere."""

    code, http_status, title = "safety.seqs_unknown", 422, "These messages are not there"


class WorryLevel(WarmlijnError):
    """No level that a worry can have."""

    code, http_status, title = "safety.level_unknown", 422, "Choose concern, urgent or emergency"


class NothingToAnswer(WarmlijnError):
    """Nothing waits for an answer in this conversation."""

    code, http_status, title = "safety.nothing_waits", 409, "Nothing waits for an answer here"


class SilenceMinutes(WarmlijnError):
    """Minutes outside of 10 to 240, or a level that is not concern or urgent."""

    code, http_status, title = "safety.silence_minutes", 422, "From 10 to 240 minutes, at level concern or urgent"


class EntryKindUnknown(WarmlijnError):
    """No kind of entry in a case file."""

    code, http_status, title = "case.kind_unknown", 422, "This kind of entry is not known"


class EntryEmpty(WarmlijnError):
    """Nothing but white space."""

    code, http_status, title = "case.empty", 422, "Write something first"


class EntryTooLong(WarmlijnError):
    """More than 10,000 code points."""

    code, http_status, title = "case.too_long", 422, "The text is too long"


class CorrectsUnknown(WarmlijnError):
    """The entry that is to be corrected is not in this file, is corrected already, or is of another kind."""

    code, http_status, title = "case.corrects_unknown", 422, "This entry cannot be corrected"


class FollowUpDate(WarmlijnError):
    """A follow-up has a date from today up to a year ahead; nothing else has one."""

    code, http_status, title = "case.follow_up_date", 422, "A follow-up needs a date from today up to a year ahead"


class FollowUpDone(WarmlijnError):
    """It was done before."""

    code, http_status, title = "case.follow_up_done", 409, "This was done already"


class CaseIncident(WarmlijnError):
    """The escalation is not about this youth."""

    code, http_status, title = "case.escalation_unknown", 422, "This escalation does not belong to this file"


class MeldcodeStepUnknown(WarmlijnError):
    """The meldcode has five steps, each done or skipped."""

    code, http_status, title = "meldcode.step_unknown", 422, "The meldcode has five steps, each done or skipped"


class MeldcodeOrder(WarmlijnError):
    """A step before it is missing, or the last one was skipped."""

    code, http_status, title = "meldcode.order", 409, "First the steps before this one; the last is never skipped"


class MeldcodeReasonMissing(WarmlijnError):
    """A skipped step, and the decision, need a reason."""

    code, http_status, title = "meldcode.reason_missing", 422, "Write down why"


class MeldcodeRoleUnknown(WarmlijnError):
    """Roles come from a list, names have no place here."""

    code, http_status, title = "meldcode.role_unknown", 422, "Choose a role from the list"


class MeldcodeDecisionMissing(WarmlijnError):
    """The fifth step has a decision, the others have none."""

    code, http_status, title = "meldcode.decision_missing", 422, "The last step, and only that one, has a decision"


class MeldcodeDate(WarmlijnError):
    """A step is written down when it was done, not before."""

    code, http_status, title = "meldcode.date", 422, "A step cannot be done later than today"


class MeldcodeNotOpen(WarmlijnError):
    """No meldcode file is open: none was begun, or the last one has its decision."""

    code, http_status, title = "meldcode.not_open", 409, "No meldcode file is open"


class CareAnswered(WarmlijnError):
    """The question was answered before, or the call was made."""

    code, http_status, title = "care.answered", 409, "This was answered already"


class Heaviness(WarmlijnError):
    """A whole number from 1 to 5."""

    code, http_status, title = "care.heaviness", 422, "Choose from 1 (light) to 5 (very heavy)"
