"""Every refusal of the server with its code: found by walking the classes, told apart by the edge that shows it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from server.accounts.errors import (
    CodeInvalid,
    CredentialsInvalid,
    EmailRefused,
    EmailTaken,
    FactorExists,
    FactorRequired,
    InvitationUsed,
    LastAdmin,
    MonthNotSettled,
    OtpInvalid,
    OtpRequired,
    PasskeyInvalid,
    PasswordRefused,
    PushTokenInvalid,
    RecoveryInvalid,
    StepUpRequired,
    TooManyFactors,
)
from server.availability import errors as hours
from server.buddies.pairing_errors import DecisionsNeeded, HardRule
from server.chat.errors import (
    CannotSend,
    ConversationNotFound,
    DutyBusy,
    DutyClosed,
    DutyTaken,
    EmptyMessage,
    IdempotencyConflict,
    MessageTooLong,
    NotHeld,
    OffDuty,
    OutsideWindow,
)
from server.entry.protocol.of_care import OF_CARE, UNLIMITED
from server.entry.protocol.of_desk import OF_DESK
from server.entry.protocol.of_escalations import OF_ESCALATIONS
from server.entry.protocol.of_pairings import OF_PAIRINGS
from server.entry.protocol.of_profiles import OF_PROFILES
from server.entry.protocol.of_reading import OF_READING
from server.entry.protocol.of_sign_in import BEFORE_FACTOR, OF_SIGN_IN
from server.foundation.errors import (
    BadRequest,
    Forbidden,
    Internal,
    NotFound,
    NotSignedIn,
    Overloaded,
    RateLimited,
    TooLarge,
    Unavailable,
    UnsupportedMediaType,
    WarmlijnError,
)
from server.foundation.schemas import INSTANT, nullable
from server.foundation.sealing import SealBroken
from server.realtime.errors import ResetRequired

Refusal = type[WarmlijnError]
RESET_REASONS: Final = ("no_cursor", "epoch_changed", "expired", "ahead_of_head")

# Rooms of which no request of the socket asks anything.
_REST_PREFIXES: Final = (
    "availability.",
    "buddies.",
    "care.",
    "case.",
    "complaint.",
    "device.",
    "escalation.",
    "glass.",
    "http.",
    "meldcode.",
    "pairing.",
    "report.",
    "safety.",
)
# What else no request of the socket can run into.
_REST_ONLY: Final[tuple[Refusal, ...]] = (
    CodeInvalid,
    CredentialsInvalid,
    PasswordRefused,
    EmailRefused,
    EmailTaken,
    OtpRequired,
    MonthNotSettled,
    OtpInvalid,
    PasskeyInvalid,
    StepUpRequired,
    FactorRequired,
    RecoveryInvalid,
    FactorExists,
    TooManyFactors,
    LastAdmin,
    InvitationUsed,
    hours.NoExtension,
    DutyBusy,
    DutyClosed,
    DutyTaken,
    OffDuty,
)
# Named fields that an error carries beside code, retry, retry_after_ms and detail: those always there, those at times.
_EXTRAS: Final[dict[Refusal, tuple[dict[str, Any], dict[str, Any]]]] = {
    Forbidden: ({}, {"reason": {"type": "string"}}),
    OutsideWindow: ({"next_opening": nullable(INSTANT)}, {}),
    DecisionsNeeded: ({"pairings": {"type": "array", "items": {"type": "string"}}}, {}),
    HardRule: ({"rules": {"type": "array", "items": {"type": "string"}}}, {}),
    PasswordRefused: ({"reasons": {"type": "array", "items": {"type": "string"}}}, {}),
    OtpRequired: ({"factors": {"type": "array", "items": {"type": "string"}}}, {}),
    MonthNotSettled: ({"newest": {"type": "string"}}, {}),
    ResetRequired: ({"detail": {"type": "string", "enum": list(RESET_REASONS)}}, {}),
}
# REST: what each operation refuses beside what every one does. An operation that is not here cannot be published.
_BY_OPERATION: Final[dict[str, tuple[Refusal, ...]]] = {
    "ask_duty": (Forbidden, DutyClosed),
    "change_password": (Forbidden, CredentialsInvalid, PasswordRefused),
    "claim_duty": (Forbidden, DutyTaken, OffDuty, DutyBusy),
    "enrol": (CodeInvalid,),
    "get_me": (),
    "get_push_key": (NotFound,),
    "enrol_staff": (CodeInvalid, EmailRefused, PasswordRefused),
    "invite_youth": (Forbidden, StepUpRequired),
    "issue_ticket": (),
    "lift_block": (),
    "lift_suspension": (Forbidden,),
    "list_conversations": (),
    "list_duty_requests": (Forbidden,),
    "list_messages": (ConversationNotFound, SealBroken),
    "list_sessions": (),
    "mark_read": (ConversationNotFound,),
    "place_block": (Forbidden,),
    "register_device": (PushTokenInvalid,),
    "remove_device": (),
    "revoke_session": (),
    "send_message": (
        ConversationNotFound,
        CannotSend,
        EmptyMessage,
        MessageTooLong,
        IdempotencyConflict,
        OutsideWindow,
        SealBroken,
    ),
    "sign_out": (),
    "snapshot": (SealBroken,),
    "suspend_person": (Forbidden,),
    "withdraw_duty": (Forbidden, NotFound),
    "withdraw_message": (ConversationNotFound, NotHeld),
}
_WINDOWS: Final[tuple[Refusal, ...]] = (hours.WindowEmpty, hours.WindowMalformed, hours.TooManyWindows)
_CALENDAR: Final[tuple[Refusal, ...]] = (hours.CalendarTooLarge, hours.CalendarTooMany, hours.CalendarMalformed)
# The calls of the availability room.
_OF_HOURS: Final[dict[str, tuple[Refusal, ...]]] = {
    "accept_swap": (Forbidden, hours.SwapState, hours.ShiftOver, hours.ShiftOverlap, hours.ShiftChanged),
    "add_absence": (
        Forbidden,
        hours.DateMalformed,
        hours.AbsenceBackwards,
        hours.AbsenceTooLong,
        hours.TooManyAbsences,
    ),
    "extend_talk": (Forbidden, ConversationNotFound, hours.NoExtension),
    "add_exception": (
        Forbidden,
        *_WINDOWS,
        hours.KindMalformed,
        hours.DateMalformed,
        hours.ExceptionBackwards,
        hours.ExceptionTooLong,
        hours.ExceptionMixed,
        hours.TooManyExceptions,
    ),
    "add_shifts": (
        Forbidden,
        NotFound,
        hours.ShiftKindUnknown,
        hours.ShiftMalformed,
        hours.ShiftRepeats,
        hours.ShiftPast,
        hours.ShiftRole,
        hours.ShiftOverlap,
    ),
    "assign_shift": (Forbidden, hours.ShiftRole, hours.ShiftOver, hours.ShiftOverlap, hours.ShiftChanged),
    "declare_rest": (Forbidden,),
    "decline_swap": (Forbidden, hours.SwapState),
    "end_absence": (Forbidden,),
    "end_pause": (Forbidden,),
    "end_rest": (Forbidden,),
    "get_availability": (Forbidden,),
    "get_caps": (Forbidden,),
    "get_coverage": (Forbidden, hours.DateMalformed),
    "get_reachability": (hours.DateMalformed,),
    "get_team_hours": (Forbidden,),
    "import_calendar": (Forbidden, *_CALENDAR, hours.TooManyExceptions),
    "list_absences": (Forbidden,),
    "list_exceptions": (Forbidden,),
    "list_ledger": (Forbidden, hours.DateMalformed),
    "list_own_pushes": (),
    "list_shifts": (Forbidden, hours.DateMalformed, hours.ShiftKindUnknown),
    "list_signals": (Forbidden, hours.DateMalformed),
    "list_swaps": (Forbidden,),
    "open_calendar_feed": (Forbidden,),
    "preview_availability": (Forbidden,),
    "propose_swap": (Forbidden, hours.SwapSelf, hours.ShiftRole, hours.ShiftOver),
    "remove_exception": (Forbidden,),
    "remove_shift": (Forbidden, hours.ShiftOver, hours.ShiftChanged),
    "revoke_calendar_feed": (Forbidden,),
    "set_availability": (Forbidden, *_WINDOWS, hours.ZoneUnknown),
    "set_caps": (Forbidden, hours.SettingMalformed),
    "set_holidays": (Forbidden, hours.CountryUnknown),
    "set_team_hours": (Forbidden, *_WINDOWS, hours.SettingMalformed),
    "start_pause": (Forbidden, hours.DateMalformed, hours.PausePast),
    "withdraw_swap": (Forbidden, hours.SwapState),
}
_REFUSED_BY: Final = (
    _BY_OPERATION | _OF_HOURS | OF_PAIRINGS | OF_PROFILES | OF_ESCALATIONS | OF_READING | OF_CARE | OF_DESK | OF_SIGN_IN
)
_UNLIMITED: Final = ("sign_out", *UNLIMITED)


def list_refusals() -> list[Refusal]:
    """Return every error class of the server, by code: each room's `errors` is imported, so that none is missed."""
    for app in apps.get_app_configs():
        if app.name.startswith("server.") and app.module and module_has_submodule(app.module, "errors"):
            import_module(f"{app.name}.errors")
    return sorted(_walk(WarmlijnError), key=lambda refusal: refusal.code)


