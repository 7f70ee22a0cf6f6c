"""Lists of pairings cost the same however long; what is seeded and the demo team are there for everybody."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from server.accounts.queries import list_cards
from server.buddies.book import Pairings
from server.buddies.models import BuddyRequest, Pairing
from server.buddies.states import PAIRING
from server.entry.demo_team import open_demo_links
from server.entry.seeding import seed_pairs
from server.foundation.clock import read_clock
from tests.cast import Cast, make_player
from tests.integration.buddies.pairs import make_active, make_expert_ready, make_proposed
from tests.integration.buddies.people import Neighbours, get, told


def count_queries(cast: Cast) -> int:
    """Return how many statements it takes to show the coordinator the list."""
    with CaptureQueriesContext(connection) as queries:
        told(get(cast.mara, "/pairings"))
    return len(queries)


def test_a_longer_list_takes_no_more_statements(cast: Cast, neighbours: Neighbours) -> None:
    make_expert_ready(cast, cast.ben, neighbours.bo, capacity=9)
    make_active(cast, cast.ada, cast.ben, backup=neighbours.bo.id)
    before = count_queries(cast)
    for at in range(6):
        make_proposed(cast, make_player(cast.team, "youth", f"Youth {at}", read_clock()), cast.ben)
    assert count_queries(cast) == before


def test_what_is_seeded_are_active_pairings_with_free_seats(db: None) -> None:
    lines = list(seed_pairs(3, 1, now=read_clock()))
    mara = lines[3]["coordinator"]["id"]
    found = Pairings().list_current(list_cards([mara])[mara].team_id)
    assert {one.state for one in found} == {"active"}
    assert {(one.youth_id, one.expert_id, one.conversation_id) for one in found} == {
        (line["youth"]["id"], line["expert"]["id"], line["conversation"]) for line in lines[:3]
    }


def test_the_demo_team_is_in_every_state(db: None) -> None:
    links = open_demo_links(now=read_clock())
    assert {person.display_name for person, _ in links} == {"Ada", "Ben", "Mara", "Lot", "Sam", "Joris"}
    assert set(Pairing.objects.values_list("state", flat=True)) == set(PAIRING.states)
    assert BuddyRequest.objects.filter(state="waiting").count() >= 10
    ada = next(person for person, _ in links if person.display_name == "Ada")
    assert str(ada.id) in {one.youth_id for one in Pairings().list_current(str(ada.team_id))}
