"""What the availability room refuses, each with its stable code. A refusal has changed nothing."""

from __future__ import annotations

from server.foundation.errors import WarmlijnError


class WindowEmpty(WarmlijnError):
    """A window ends when it starts; only 00:00 to 00:00 stands for the whole day."""

    code, http_status, title = "availability.window_empty", 422, "A window of no length"


class WindowMalformed(WarmlijnError):
    """A time is not HH:MM, or a weekday is not 1 (Monday) to 7."""

    code, http_status, title = "availability.window_malformed", 422, "This is no window"


class TooManyWindows(WarmlijnError):
    """More than 70 windows at once."""

    code, http_status, title = "availability.too_many_windows", 422, "Too many windows"


class ZoneUnknown(WarmlijnError):
    """The zone is not in the IANA list."""

    code, http_status, title = "availability.zone_unknown", 422, "This time zone is not known"


class DateMalformed(WarmlijnError):
    """A date is not YYYY-MM-DD, an instant not RFC 3339 with its offset, or the year is not between 2000 and 2099."""

    code, http_status, title = "availability.date_malformed", 422, "This is no date"


class KindMalformed(WarmlijnError):
    """The kind of an exception is not a short word of small letters and `_`."""

    code, http_status, title = "availability.kind_malformed", 422, "This is no kind"


class ExceptionBackwards(WarmlijnError):
    """The exception ends before it starts."""

    code, http_status, title = "availability.exception_backwards", 422, "The last day is before the first"


class ExceptionTooLong(WarmlijnError):
    """The exception lasts longer than 366 days."""

    code, http_status, title = "availability.exception_too_long", 422, "The exception is too long"


class ExceptionMixed(WarmlijnError):
    """The exception names other hours and parts to take off at once."""

    code, http_status, title = "availability.exception_mixed", 422, "Either other hours or parts to take off"


class TooManyExceptions(WarmlijnError):
    """More than 1,000 exceptions lie ahead."""

    code, http_status, title = "availability.too_many_exceptions", 409, "Too many exceptions"


class AbsenceBackwards(WarmlijnError):
    """The absence ends before it starts."""

    code, http_status, title = "availability.absence_backwards", 422, "The last day is before the first"


class AbsenceTooLong(WarmlijnError):
    """The absence lasts longer than a year, or begins more than a year ahead."""

    code, http_status, title = "availability.absence_too_long", 422, "The absence is too long"


class TooManyAbsences(WarmlijnError):
    """More than 100 absences lie ahead."""

    code, http_status, title = "availability.too_many_absences", 409, "Too many absences"


class PausePast(WarmlijnError):
    """The pause would be over before it begins."""

    code, http_status, title = "availability.pause_past", 422, "This pause would be over already"


class CountryUnknown(WarmlijnError):
    """No public holidays are known for this country or this part of it."""

    code, http_status, title = "availability.country_unknown", 422, "No holidays are known for this country"


class SettingMalformed(WarmlijnError):
    """A number lies outside what a team or a person may set; `detail` names it."""

    code, http_status, title = "availability.setting_malformed", 422, "This setting is out of bounds"


class ShiftMalformed(WarmlijnError):
    """A shift's date or times cannot be read, or it has no length."""

    code, http_status, title = "availability.shift_malformed", 422, "This is no shift"


class ShiftKindUnknown(WarmlijnError):
    """A shift is `duty` or `on_call`."""

    code, http_status, title = "availability.shift_kind_unknown", 422, "This kind of shift is not known"


class ShiftRole(WarmlijnError):
    """Duty is for experts, being on call for coordinators."""

    code, http_status, title = "availability.shift_role", 422, "This shift is not for this role"


class ShiftPast(WarmlijnError):
    """The shift would be over before it begins, or is more than a year ahead."""

    code, http_status, title = "availability.shift_past", 422, "This shift lies outside the coming year"


class ShiftRepeats(WarmlijnError):
    """A shift may be repeated weekly, 53 times at most."""

    code, http_status, title = "availability.shift_repeats", 422, "Too many repeats"


class ShiftOverlap(WarmlijnError):
    """The person has another shift at that time."""

    code, http_status, title = "availability.shift_overlap", 409, "The person has another shift then"


class ShiftOver(WarmlijnError):
    """The shift is over: who had it is not rewritten."""

    code, http_status, title = "availability.shift_over", 409, "This shift is over"


class SwapSelf(WarmlijnError):
    """A swap with oneself."""

    code, http_status, title = "availability.swap_self", 422, "Choose a colleague"


class SwapState(WarmlijnError):
    """The swap was decided before, or the shift has another owner by now."""

    code, http_status, title = "availability.swap_state", 409, "This swap was decided before"


class CalendarTooLarge(WarmlijnError):
    """The calendar file is larger than 240 KiB."""

    code, http_status, title = "availability.calendar_too_large", 413, "The calendar is too large"


class CalendarTooMany(WarmlijnError):
    """The calendar would make more than 500 days, or repeats too often to be looked through."""

    code, http_status, title = "availability.calendar_too_many", 422, "There is too much in this calendar"


class CalendarMalformed(WarmlijnError):
    """The file is not a calendar that can be read."""

    code, http_status, title = "availability.calendar_malformed", 422, "This is no calendar"


class NoExtension(WarmlijnError):
    """No more time: the talk does not run, it was extended as often as the team allows, or a pause is on."""

    code, http_status, title = "expert.no_extension", 409, "No more time can be added"


class ShiftChanged(WarmlijnError):
    """Somebody else changed the shift at the same moment."""

    code, http_status, retry, title = "availability.shift_changed", 409, "same", "This shift has just been changed"
