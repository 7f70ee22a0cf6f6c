"""The demo team: made-up people who talk in the evening."""

from __future__ import annotations

from datetime import datetime

from server.accounts.actions.people import create_person
from server.accounts.actions.sessions import start_session
from server.accounts.actions.teams import create_team
from server.accounts.queries import PersonCard, list_team_cards
from server.chat.actions.accept import MessageDraft, accept_messages
from server.chat.actions.conversations import open_conversation
from server.foundation.ids import make_id

DEMO_TEAM = "Demo Warmlijn"
_CAST = (("youth", "Ada"), ("expert", "Ben"), ("coordinator", "Mara"))
_FIRST_WORDS = (
    ("Ada", "hoi, is er iemand?"),
    ("Ben", "Hoi Ada, ja hoor. Ik ben Ben. Fijn dat je schrijft. Hoe is je avond?"),
)


def open_demo_links(*, now: datetime) -> list[tuple[PersonCard, str]]:
    """Return each of the demo people with a fresh session token; makes the team at the first call."""
    if not list_team_cards(DEMO_TEAM):
        _make_team(now)
    people = list_team_cards(DEMO_TEAM)
    return [(person, start_session(person_id=person.id, device_name="demo link", now=now)[1]) for person in people]


def _make_team(now: datetime) -> None:
    team = create_team(name=DEMO_TEAM, now=now)
    people = {name: create_person(team_id=team.id, role=role, display_name=name, now=now) for role, name in _CAST}
    pair = open_conversation(team_id=team.id, kind="pair", member_ids=[people["Ada"].id, people["Ben"].id], now=now)
    for name, words in _FIRST_WORDS:
        draft = MessageDraft(str(people[name].id), None, str(pair.id), str(make_id()), words)
        accept_messages([draft], now=now)
