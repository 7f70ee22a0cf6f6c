"""People and conversations to begin with: pairs for benchmarks and tests, a small team for the demo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from server.accounts.actions.people import NewPerson, create_people
from server.accounts.actions.sessions import start_sessions
from server.accounts.actions.teams import create_team
from server.availability.actions.hours import create_hours
from server.availability.actions.teams import set_team_numbers
from server.availability.rules.schedule import AROUND_THE_CLOCK
from server.availability.rules.wind_down import CAPS
from server.buddies.actions.founding import FoundPair, found_pairings
from server.chat.actions.conversations import open_conversations

_CHUNK = 500


def seed_pairs(pairs: int, coordinators: int, *, now: datetime) -> Iterator[dict[str, Any]]:
    """Create a team with active pairs and coordinators; yield one object per pair, then one per coordinator.

    The pairings need a coordinator: without `coordinators` there is one all the same, who has no session.
    """
    team = create_team(name="Seeded team", now=now)
    set_team_numbers(team_id=team.id, settings=dict.fromkeys(CAPS), now=now)  # nobody is worn out by a benchmark
    with transaction.atomic():
        people = create_people(team_id=team.id, people=_new("coordinator", 0, max(coordinators, 1)), now=now)
    for start in range(0, pairs, _CHUNK):
        count = min(_CHUNK, pairs - start)
        with transaction.atomic():
            yield from _seed_chunk(team.id, team.zone, people[0].id, start, count, now)
    with transaction.atomic():
        signed_in = people[:coordinators]
        tokens = start_sessions(person_ids=[one.id for one in signed_in], device_name="seed", now=now)
        for person, (_, token) in zip(signed_in, tokens, strict=True):
            yield {"coordinator": {"id": str(person.id), "token": token}}


def _seed_chunk(
    team_id: Any, team_zone: str, coordinator_id: Any, start: int, count: int, now: datetime
) -> Iterator[dict[str, Any]]:
    youths = create_people(team_id=team_id, people=_new("youth", start, count), now=now)
    experts = create_people(team_id=team_id, people=_new("expert", start, count), now=now)
    create_hours(person_ids=[one.id for one in experts], zone=team_zone, windows=AROUND_THE_CLOCK, now=now)
    sessions = start_sessions(person_ids=[one.id for one in [*youths, *experts]], device_name="seed", now=now)
    tokens = [token for _, token in sessions]
    members = [[youth.id, expert.id] for youth, expert in zip(youths, experts, strict=True)]
    conversations = open_conversations(team_id=team_id, kind="pair", member_lists=members, now=now)
    pairs = [FoundPair(ids[0], ids[1], talk.id) for ids, talk in zip(members, conversations, strict=True)]
    found_pairings(team_id=team_id, coordinator_id=coordinator_id, pairs=pairs, now=now)
    for at, conversation in enumerate(conversations):
        yield {
            "youth": {"id": str(youths[at].id), "token": tokens[at]},
            "expert": {"id": str(experts[at].id), "token": tokens[count + at]},
            "conversation": str(conversation.id),
        }


def _new(role: str, start: int, count: int) -> list[NewPerson]:
    return [NewPerson(role, f"{role.capitalize()} {start + at + 1}") for at in range(count)]
