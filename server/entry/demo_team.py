"""The demo team: made-up people who talk in the evening."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.accounts.actions.devices import register_device
from server.accounts.actions.people import create_person
from server.accounts.actions.sessions import start_session
from server.accounts.actions.teams import create_team
from server.accounts.queries import PersonCard, list_team_cards
from server.availability.actions.hours import create_hours
from server.availability.actions.shifts import add_shifts
from server.availability.rules.kinds import DUTY, ON_CALL
from server.availability.rules.schedule import WeeklyWindow
from server.chat.actions.accept import MessageDraft, accept_messages
from server.entry.demo_crowd import Team, make_crowd, make_ready, pair
from server.foundation.ids import make_id

DEMO_TEAM = "Demo Warmlijn"
_CAST = (
    ("youth", "Ada"), ("expert", "Ben"), ("coordinator", "Mara"),
    ("youth", "Lot"), ("expert", "Sam"), ("expert", "Joris"),
)  # fmt: skip
_FIRST_WORDS = (
    ("Ada", "hoi, is er iemand?"),
    ("Ben", "Hoi Ada, ja hoor. Ik ben Ben. Fijn dat je schrijft. Hoe is je avond?"),
)
# Each day, in hours from the full hour in which the team is made: one expert can be reached now, the other cannot.
_HOURS = {"Ben": (0, 4), "Sam": (6, 9)}
_WEEKS = 8


def open_demo_links(*, now: datetime) -> list[tuple[PersonCard, str]]:
    """Return each of the demo people with a fresh session token; makes the team at the first call."""
    if not list_team_cards(DEMO_TEAM):
        _make_team(now)
    names = {name for _, name in _CAST}
    people = [one for one in list_team_cards(DEMO_TEAM) if one.display_name in names]
    return [(person, _open_link(person, now)) for person in people]


def _open_link(person: PersonCard, now: datetime) -> str:
    """Return the token of a fresh session that has a made-up phone: the log shows what it would get, and why not."""
    session, token = start_session(person_id=person.id, device_name="demo link", now=now)
    register_device(session=session, push_token=f"demo-phone-of-{person.id}", platform="android", now=now)
    return token


def _make_team(now: datetime) -> None:
    """Ben has hours now and talks with Ada; Sam, Lot's buddy, has none before this evening or night; Joris has duty,
    and Mara is on call around the clock.

    Around them are seven more experts and 23 more youths: `demo_crowd`.
    """
    team = create_team(name=DEMO_TEAM, now=now)
    people = {name: create_person(team_id=team.id, role=role, display_name=name, now=now) for role, name in _CAST}
    wall = now.astimezone(ZoneInfo(team.zone)).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    for name, (first, last) in _HOURS.items():
        start, end = (wall + timedelta(hours=hours) for hours in (first, last))
        windows = [WeeklyWindow(weekday, start.time(), end.time()) for weekday in range(1, 8)]
        create_hours(person_ids=[people[name].id], zone=team.zone, windows=windows, now=now)
    cards = {card.display_name: card for card in list_team_cards(DEMO_TEAM)}
    crowd = Team(team.id, team.zone, cards["Mara"])
    make_ready(crowd, [cards[name] for name in ("Ben", "Sam", "Joris")], now=now)
    talk = pair(crowd, cards["Ada"], cards["Ben"], backup=cards["Joris"], now=now)
    _say_first_words(people, talk, now)
    pair(crowd, cards["Lot"], cards["Sam"], now=now)
    make_crowd(crowd, now=now)
    hours = {"start": f"{wall:%H:%M}", "end": f"{wall + timedelta(hours=5):%H:%M}"}
    _keep_roster(cards["Mara"], DUTY, cards["Joris"], wall.date(), hours, now)
    for day in range(7):
        around_the_clock = {"start": "00:00", "end": "00:00"}
        _keep_roster(cards["Mara"], ON_CALL, cards["Mara"], wall.date() + timedelta(days=day), around_the_clock, now)


def _keep_roster(
    actor: PersonCard, kind: str, person: PersonCard, on: date, hours: Mapping[str, str], now: datetime
) -> None:
    add_shifts(actor=actor, kind=kind, on=on.isoformat(), person_id=person.id, weeks=_WEEKS, now=now, **hours)


def _say_first_words(people: Mapping[str, Any], pair: str, now: datetime) -> None:
    for name, words in _FIRST_WORDS:
        accept_messages([MessageDraft(str(people[name].id), None, pair, str(make_id()), words)], now=now)
