"""The duty pool in tests: experts on a shift, asking and claiming over HTTP, and what stands in the logs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.accounts.queries import PersonCard
from server.availability.actions.shifts import add_shifts
from server.chat.models import DutyOffer
from server.foundation.clock import read_clock
from server.realtime.models import UserEvent
from tests.cast import Answer, Cast, Player, Rest, make_player

# A Tuesday, 20:30 in Amsterdam; the shifts end at 23:00 there.
TUESDAY = datetime(2026, 11, 17, 19, 30, tzinfo=UTC)
SHIFT_ENDS = datetime(2026, 11, 17, 22, 0, tzinfo=UTC)


def card_of(player: Player) -> PersonCard:
    """Return a player as the actor of an action."""
    person = player.person
    return PersonCard(str(person.id), person.display_name, person.role, str(person.team_id))


def make_experts(cast: Cast, *names: str) -> list[Player]:
    """Return experts of the cast's team, signed in and without a shift."""
    return [make_player(cast.team, "expert", name, read_clock()) for name in names]


def make_youth(cast: Cast, name: str) -> Player:
    """Return another youth of the cast's team."""
    return make_player(cast.team, "youth", name, read_clock())


def give_duty(
    coordinator: Player, experts: Iterable[Player], on: str = "2026-11-17", start: str = "19:00", end: str = "23:00"
) -> None:
    """Put these experts on the coordinator's roster."""
    for one in experts:
        add_shifts(
            actor=card_of(coordinator), kind="duty", on=on, start=start, end=end, person_id=one.id, now=read_clock()
        )


def open_pool_today(cast: Cast, *names: str) -> list[Player]:
    """Return experts who have duty today and tomorrow, by the clock of this machine."""
    experts, today = make_experts(cast, *names), read_clock().astimezone(ZoneInfo(cast.team.zone)).date()
    for on in (today, today + timedelta(days=1)):
        give_duty(cast.mara, experts, on=on.isoformat(), start="00:00", end="00:00")
    return experts


def open_pool(cast: Cast, *names: str) -> list[Player]:
    """Return experts who have duty until SHIFT_ENDS, in the order of their ids: the order in which they are asked."""
    experts = sorted(make_experts(cast, *names), key=lambda one: one.id)
    give_duty(cast.mara, experts)
    return experts


def ask(youth: Player) -> Answer:
    """Ask for whoever has duty."""
    return Rest(youth).post("/duty-requests")


def ask_new(youth: Player) -> str:
    """Ask; return the id of the new request."""
    answer = ask(youth)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def claim(expert: Player, request_id: object) -> Answer:
    """Try to take the line."""
    return Rest(expert).post(f"/duty-requests/{request_id}/claim")


def withdraw(youth: Player) -> Answer:
    """Ask no longer."""
    return Rest(youth).call("DELETE", "/duty-requests/current")


def list_shown(player: Player) -> list[dict[str, Any]]:
    """Return the requests that somebody is shown."""
    answer = Rest(player).get("/duty-requests")
    assert answer.status == 200, answer.body
    shown: list[dict[str, Any]] = answer.body["requests"]
    return shown


def list_log(player: Player) -> list[tuple[str, Any]]:
    """Return the pool's events in somebody's log, (kind, references) in order."""
    found = UserEvent.objects.filter(user_id=player.id, kind__startswith="duty.").order_by("pos")
    return [(one.kind, one.refs) for one in found]


def list_asked(request_id: str, wave: int | None = None) -> set[str]:
    """Return who was offered a request, in one wave or in all."""
    offers = DutyOffer.objects.filter(request__id=request_id)
    offers = offers if wave is None else offers.filter(wave=wave)
    return {str(one) for one in offers.values_list("person_id", flat=True)}


def ids_of(players: Sequence[Player]) -> set[str]:
    """Return their ids."""
    return {one.id for one in players}
