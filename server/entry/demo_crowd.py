"""The rest of the demo team: made-up experts and youths, and pairings in every state, all by the real actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from server.accounts.actions.people import NewPerson, create_people
from server.accounts.queries import PersonCard
from server.accounts.rules.roles import EXPERT, YOUTH
from server.availability.actions.hours import create_hours
from server.availability.rules.schedule import WeeklyWindow
from server.buddies.actions.answers import accept_pairing, activate_pairing, decline_pairing, withdraw_pairing
from server.buddies.actions.closing import close_pairing
from server.buddies.actions.handovers import change_buddy
from server.buddies.actions.pairings import Proposal, propose_pairing
from server.buddies.actions.pausing import pause_pairing
from server.buddies.actions.profiles import fill_in_intake, set_buddy_profile
from server.buddies.actions.requests import open_missing_requests
from server.foundation.clock import format_instant

# name, lived themes with how openly, region, on which evenings, from and to which hour
_EXPERTS: Final = (
    ("Noa", {"anxiety": 3, "loneliness": 2}, "Arnhem", (1, 3, 5), (19, 22)),
    ("Yusuf", {"debt": 3, "poverty": 3, "stigma": 1}, "Nijmegen", (1, 2, 4), (20, 23)),
    ("Fenna", {"trauma": 2, "grief_and_loss": 3}, "Arnhem", (2, 4, 7), (18, 21)),
    ("Daan", {"addiction": 3, "powerlessness": 2}, "Ede", (3, 5, 6), (20, 23)),
    ("Imane", {"depression": 2, "loneliness": 3}, "Apeldoorn", (1, 4, 6), (19, 22)),
    ("Jip", {"autism": 3, "social_exclusion": 2}, "Nijmegen", (2, 3, 7), (17, 20)),
    ("Roos", {"anxiety": 2, "trauma": 3}, "Zutphen", (4, 5, 7), (19, 22)),
)
_YOUTHS: Final = (
    "Milan", "Zoë", "Sven", "Amira", "Tess", "Bilal", "Lieke", "Ravi", "Femke", "Omar", "Puck", "Niek", "Sanne",
    "Jamal", "Iris", "Koen", "Maud", "Stijn", "Esra", "Wout", "Liv", "Tygo", "Nora",
)  # fmt: skip
_THEMES: Final = ("anxiety", "debt", "grief_and_loss", "addiction", "loneliness", "autism", "trauma", "depression")
_REGIONS: Final = ("Arnhem", "Nijmegen", "Ede", "Apeldoorn", "Zutphen")
# youth, expert, the state of their pairing; who is not here waits, and so does who changed or said no
_PAIRINGS: Final = (
    ("Milan", "Noa", "active"),
    ("Zoë", "Yusuf", "active"),
    ("Sven", "Fenna", "active"),
    ("Amira", "Daan", "introduced"),
    ("Tess", "Imane", "introduced"),
    ("Bilal", "Jip", "proposed"),
    ("Lieke", "Roos", "proposed"),
    ("Ravi", "Noa", "paused"),
    ("Femke", "Imane", "closing"),
    ("Omar", "Yusuf", "closed"),
    ("Puck", "Daan", "rematch"),
    ("Niek", "Jip", "declined"),
    ("Sanne", "Roos", "withdrawn"),
)
_BACKUPS: Final = {"Noa": "Fenna", "Imane": "Roos", "Yusuf": "Daan"}
_PAPERS: Final = timedelta(days=500)
_FILLED_IN: Final = 16  # youths; the others have skipped the form


@dataclass(frozen=True, slots=True)
class Team:
    """The team that the crowd joins, and its coordinator."""

    id: UUID
    zone: str
    coordinator: PersonCard


def make_ready(team: Team, experts: Sequence[PersonCard], *, now: datetime, **told: Any) -> None:
    """Write experts' valid papers and what else is told of them into their profiles."""
    until = (now + _PAPERS).date().isoformat()
    papers = {"trained_until": until, "vog_until": until, "capacity": 3, "kinds": ["buddy", "bridge"]}
    for one in experts:
        set_buddy_profile(actor=team.coordinator, person_id=one.id, told=papers | told, seen_version=None, now=now)