def is_on_socket(refusal: Refusal) -> bool:
    """Tell whether an `error` frame may carry it."""
    return not refusal.code.startswith(_REST_PREFIXES) and refusal not in _REST_ONLY


def list_operation_refusals(operation_id: str, method: str, path: str, *, signed_in: bool) -> list[Refusal]:
    """Return what an operation may refuse. Raises KeyError for one that the tables do not know."""
    common: list[Refusal] = [BadRequest, Internal, Overloaded, Unavailable]
    common += [NotFound] if "{" in path else []  # an id of the wrong form
    common += [NotSignedIn] if signed_in else []
    common += [FactorRequired] if signed_in and operation_id not in BEFORE_FACTOR else []
    common += [] if operation_id in _UNLIMITED else [RateLimited]
    common += [] if method == "get" else [TooLarge, UnsupportedMediaType]
    return sorted({*common, *_REFUSED_BY[operation_id]}, key=lambda refusal: (refusal.http_status, refusal.code))


def list_operations() -> list[str]:
    """Return the operations whose refusals are written down."""
    return sorted(_REFUSED_BY)


def draw_fields(refusal: Refusal) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields that `describe()` always shows and those that it may show."""
    required, optional = _EXTRAS.get(refusal, ({}, {}))
    required = {"code": {"const": refusal.code}, "retry": {"const": refusal.retry}} | required
    if refusal.retry == "after":
        optional = {"retry_after_ms": {"type": "integer", "minimum": 0}} | optional
    return required, {name: schema for name, schema in _optional_fields(optional).items() if name not in required}


def tell_meaning(refusal: Refusal) -> str:
    """Return the first paragraph of the class's own words, in one line."""
    return " ".join((inspect.getdoc(refusal) or "").split("\n\n")[0].split())


def _optional_fields(optional: dict[str, Any]) -> dict[str, Any]:
    return {"detail": {"type": "string"}} | optional


def _walk(parent: Refusal) -> Iterator[Refusal]:
    for child in parent.__subclasses__():
        if child.__module__.startswith("server."):
            yield child
        yield from _walk(child)
