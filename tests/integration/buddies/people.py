"""Who these tests are about beside the cast, what they tell of themselves, and how they call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from server.accounts.actions.sessions import start_session
from server.accounts.queries import PersonCard
from server.foundation.clock import read_clock
from server.foundation.json_codec import encode
from tests.cast import Answer, Cast, Player, Rest, make_player

# A Tuesday, 20:30 in Amsterdam.
TUESDAY = datetime(2026, 11, 17, 19, 30, tzinfo=UTC)
EVENINGS = [{"weekday": day, "start": "19:00", "end": "22:00"} for day in range(1, 8)]
VALID = {"trained_until": "2028-01-01", "vog_until": "2028-01-01"}


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Bo, another expert of the cast's team, and Yara, another youth; of Eve's team an expert (Emil) and a coordinator
    (Edda)."""

    bo: Player
    yara: Player
    emil: Player
    edda: Player


def make_neighbours(cast: Cast) -> Neighbours:
    """Return them, all signed in."""
    now, elsewhere = read_clock(), cast.eve.person.team
    return Neighbours(
        make_player(cast.team, "expert", "Bo", now),
        make_player(cast.team, "youth", "Yara", now),
        make_player(elsewhere, "expert", "Emil", now),
        make_player(elsewhere, "coordinator", "Edda", now),
    )


def come_back(player: Player) -> Player:
    """Return the player with a session of today: those of coordinators do not last for days."""
    session, token = start_session(person_id=player.person.id, device_name="phone", now=read_clock())
    return replace(player, session=session, token=token)


def card_of(player: Player) -> PersonCard:
    """Return a player as the actor of an action."""
    person = player.person
    return PersonCard(str(person.id), person.display_name, person.role, str(person.team_id))


def put(player: Player | None, path: str, **fields: Any) -> Answer:
    """Replace something over HTTP."""
    return Rest(player).call("PUT", path, encode(fields))


def post(player: Player | None, path: str, **fields: Any) -> Answer:
    """Make something over HTTP."""
    return Rest(player).post(path, **fields)


def get(player: Player | None, path: str) -> Answer:
    """Read something over HTTP."""
    return Rest(player).get(path)


def told(answer: Answer, status: int = 200) -> Any:
    """Return the body of an answer that must have this status."""
    assert answer.status == status, answer.body
    return answer.body


def write_file(coordinator: Player, person: Player, **fields: Any) -> dict[str, Any]:
    """Have a coordinator write in somebody's file over HTTP."""
    body: dict[str, Any] = told(put(coordinator, f"/people/{person.id}/buddy-profile", **fields))
    return body


def make_ready(cast: Cast, *experts: Player, **more: Any) -> None:
    """Give experts valid papers, hours in the evening, and what else is told of them."""
    for expert in experts:
        write_file(cast.mara, expert, **(VALID | more))
        told(put(expert, "/me/availability", zone="Europe/Amsterdam", windows=EVENINGS))