def pair(team: Team, youth: PersonCard, expert: PersonCard, *, backup: PersonCard | None = None, now: datetime) -> str:
    """Have two people paired for good by everybody's yes; return their conversation."""
    pairing_id = _introduce(team, youth, expert, backup, now)
    activate_pairing(actor=youth, pairing_id=pairing_id, now=now)
    return str(activate_pairing(actor=expert, pairing_id=pairing_id, now=now).conversation_id)


def make_crowd(team: Team, *, now: datetime) -> None:
    """Make seven more experts and 23 more youths: some paired, in every state that there is, the others waiting."""
    experts = _make_people(team, EXPERT, [name for name, *_ in _EXPERTS], now)
    youths = _make_people(team, YOUTH, _YOUTHS, now)
    for name, themes, region, days, (first, last) in _EXPERTS:
        windows = [WeeklyWindow(day, time(first), time(last)) for day in days]
        create_hours(person_ids=[experts[name].id], zone=team.zone, windows=windows, now=now)
        told = [{"theme": theme, "openness": openness} for theme, openness in themes.items()]
        make_ready(team, [experts[name]], now=now, themes=told, region=region)
    for at, name in enumerate(_YOUTHS[-_FILLED_IN:]):
        answers = {"themes": [_THEMES[at % 8], _THEMES[(at + 3) % 8]], "region": _REGIONS[at % 5], "languages": ["nl"]}
        fill_in_intake(actor=youths[name], told=answers, seen_version=None, now=now)
    open_missing_requests(team_id=team.id, now=now)
    for youth, expert, state in _PAIRINGS:
        backup = experts.get(_BACKUPS.get(expert, ""))
        _bring_to(state, team, youths[youth], experts[expert], backup, now)


def _make_people(team: Team, role: str, names: Sequence[str], now: datetime) -> dict[str, PersonCard]:
    people = create_people(team_id=team.id, people=[NewPerson(role, name) for name in names], now=now)
    return {one.display_name: PersonCard(str(one.id), one.display_name, role, str(team.id)) for one in people}


def _propose(team: Team, youth: PersonCard, expert: PersonCard, backup: PersonCard | None, now: datetime) -> UUID:
    proposal = Proposal(youth.id, expert.id, backup_ids=[backup.id] if backup else [])
    return propose_pairing(actor=team.coordinator, proposal=proposal, now=now).id


def _introduce(team: Team, youth: PersonCard, expert: PersonCard, backup: PersonCard | None, now: datetime) -> UUID:
    pairing_id = _propose(team, youth, expert, backup, now)
    for person in (youth, expert):
        accept_pairing(actor=person, pairing_id=pairing_id, now=now)
    return pairing_id


def _bring_to(
    state: str, team: Team, youth: PersonCard, expert: PersonCard, backup: PersonCard | None, now: datetime
) -> None:
    if state in ("proposed", "declined", "withdrawn"):
        _end_proposal(state, team, youth, _propose(team, youth, expert, backup, now), now)
        return
    pairing_id = _introduce(team, youth, expert, backup, now)
    if state != "introduced":
        activate_pairing(actor=team.coordinator, pairing_id=pairing_id, now=now)
    if state == "paused":
        until = format_instant(now + timedelta(days=10))
        pause_pairing(actor=youth, pairing_id=pairing_id, until=until, now=now)
    elif state == "rematch":
        change_buddy(actor=youth, pairing_id=pairing_id, now=now)
    for _ in range({"closing": 1, "closed": 2}.get(state, 0)):
        close_pairing(actor=youth, pairing_id=pairing_id, now=now)


def _end_proposal(state: str, team: Team, youth: PersonCard, pairing_id: UUID, now: datetime) -> None:
    if state == "declined":
        decline_pairing(actor=youth, pairing_id=pairing_id, now=now)
    elif state == "withdrawn":
        withdraw_pairing(actor=team.coordinator, pairing_id=pairing_id, now=now)
