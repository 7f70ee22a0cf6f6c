"""Breaking the glass in tests, by the real calls."""

from __future__ import annotations

from typing import Any

from server.accounts.actions import start_session
from server.foundation.clock import read_clock
from tests.cast import Answer, Cast, Player
from tests.integration.availability.people import get, post

REASON = "Ada schreef iets dat ons bang maakt."


def break_it(player: Player | None, conversation: str, **fields: Any) -> Answer:
    """Ask for it, with a reason that is good enough."""
    given = {"reason_code": "life_danger", "reason": REASON, "minutes": 30} | fields
    return post(player, f"/conversations/{conversation}/break-glass", **given)


def opened(player: Player, cast: Cast, **fields: Any) -> dict[str, Any]:
    """Return the reading that somebody opened in the pair."""
    answer = break_it(player, cast.pair, **fields)
    assert answer.status == 201, answer.body
    body: dict[str, Any] = answer.body
    return body


def come_back(player: Player) -> Player:
    """Return somebody with a fresh session: coordinators are signed out after a night."""
    name = f"{player.person.display_name}'s phone"
    return Player(player.person, *start_session(person_id=player.person.id, device_name=name, now=read_clock()))


def read(player: Player, conversation: str) -> Answer:
    """Read the conversation."""
    return get(player, f"/conversations/{conversation}/messages")
