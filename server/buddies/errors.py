"""What the buddies room refuses, each with its stable code. A refusal has changed nothing."""

from __future__ import annotations

from server.foundation.errors import WarmlijnError


class ThemeUnknown(WarmlijnError):
    """A theme is neither on the managed list nor among those that the team has added."""

    code, http_status, title = "buddies.theme_unknown", 422, "This theme is not known"


class ThemeContradicts(WarmlijnError):
    """The same theme stands among those to talk about and among the no-go themes, or twice."""

    code, http_status, title = "buddies.theme_contradicts", 422, "A theme is named twice"


class ThemeMalformed(WarmlijnError):
    """A theme that a team adds has no code of small letters, no words in both languages, or is there already."""

    code, http_status, title = "buddies.theme_malformed", 422, "This theme cannot be added"


class LanguageUnknown(WarmlijnError):
    """A language is not a code of ISO 639-1: two small letters."""

    code, http_status, title = "buddies.language_unknown", 422, "This language is not known"


class ChoiceUnknown(WarmlijnError):
    """A word is not among those to choose from; `detail` names the field."""

    code, http_status, title = "buddies.choice_unknown", 422, "This is not one of the choices"


class TextTooLong(WarmlijnError):
    """A text is longer than its field takes; `detail` names the field and its bound."""

    code, http_status, title = "buddies.text_too_long", 422, "This text is too long"


class TooManyItems(WarmlijnError):
    """A list holds more than its field takes; `detail` names the field and its bound."""

    code, http_status, title = "buddies.too_many_items", 422, "This list is too long"


class NumberOutOfBounds(WarmlijnError):
    """A number lies outside of what its field takes; `detail` names the field and its bounds."""

    code, http_status, title = "buddies.number_out_of_bounds", 422, "This number is out of bounds"


class AgeBackwards(WarmlijnError):
    """The least difference in age is larger than the most, or there are not two numbers."""

    code, http_status, title = "buddies.age_backwards", 422, "The age difference is backwards"


class BridgePast(WarmlijnError):
    """The bridge would end before today, or more than two years ahead."""

    code, http_status, title = "buddies.bridge_past", 422, "This day lies outside the coming two years"


class ProfileChanged(WarmlijnError):
    """Somebody else changed it since the version that the caller has seen."""

    code, http_status, title = "buddies.profile_changed", 409, "This has just been changed; look again"


class SettingMalformed(WarmlijnError):
    """A number lies outside what a team may set; `detail` names it."""

    code, http_status, title = "buddies.setting_malformed", 422, "This setting is out of bounds"


class WeightsInvalid(WarmlijnError):
    """A weight of the matching is unknown or lies outside what a team may set; `detail` names it."""

    code, http_status, title = "buddies.weights_invalid", 422, "These weights do not fit"


class RequestEnded(WarmlijnError):
    """The request no longer waits: somebody was found, or it was withdrawn."""

    code, http_status, title = "buddies.request_ended", 409, "This request does not wait any more"
