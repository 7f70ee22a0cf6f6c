"""What the calls about help, worries, care afterwards and case files refuse beside what every call does."""

from __future__ import annotations

from typing import Final

from server.availability.errors import DateMalformed
from server.foundation.errors import Forbidden, WarmlijnError
from server.foundation.sealing import SealBroken
from server.safety import file_errors as files

OF_CARE: Final[dict[str, tuple[type[WarmlijnError], ...]]] = {
    "press_help": (Forbidden,),
    "get_help": (Forbidden,),
    "get_who_can_read": (),
    "raise_worry": (Forbidden, files.WorryLevel, files.SeqsUnknown),
    "list_worries": (Forbidden,),
    "hand_over_worry": (Forbidden,),
    "say_no_reply_needed": (Forbidden, files.NothingToAnswer),
    "get_silence": (Forbidden,),
    "set_silence": (Forbidden, files.SilenceMinutes),
    "list_own_care": (Forbidden,),
    "answer_after_care": (Forbidden, files.Heaviness, files.CareAnswered),
    "list_call_backs": (Forbidden,),
    "note_call_back": (Forbidden, files.CareAnswered),
    "get_case": (Forbidden, SealBroken),
    "open_case": (Forbidden,),
    "list_entries": (Forbidden, SealBroken),
    "add_entry": (
        Forbidden,
        DateMalformed,
        files.EntryKindUnknown,
        files.EntryEmpty,
        files.EntryTooLong,
        files.FollowUpDate,
        files.CaseIncident,
        files.CorrectsUnknown,
    ),
    "finish_follow_up": (Forbidden, files.FollowUpDone),
    "list_meldcodes": (Forbidden, SealBroken),
    "open_meldcode": (Forbidden,),
    "take_meldcode_step": (
        Forbidden,
        DateMalformed,
        files.EntryTooLong,
        files.MeldcodeStepUnknown,
        files.MeldcodeOrder,
        files.MeldcodeReasonMissing,
        files.MeldcodeRoleUnknown,
        files.MeldcodeDecisionMissing,
        files.MeldcodeDate,
        files.MeldcodeNotOpen,
    ),
    "list_case_templates": (Forbidden,),
}
# Which of them no limiter counts: a call for help is merged, never refused.
UNLIMITED: Final = ("press_help", "raise_worry")
