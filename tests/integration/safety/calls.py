"""Calls for help in tests: who stands on call, pressing, what a worker does next, what came to whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from server.availability.actions.shifts import add_shifts
from server.foundation.clock import read_clock
from server.safety.actions.escalations import Raised, raise_signal
from server.safety.models import Escalation, HistoryEntry, Page
from server.safety.tasks import step_escalations, step_letters, step_pages, step_webhooks
from tests.cast import Answer, Cast, Player, make_player
from tests.integration.availability.people import card_of, get, post

MINUTE = timedelta(minutes=1)


def put_on_call(cast: Cast, *players: Player, on: str = "2026-11-17", start: str = "18:00", end: str = "08:00") -> None:
    """Put these coordinators on the team's on-call roster, this evening and night unless it says otherwise."""
    for one in players:
        add_shifts(
            actor=card_of(cast.mara), kind="on_call", on=on, start=start, end=end, person_id=one.id, now=read_clock()
        )


def press_help(cast: Cast, *, youth: Player | None = None, now: datetime | None = None, **more: Any) -> Raised:
    """Have a youth (Ada) signal an emergency, as their button does."""
    who = youth or cast.ada
    given: dict[str, Any] = {"kind": "help", "level": "emergency", "by": card_of(who)} | more
    return raise_signal(team_id=cast.team.id, youth_id=who.id, now=now or read_clock(), **given)


def worry(cast: Cast, level: str = "concern", **more: Any) -> Raised:
    """Have Ben signal a worry about Ada."""
    given: dict[str, Any] = {"by": card_of(cast.ben), "conversation_id": cast.pair, "now": read_clock()} | more
    return raise_signal(team_id=cast.team.id, youth_id=cast.ada.id, kind="worry", level=level, **given)


def work(now: datetime | None = None) -> None:
    """Do everything that is due, as a worker does."""
    now = now or read_clock()
    for step in (step_escalations, step_pages, step_letters, step_webhooks):
        while step(now):
            pass


def reread(escalation: Escalation) -> Escalation:
    """Return an escalation as it stands."""
    return Escalation.objects.get(id=escalation.id)


def list_verbs(escalation: Escalation) -> list[str]:
    """Return what happened to it, in order."""
    return list(HistoryEntry.objects.filter(escalation=escalation).order_by("number").values_list("verb", flat=True))


def list_pages(escalation: Escalation, **fields: Any) -> list[tuple[str, str]]:
    """Return (whom or which channel, state) of its pages in order."""
    pages = Page.objects.filter(escalation=escalation, **fields).order_by("queued_at", "channel", "person_id")
    return [(str(one.person_id) if one.person_id else one.channel, one.state) for one in pages]


def of(players: Iterable[Player], state: str = "sent") -> list[tuple[str, str]]:
    """Return what `list_pages` shows of pages to these people in one step."""
    return [(one, state) for one in sorted(player.id for player in players)]


def act(player: Player | None, raised: Raised | Escalation, verb: str, **fields: Any) -> Answer:
    """Do something with an escalation over HTTP."""
    escalation = raised.escalation if isinstance(raised, Raised) else raised
    return post(player, f"/escalations/{escalation.id}/{verb}", **fields)


def look(player: Player, raised: Raised) -> dict[str, Any]:
    """Return what a coordinator sees of an escalation."""
    answer = get(player, f"/escalations/{raised.escalation.id}")
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


def make_coordinator(cast: Cast, name: str) -> Player:
    """Return another coordinator of the cast's team."""
    return make_player(cast.team, "coordinator", name, read_clock())
