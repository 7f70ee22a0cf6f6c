"""A team's numbers in the form in which they are stored and sent, and what one person may make of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from server.availability.errors import SettingMalformed
from server.availability.rules.wind_down import CAPS, HoursSettings

# A longer rest is the stricter one; of every other cap the smaller number is.
_LARGER_IS_STRICTER: Final = ("rest_hours",)


def read_settings(given: Mapping[str, Any]) -> HoursSettings:
    """Return the settings of these numbers, defaults where one is missing. Raises SettingMalformed naming the wrong."""
    values = dict(given)
    try:
        if "notice_minutes" in values:
            values["notice_minutes"] = tuple(values["notice_minutes"])
        return HoursSettings(**values)
    except (TypeError, ValueError) as problem:
        raise SettingMalformed(str(problem)[:100]) from None


def show_settings(settings: HoursSettings) -> dict[str, Any]:
    """Return the settings as the wire and the table write them."""
    shown = asdict(settings)
    return shown | {"notice_minutes": list(settings.notice_minutes)}


def read_caps(given: Mapping[str, Any]) -> dict[str, int]:
    """Return a person's own caps, those not given (None) left out. Raises SettingMalformed."""
    own = {name: given[name] for name in CAPS if given.get(name) is not None}
    read_settings(own)
    return own


def narrow_settings(settings: HoursSettings, own: Mapping[str, int]) -> HoursSettings:
    """Return a team's settings with a person's own caps where these are the stricter: nobody loosens the team's."""
    narrowed: dict[str, Any] = {name: _choose(name, getattr(settings, name), own[name]) for name in own}
    return replace(settings, **narrowed)


def _choose(name: str, team: int | None, own: int) -> int:
    if team is None:
        return own
    return max(team, own) if name in _LARGER_IS_STRICTER else min(team, own)
