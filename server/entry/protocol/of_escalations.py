"""What the calls of escalations refuse, beside what every call does."""

from __future__ import annotations

from typing import Final

from server.foundation.errors import Forbidden, NotFound, WarmlijnError
from server.foundation.sealing import SealBroken
from server.safety import errors as safety

OF_ESCALATIONS: Final[dict[str, tuple[type[WarmlijnError], ...]]] = {
    "acknowledge_escalation": (Forbidden, safety.IllegalTransition),
    "ask_test_page": (Forbidden,),
    "ask_test_pages": (Forbidden,),
    "check_on_call": (Forbidden,),
    "confirm_test_page": (Forbidden, safety.TrialPageOver),
    "get_chains": (Forbidden,),
    "get_escalation": (Forbidden,),
    "get_signal": (Forbidden, SealBroken),
    "get_team_safety": (Forbidden,),
    "hand_over_escalation": (Forbidden, safety.IllegalTransition, safety.NoteTooLong),
    "list_escalations": (Forbidden, NotFound),
    "reopen_escalation": (Forbidden, safety.IllegalTransition, safety.AlreadyOpen),
    "resolve_escalation": (Forbidden, safety.IllegalTransition, safety.OutcomeMissing, safety.NoteTooLong),
    "set_chain": (
        Forbidden,
        NotFound,
        safety.ChainEmpty,
        safety.ChainTooLong,
        safety.ChainTargetUnknown,
        safety.ChainWait,
        safety.ChainWithoutEnd,
        safety.ChainLoop,
    ),
    "set_team_safety": (Forbidden, safety.SafetySetting),
}
