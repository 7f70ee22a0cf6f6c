"""Pairings in tests, made and moved over HTTP as people would; and what the worker's loops do meanwhile."""

from __future__ import annotations

from typing import Any

from server.availability.tasks import step_held_events
from server.buddies.pairing_tasks import step_pairings, step_silences
from server.events.relay import step_relay
from server.foundation.clock import read_clock
from server.wiring import LISTENERS
from tests.cast import Answer, Cast, Player, Rest
from tests.integration.buddies.people import EVENINGS, get, make_ready, post, put, told

STATES = ("proposed", "introduced", "active", "paused", "rematch", "closing", "closed", "declined", "withdrawn")
ALWAYS = [{"weekday": day, "start": "00:00", "end": "00:00"} for day in range(1, 8)]


def make_expert_ready(cast: Cast, *experts: Player, always: bool = True, **more: Any) -> None:
    """Give experts valid papers, room for three, and hours around the clock, or in the evening."""
    make_ready(cast, *experts, **({"kinds": ["buddy", "bridge"], "capacity": 3} | more))
    windows = ALWAYS if always else EVENINGS
    for expert in experts:
        told(put(expert, "/me/availability", zone="Europe/Amsterdam", windows=windows))


def propose(cast: Cast, youth: Player, expert: Player, by: Player | None = None, **more: Any) -> Answer:
    """Have a coordinator propose the two to each other."""
    return post(by or cast.mara, "/pairings", youth=youth.id, expert=expert.id, **more)


def make_proposed(cast: Cast, youth: Player, expert: Player, **more: Any) -> str:
    """Return the id of a new proposal."""
    return str(told(propose(cast, youth, expert, **more), 201)["id"])


def make_introduced(cast: Cast, youth: Player, expert: Player, **more: Any) -> str:
    """Return the id of a pairing to which both have said yes."""
    pairing = make_proposed(cast, youth, expert, **more)
    told(take(youth, pairing, "accept"))
    assert told(take(expert, pairing, "accept"))["state"] == "introduced"
    return pairing


def make_active(cast: Cast, youth: Player, expert: Player, **more: Any) -> str:
    """Return the id of a pairing that has begun for good."""
    pairing = make_introduced(cast, youth, expert, **more)
    assert told(take(cast.mara, pairing, "activate"))["state"] == "active"
    return pairing


def make_in_state(cast: Cast, state: str, youth: Player, expert: Player, **more: Any) -> str:
    """Return the id of a pairing that has come to a state by the shortest way."""
    if state in ("proposed", "withdrawn", "declined"):
        pairing = make_proposed(cast, youth, expert, **more)
    elif state == "introduced":
        return make_introduced(cast, youth, expert, **more)
    else:
        pairing = make_active(cast, youth, expert, **more)
    steps = {"withdrawn": [(cast.mara, "withdraw")], "declined": [(youth, "decline")], "paused": [(youth, "pause")]}
    steps |= {"rematch": [(youth, "change")], "closing": [(youth, "close")], "closed": [(youth, "close")] * 2}
    for player, verb in steps.get(state, []):
        told(take(player, pairing, verb))
    assert told(get(cast.mara, f"/pairings/{pairing}"))["state"] == state
    return pairing


def take(player: Player | None, pairing: str, verb: str, **fields: Any) -> Answer:
    """Try to take a step."""
    return Rest(player).post(f"/pairings/{pairing}/{verb}", **fields)


def look(player: Player, pairing: str) -> dict[str, Any]:
    """Return a pairing as somebody sees it."""
    body: dict[str, Any] = told(get(player, f"/pairings/{pairing}"))
    return body


def run_loops() -> None:
    """Hand on all facts, and do everything about pairings that is due."""
    now = read_clock()
    while step_relay(now, LISTENERS) or step_pairings(now) or step_silences(now) or step_held_events(now):
        pass
