"""Ben's evening, 19:00 to 22:00 on a Tuesday in Amsterdam, seen from the actions: every instant is passed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from server.accounts.queries import PersonCard
from server.availability.actions import set_hours, set_team_numbers
from server.chat.actions.accept import AcceptedMessage, accept_messages
from server.chat.actions.conversations import open_conversation
from server.chat.actions.gates import step_turn_gates
from server.chat.actions.receipts import Receipts
from server.chat.models import Membership
from server.foundation.clock import format_instant
from server.foundation.errors import WarmlijnError
from server.foundation.ids import make_id
from server.ports.receipts import Acknowledged
from server.realtime.models import UserEvent
from tests.cast import Cast, Frame, Player, make_cast

AMSTERDAM = "Europe/Amsterdam"
TUESDAY = date(2026, 11, 17)
INSTANT = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
EVENINGS = [{"weekday": day, "start": "19:00", "end": "22:00"} for day in range(1, 8)]
ALWAYS = [{"weekday": day, "start": "00:00", "end": "00:00"} for day in range(1, 8)]
_ORDER_OF_A_MESSAGE = ("msg.own", "msg.new")


def at(wall: str, days: int = 0) -> datetime:
    """Return the instant at which the wall in Amsterdam shows a time on that Tuesday, or so many days later."""
    shown = datetime.combine(TUESDAY + timedelta(days=days), time.fromisoformat(wall), ZoneInfo(AMSTERDAM))
    return shown.astimezone(UTC)


def begin(wall: str = "20:00") -> Cast:
    """Return the cast on that Tuesday; Ben has his evenings from then on."""
    cast = make_cast(at(wall))
    keep_hours(cast.ben, EVENINGS, now=at(wall))
    return cast


def keep_hours(player: Player, windows: list[dict[str, Any]], *, now: datetime) -> None:
    """Give an expert these weekly hours."""
    set_hours(actor=card_of(player), zone=AMSTERDAM, windows=windows, now=now)


def set_numbers(cast: Cast, **numbers: Any) -> None:
    """Give the team numbers of its own."""
    set_team_numbers(team_id=cast.team.id, settings=numbers, now=at("12:00"))


def card_of(player: Player) -> PersonCard:
    """Return a player as the actor of an action."""
    person = player.person
    return PersonCard(str(person.id), person.display_name, person.role, str(person.team_id))


def say(cast: Cast, player: Player, body: str = "hoi", *, now: datetime, **more: Any) -> AcceptedMessage:
    """Have a player's message accepted. Raises the refusal."""
    (answer,) = accept_messages([cast.draft(player, body, **more)], now=now).answers
    if isinstance(answer, WarmlijnError):
        raise answer
    return answer


def is_held(cast: Cast, *, now: datetime, c: str | None = None) -> bool:
    """Have Ada write, and say whether the message is held."""
    more = {} if c is None else {"conversation_id": c}
    return say(cast, cast.ada, now=now, **more).hold is not None


def receive(player: Player, c: str, seq: int, *, now: datetime) -> None:
    """Have a player's device acknowledge messages up to `seq`."""
    with transaction.atomic():
        Receipts().take_acknowledged([Acknowledged(player.id, c, seq)], now=now)


def add_pair(cast: Cast, youth: Player, expert: Player, *, now: datetime) -> str:
    """Open one more conversation of two."""
    ids = [youth.person.id, expert.person.id]
    return str(open_conversation(team_id=cast.team.id, kind="pair", member_ids=ids, now=now).id)


def sweep(now: datetime) -> int:
    """Run the sweeper until it finds nothing; return in how many steps it found something."""
    steps = 0
    while step_turn_gates(now):
        steps += 1
        assert steps < 1_000, "the same gates are due again and again"
    return steps


def seat_of(player: Player, c: str) -> Membership:
    """Return a membership as it stands."""
    return Membership.objects.get(person_id=player.id, conversation_id=UUID(c))


def read_log(player: Player, since: int = 0) -> list[UserEvent]:
    """Return what is in a player's log after a position."""
    return list(UserEvent.objects.filter(user_id=player.id, pos__gt=since).order_by("pos"))


def head_of(player: Player) -> int:
    """Return the newest position of a player's log."""
    log = read_log(player)
    return log[-1].pos if log else 0


def list_kinds(player: Player, since: int = 0) -> list[str]:
    """Return the kinds in a player's log after a position, a message with its seq: "msg.new 3"."""
    log = read_log(player, since)
    return [f"{one.kind} {one.seq}" if one.kind in _ORDER_OF_A_MESSAGE else one.kind for one in log]


def hear(player: Player, since: int, work: Callable[[], object]) -> list[str]:
    """Do something and return what it put into a player's log after a position."""
    work()
    return list_kinds(player, since)


def show(instant: datetime) -> str:
    """Return an instant as the wire writes it."""
    return format_instant(instant)


def make_room(cast: Cast, *experts: Player, now: datetime) -> str:
    """Open a conversation of Ada with several experts."""
    ids = [cast.ada.person.id, *(one.person.id for one in experts)]
    return str(open_conversation(team_id=cast.team.id, kind="room", member_ids=ids, now=now).id)


def list_availability(player: Player, since: int = 0) -> list[Frame]:
    """Return what a player was told of others' hours and is still told: the newest of each conversation."""
    return [dict(one.refs or {}) for one in read_log(player, since) if one.kind == "availability.changed"]


def new_id() -> str:
    """Return an id that nobody has."""
    return str(make_id())
