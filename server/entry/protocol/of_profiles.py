"""What the calls about files, the waiting list, the matching and its settings refuse beside what every one does."""

from __future__ import annotations

from typing import Final

from server.availability import errors as hours
from server.buddies import errors as buddies
from server.foundation.errors import Forbidden, WarmlijnError
from server.foundation.sealing import SealBroken

_TOLD: Final = (
    Forbidden,
    buddies.AgeBackwards,
    buddies.ChoiceUnknown,
    buddies.LanguageUnknown,
    buddies.NumberOutOfBounds,
    buddies.ProfileChanged,
    buddies.TextTooLong,
    buddies.ThemeContradicts,
    buddies.ThemeUnknown,
    buddies.TooManyItems,
    SealBroken,
)
_TIMES: Final = (hours.WindowEmpty, hours.WindowMalformed, hours.TooManyWindows, hours.ZoneUnknown)
OF_PROFILES: Final[dict[str, tuple[type[WarmlijnError], ...]]] = {
    "fill_in_intake": (*_TOLD, *_TIMES),
    "get_buddy_card": (Forbidden, SealBroken),
    "get_buddy_profile": (Forbidden, SealBroken),
    "get_intake": (Forbidden, SealBroken),
    "get_profile": (Forbidden, SealBroken),
    "get_team_buddies": (Forbidden,),
    "get_waiting_list": (Forbidden,),
    "list_buddy_themes": (Forbidden,),
    "list_candidates": (Forbidden, SealBroken),
    "propose_assignment": (Forbidden, SealBroken),
    "set_buddy_profile": (*_TOLD, *_TIMES, hours.DateMalformed, buddies.BridgePast),
    "set_profile": _TOLD,
    "set_team_buddies": (
        Forbidden,
        buddies.ProfileChanged,
        buddies.SettingMalformed,
        buddies.ThemeMalformed,
        buddies.WeightsInvalid,
    ),
    "withdraw_buddy_request": (Forbidden, buddies.RequestEnded),
}
