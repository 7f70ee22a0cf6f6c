"""What the calls about reading, joining, complaints and reports refuse beside what every one does."""

from __future__ import annotations

from typing import Final

from server.accounts.errors import StepUpRequired
from server.foundation.errors import Forbidden, NotFound, WarmlijnError
from server.foundation.sealing import SealBroken
from server.safety import complaint_errors as complaints
from server.safety import reading_errors as glass
from server.safety.errors import IllegalTransition

_WORDS: Final = (complaints.ComplaintTextMissing, complaints.ComplaintTextTooLong)
OF_READING: Final[dict[str, tuple[type[WarmlijnError], ...]]] = {
    "ask_advice": (
        Forbidden,
        *_WORDS,
        complaints.ComplaintNamesInText,
        complaints.ComplaintAdviserInvolved,
        complaints.ComplaintTransition,
    ),
    "close_complaint": (Forbidden, *_WORDS, complaints.ComplaintTransition),
    "complain": (Forbidden, NotFound, *_WORDS, complaints.ComplaintAboutMissing, complaints.ComplaintAboutOneself),
    "decide_complaint": (Forbidden, *_WORDS, complaints.ComplaintDecisionUnknown, complaints.ComplaintTransition),
    "get_complaint": (SealBroken,),
    "give_advice": (Forbidden, *_WORDS, complaints.AdviceGiven),
    "list_advice_requests": (Forbidden, SealBroken),
    "list_complaints": (),
    "reopen_complaint": (*_WORDS, complaints.ComplaintTransition),
    "report": (Forbidden, NotFound, complaints.ReportNothingNamed, complaints.ReportNoteTooLong),
    "break_glass": (
        Forbidden,
        StepUpRequired,
        NotFound,
        glass.GlassReasonCodeUnknown,
        glass.GlassReasonMissing,
        glass.GlassTextTooLong,
        glass.GlassMinutes,
        glass.GlassTellingUnknown,
        glass.GlassMember,
        glass.GlassAlreadyOpen,
    ),
    "end_break_glass": (Forbidden,),
    "hand_back": (Forbidden, glass.NotJoined, glass.NotTakenOver),
    "join_escalation": (Forbidden, IllegalTransition),
    "list_company": (),
    "take_over": (Forbidden, glass.NotJoined),
    "get_break_glass": (Forbidden, SealBroken),
    "list_break_glass": (Forbidden,),
    "review_break_glass": (
        Forbidden,
        glass.GlassOutcomeUnknown,
        glass.GlassNoteMissing,
        glass.GlassTextTooLong,
        glass.GlassTellingUnknown,
        glass.GlassOwnReview,
        glass.GlassReviewed,
    ),
    "who_looked": (Forbidden,),
}
