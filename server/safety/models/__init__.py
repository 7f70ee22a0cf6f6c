"""Tables of the safety room. People, teams and conversations are plain ids: they belong to other rooms."""

from server.safety.models.care import AfterCare, Worry
from server.safety.models.cases import CaseEntry, CaseFile, MeldcodeFile, MeldcodeStep
from server.safety.models.chains import Chain, SafetyVersion, TeamSafety, TrialPage
from server.safety.models.complaints import (
    Complaint,
    ComplaintAdvice,
    ComplaintHandler,
    ComplaintStep,
    ComplaintVote,
    Report,
)
from server.safety.models.escalations import Escalation, Heartbeat, HistoryEntry, Page, Signal
from server.safety.models.keys import SafetyKey
from server.safety.models.reading import GlassOpening, Joining
from server.safety.models.silence import SilenceSettings, SilenceTimer

__all__ = [
    "AfterCare",
    "CaseEntry",
    "CaseFile",
    "Chain",
    "Complaint",
    "ComplaintAdvice",
    "ComplaintHandler",
    "ComplaintStep",
    "ComplaintVote",
    "Escalation",
    "GlassOpening",
    "Heartbeat",
    "HistoryEntry",
    "Joining",
    "MeldcodeFile",
    "MeldcodeStep",
    "Page",
    "Report",
    "SafetyKey",
    "SafetyVersion",
    "Signal",
    "SilenceSettings",
    "SilenceTimer",
    "TeamSafety",
    "TrialPage",
    "Worry",
]
