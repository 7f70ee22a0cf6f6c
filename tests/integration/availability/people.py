"""Who these tests are about beside the cast: a second expert, and Eve's team with people in every role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from server.accounts.queries import PersonCard
from server.foundation.clock import read_clock
from server.foundation.json_codec import encode
from tests.cast import Answer, Cast, Player, Rest, make_player, make_players

# A Tuesday, 20:30 in Amsterdam.
TUESDAY = datetime(2026, 11, 17, 19, 30, tzinfo=UTC)
EVENINGS = [{"weekday": day, "start": "19:00", "end": "22:00"} for day in range(1, 8)]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Bo, another expert of the cast's team; of Eve's team an expert (Emil) and a coordinator (Edda)."""

    bo: Player
    emil: Player
    edda: Player


def make_neighbours(cast: Cast) -> Neighbours:
    """Return them, all signed in."""
    now, elsewhere = read_clock(), cast.eve.person.team
    emil, edda = make_players(elsewhere, {"Emil": "expert", "Edda": "coordinator"}, now)
    return Neighbours(make_player(cast.team, "expert", "Bo", now), emil, edda)


def card_of(player: Player) -> PersonCard:
    """Return a player as the actor of an action."""
    person = player.person
    return PersonCard(str(person.id), person.display_name, person.role, str(person.team_id))


def put(player: Player | None, path: str, **fields: Any) -> Answer:
    """Replace something over HTTP."""
    return Rest(player).call("PUT", path, encode(fields))


def post(player: Player | None, path: str, **fields: Any) -> Answer:
    """Make something over HTTP; a trailing `_` keeps a field's name from being a word of Python."""
    return Rest(player).post(path, **{name.rstrip("_"): value for name, value in fields.items()})


def delete(player: Player | None, path: str) -> Answer:
    """Take something away over HTTP."""
    return Rest(player).call("DELETE", path)


def get(player: Player | None, path: str) -> Answer:
    """Read something over HTTP."""
    return Rest(player).get(path)


def have_hours(player: Player, windows: list[dict[str, Any]] = EVENINGS, zone: str = "Europe/Amsterdam") -> None:
    """Give a player these hours over HTTP."""
    answer = put(player, "/me/availability", zone=zone, windows=windows)
    assert answer.status == 200, answer.body


def ask_reachability(player: Player, at: str = "") -> dict[str, Any]:
    """Return the answer about oneself; `at` is an instant."""
    answer = get(player, f"/people/{player.id}/reachability" + (f"?at={at}" if at else ""))
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body
