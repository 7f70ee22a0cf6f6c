"""The people these tests are about, made by the real actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.accounts.actions import create_person, create_team, enrol_youth, invite_youth, start_session
from server.accounts.models import Person, Session, Team

PASSWORD = "a calm evening in May"


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody with one session on one device."""

    person: Person
    session: Session
    token: str

    @property
    def id(self) -> str:
        """The person's id as the wire writes it."""
        return str(self.person.id)


@dataclass(frozen=True, slots=True)
class Cast:
    """Ada (youth), Ben (expert), Mara (coordinator) and Otto (admin) of one team; Eve is of another."""

    team: Team
    ada: Player
    ben: Player
    mara: Player
    otto: Player
    elsewhere: Team
    now: datetime

    def make_eve(self, role: str = "youth") -> Player:
        """Eve belongs to another team and may see nothing of this one, whatever her role."""
        return make_player(self.elsewhere, role, "Eve", self.now)


def make_cast(now: datetime) -> Cast:
    """Return the cast; Ada came in by an invitation of Mara's."""
    team, elsewhere = create_team(name="Noord", now=now), create_team(name="Zuid", now=now)
    mara = make_player(team, "coordinator", "Mara", now)
    _, code = invite_youth(actor=mara.person, now=now)
    ada = Player(*enrol_youth(code=code, display_name="Ada", device_name="telefoon", now=now))
    ben, otto = make_player(team, "expert", "Ben", now), make_player(team, "admin", "Otto", now)
    return Cast(team, ada, ben, mara, otto, elsewhere, now)


def make_player(team: Team, role: str, name: str, now: datetime) -> Player:
    """Return somebody of this team who has a session; who is no youth has an address and the password PASSWORD."""
    password = None if role == "youth" else PASSWORD
    email = None if role == "youth" else make_email(name)
    person = create_person(team_id=team.id, role=role, display_name=name, email=email, password=password, now=now)
    session, token = start_session(person_id=person.id, device_name=f"{name}'s phone", now=now)
    return Player(person, session, token)


def make_email(name: str) -> str:
    """Return the address of somebody of the cast."""
    return f"{name.lower()}@team.example"
