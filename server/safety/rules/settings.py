"""A team's numbers for safety, with the bounds within which it may set them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from server.safety.errors import SafetySetting

# Minutes. A promise to answer an emergency that holds for hours would be none.
BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "promise_emergency_minutes": (5, 60),
    "promise_urgent_minutes": (15, 240),
    "promise_concern_minutes": (60, 3 * 24 * 60),
}
_ADDRESS = re.compile(r"[^@\s<>\",;:]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])", re.ASCII)


@dataclass(frozen=True, slots=True)
class SafetySettings:
    """Who acknowledges promises to be at work within the minutes of the level.

    `standing_email` is where the last resort writes, "" for the installation's.
    """

    promise_emergency_minutes: int = 15
    promise_urgent_minutes: int = 60
    promise_concern_minutes: int = 24 * 60
    standing_email: str = ""

    def find_promise(self, level: str) -> timedelta:
        """Return how long an acknowledgement holds at a level."""
        return timedelta(minutes=getattr(self, f"promise_{level}_minutes"))


def read_settings(given: Mapping[str, Any]) -> SafetySettings:
    """Return the settings of these values, defaults where one is missing. Raises SafetySetting naming the wrong one."""
    for name, (low, high) in BOUNDS.items():
        if name in given and not low <= given[name] <= high:
            raise SafetySetting(f"{name}: {low} to {high} was expected")
    address = given.get("standing_email") or ""
    if address and _ADDRESS.fullmatch(address) is None:
        raise SafetySetting("standing_email: an e-mail address was expected")
    known = {name: given[name] for name in BOUNDS if name in given}
    return SafetySettings(**known, standing_email=address)


def show_settings(settings: SafetySettings) -> dict[str, Any]:
    """Return the settings as they are stored and sent."""
    return asdict(settings)
