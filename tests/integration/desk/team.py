"""A team of several pairs who talk at given instants, and what a coordinator reads of it days later."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.test import Client, TestCase

from server.availability.actions.hours import create_hours
from server.availability.actions.shifts import add_shifts
from server.availability.rules.schedule import AROUND_THE_CLOCK
from server.chat.actions.accept import MessageDraft, accept_messages
from server.chat.actions.conversations import open_conversation
from server.events.relay import step_relay
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from server.wiring import LISTENERS
from tests.cast import Answer, Cast, Player, Rest, make_player
from tests.integration.availability.people import card_of
from tests.integration.buddies.people import come_back

MINUTE = timedelta(minutes=1)
PLACE = ("cut", "on", "weekday", "hour", "level", "state")
Figures = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A youth and an expert, and where they talk."""

    youth: Player
    expert: Player
    talk: str

    def say(self, who: Player, at: datetime) -> None:
        """Have one of them write."""
        draft = MessageDraft(who.id, who.session_id, self.talk, str(make_id()), "hoi")
        [answer] = accept_messages([draft], now=at).answers
        assert not isinstance(answer, Exception), answer

    def talk_at(self, at: datetime, wait: timedelta = MINUTE) -> None:
        """Have the youth write, and the expert answer after this time."""
        self.say(self.youth, at)
        self.say(self.expert, at + wait)


def make_pairs(cast: Cast, *names: str) -> list[Pair]:
    """Return a pair for each name of a youth."""
    return [_make_pair(cast, name) for name in names]


def _make_pair(cast: Cast, name: str) -> Pair:
    now = read_clock()
    youth = make_player(cast.team, "youth", name, now)
    expert = make_player(cast.team, "expert", f"Expert of {name}", now)
    create_hours(person_ids=[expert.person.id], zone=cast.team.zone, windows=AROUND_THE_CLOCK, now=now)
    members = [youth.person.id, expert.person.id]
    return Pair(
        youth, expert, str(open_conversation(team_id=cast.team.id, kind="pair", member_ids=members, now=now).id)
    )


def put_on_shift(
    cast: Cast, player: Player | None, start: str, end: str, *, kind: str = "duty", on: str = "2026-11-17"
) -> None:
    """Put somebody, or nobody, on the team's roster."""
    add_shifts(
        actor=card_of(cast.mara),
        kind=kind,
        on=on,
        start=start,
        end=end,
        person_id=player.id if player else None,
        now=read_clock(),
    )


def relay() -> None:
    """Hand on all facts, as a worker does, and do what follows a commit."""
    found = True
    while found:
        with TestCase.captureOnCommitCallbacks(execute=True):
            found = step_relay(read_clock(), LISTENERS)


def get(player: Player | None, path: str) -> Answer:
    """Read something over HTTP."""
    return Rest(player).get(path)


def read_figures(player: Player, name: str, query: str = "") -> Figures:
    """Return the rows of figures as a coordinator who signs in now reads them."""
    answer = get(come_back(player), f"/insight/{name}{query}")
    assert answer.status == 200, answer.body
    rows: Figures = answer.body["rows"]
    return rows


def pick(rows: Sequence[dict[str, Any]], **place: Any) -> dict[str, Any]:
    """Return the one row at this place, with its numbers and whether they are hidden."""
    [found] = [row for row in rows if place.items() <= row.items()]
    return {
        name: value for name, value in found.items() if name not in ("cut", "on", "weekday", "hour", "level", "state")
    }


def fetch_file(player: Player, name: str) -> tuple[int, str, str]:
    """Return the status of a file's answer, its file name and its text."""
    client: Any = Client(raise_request_exception=False)
    token = {"HTTP_AUTHORIZATION": f"Bearer {player.token}"}
    answer = client.get(f"/api/v1/insight/{name}.csv", **token)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return answer.status_code, answer.headers.get("Content-Disposition", ""), answer.content.decode()


def read_csv(text: str) -> list[dict[str, str]]:
    """Return the rows of a file."""
    return list(csv.DictReader(io.StringIO(text, newline="")))
