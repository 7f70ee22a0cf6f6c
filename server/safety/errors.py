"""What the escalation refuses. Case files, reading and complaints keep theirs in modules of their own."""

from __future__ import annotations

from server.foundation.errors import WarmlijnError


class IllegalTransition(WarmlijnError):
    """The escalation is in a state from which this is not possible: somebody else was first, or it has ended."""

    code, http_status, title = "escalation.illegal_transition", 409, "This is not possible any more"


class AlreadyOpen(WarmlijnError):
    """Another escalation is open for the same youth: work goes on there."""

    code, http_status, title = "escalation.already_open", 409, "Another escalation is open already"


class OutcomeMissing(WarmlijnError):
    """An escalation is not resolved without saying how it ended."""

    code, http_status, title = "safety.outcome_missing", 422, "Say how it ended"


class NoteTooLong(WarmlijnError):
    """A note beyond 4,000 characters."""

    code, http_status, title = "safety.note_too_long", 422, "The note is too long"


class ChainEmpty(WarmlijnError):
    """A chain without steps would call nobody."""

    code, http_status, title = "safety.chain_empty", 422, "A chain needs steps"


class ChainTooLong(WarmlijnError):
    """A chain of more than 12 steps."""

    code, http_status, title = "safety.chain_too_long", 422, "A chain has at most 12 steps"


class ChainLoop(WarmlijnError):
    """A chain that calls the same people again instead of going on to others."""

    code, http_status, title = "safety.chain_loop", 422, "This chain goes round in a circle"


class ChainWait(WarmlijnError):
    """A wait of zero, of less, or beyond what the level bears; or a wait after the last step."""

    code, http_status, title = "safety.chain_wait", 422, "This wait is too short or too long"


class ChainTargetUnknown(WarmlijnError):
    """A step that calls nobody the server may call: an unknown kind, nobody, or who is no coordinator of the team."""

    code, http_status, title = "safety.chain_target_unknown", 422, "This step calls nobody who can be called"


class ChainWithoutEnd(WarmlijnError):
    """The last step of a chain is the guaranteed one, and no other is."""

    code, http_status, title = "safety.chain_without_end", 422, "A chain ends with the last resort"


class SafetySetting(WarmlijnError):
    """A number of the team's safety settings that is missing or out of bounds; `detail` names it."""

    code, http_status, title = "safety.setting_malformed", 422, "This setting does not fit"


class TrialPageOver(WarmlijnError):
    """The test page is older than a day: ask for a new one."""

    code, http_status, title = "safety.test_page_over", 409, "This test page is too old"
