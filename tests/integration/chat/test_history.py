"""History, lists and the snapshot: pages that meet, and the same truth whichever way it is read."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from server.chat.actions.accept import accept_messages
from server.chat.actions.conversations import add_member, open_conversations
from server.chat.queries import list_conversations
from server.foundation.clock import read_clock
from tests.cast import Answer, Cast, Frame, Rest
from tests.integration.chat.witness import nothing_changes_here
from tests.integration.realtime.house import House, do


def write(cast: Cast, times: int) -> None:
    """Have Ada and Ben write so many messages in turn."""
    drafts = [cast.draft((cast.ada, cast.ben)[at % 2], f"{at + 1}") for at in range(times)]
    assert len(accept_messages(drafts, now=read_clock()).bodies) == times


def page(cast: Cast, query: str = "") -> tuple[list[int], bool]:
    """Return the seqs of a page and whether more lie beyond."""
    body = Rest(cast.ben).get(f"/conversations/{cast.pair}/messages{query}").body
    seqs = [one["seq"] for one in body["messages"]]
    assert seqs == sorted(seqs)
    assert [one["body"] for one in body["messages"]] == [f"{seq}" for seq in seqs]
    return seqs, body["more"]


@pytest.mark.parametrize(
    ("query", "first", "last", "more"),
    [
        ("", 71, 120, True),
        ("?limit=5", 116, 120, True),
        ("?limit=120", 1, 120, False),
        ("?limit=200", 1, 120, False),
        ("?before=4", 1, 3, False),
        ("?before=4&limit=3", 1, 3, False),
        ("?before=4&limit=2", 2, 3, True),
        ("?before=1000&limit=1", 120, 120, True),
        ("?after=0&limit=3", 1, 3, True),
        ("?after=117&limit=3", 118, 120, False),
        ("?after=117&limit=2", 118, 119, True),
        ("?after=10&before=14", 11, 13, False),
        ("?after=10&before=14&limit=2", 11, 12, True),
    ],
)
def test_a_page_is_what_was_asked_for(cast: Cast, query: str, first: int, last: int, more: bool) -> None:
    write(cast, 120)
    assert page(cast, query) == (list(range(first, last + 1)), more)


@pytest.mark.parametrize("query", ["?before=1", "?before=0", "?after=3", "?after=9007199254740991"])
def test_beyond_the_ends_there_is_nothing(cast: Cast, query: str) -> None:
    write(cast, 3)
    assert page(cast, query) == ([], False)


def test_pages_meet_in_both_directions(cast: Cast) -> None:
    write(cast, 23)
    back: list[int] = []
    more = True
    while more:
        seqs, more = page(cast, f"?limit=5&before={back[0] if back else 24}")
        back = seqs + back
    forth: list[int] = []
    more = True
    while more:
        seqs, more = page(cast, f"?limit=5&after={forth[-1] if forth else 0}")
        forth += seqs
    assert back == forth == list(range(1, 24))


@pytest.mark.parametrize(
    "query",
    [
        "?limit=0", "?limit=201", "?limit=-1", "?limit=x", "?limit=", "?limit=1.0", "?limit=%C2%B2", "?limit=٣",
        "?before=-1", "?before=1&limi=2", "?after=9007199254740992", "?after=99999999999999999999", "?after=%00",
        "?offset=3",
    ],
)  # fmt: skip
def test_a_question_of_another_form_is_refused(cast: Cast, query: str) -> None:
    answer = Rest(cast.ben).get(f"/conversations/{cast.pair}/messages{query}")
    assert (answer.status, answer.body["code"]) == (400, "proto.bad_frame")


def test_m_is_shown_to_the_sender_alone(cast: Cast) -> None:
    write(cast, 2)
    messages = Rest(cast.ada).get(f"/conversations/{cast.pair}/messages").body["messages"]
    assert ["m" in one for one in messages] == [True, False]


async def test_snapshot_history_and_events_tell_the_same(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    await do(lambda: write(cast, 7))
    await ada.settle()
    rest = Rest(cast.ada)
    snapshot = (await do(lambda: rest.get("/snapshot"))).body
    listed = (await do(lambda: rest.get("/conversations"))).body["conversations"]
    history = (await do(lambda: rest.get(f"/conversations/{cast.pair}/messages"))).body
    (conversation,) = snapshot["conversations"]
    shown = {name: conversation.pop(name) for name in ("messages", "more")}
    assert shown == history
    assert [conversation] == listed
    events = [{name: one[name] for name in one if name not in ("pos", "kind")} for one in ada.list_events("msg.new")]
    assert events == history["messages"]
    assert snapshot["cursor"] == ada.cursor


def test_a_conversation_shows_what_a_client_needs(cast: Cast) -> None:
    write(cast, 2)
    (shown,) = Rest(cast.ada).get("/conversations").body["conversations"]
    assert (shown["id"], shown["kind"], shown["state"]) == (cast.pair, "pair", "open")
    assert (shown["last_seq"], shown["visible_upto"], shown["read_upto"]) == (2, 2, 0)
    assert {one["display_name"]: one["role"] for one in shown["members"]} == {"Ada": "youth", "Ben": "expert"}
    assert shown["counterpart"] == {"display_name": "Ben", "reachable": True, "until": None, "next_opening": None}


def test_one_sees_ones_own_conversations_only(cast: Cast) -> None:
    seen = {
        name: read_ids(Rest(player)) for name, player in {"ada": cast.ada, "eve": cast.eve, "mara": cast.mara}.items()
    }
    assert seen == {"ada": [cast.pair], "eve": [cast.elsewhere], "mara": []}


def read_ids(rest: Rest) -> list[str]:
    """Return the ids of the listed conversations."""
    return [one["id"] for one in rest.get("/conversations").body["conversations"]]


def count_queries(rest: Rest, path: str) -> tuple[int, Answer]:
    """Return how many ORM statements a call costs, and its answer."""
    with CaptureQueriesContext(connection) as caught:
        answer = rest.get(path)
    return len(caught), answer


def test_the_list_costs_the_same_however_long(cast: Cast) -> None:
    few, _ = count_queries(Rest(cast.ada), "/conversations")
    members = [[cast.ada.person.id, cast.ben.person.id]] * 10
    open_conversations(team_id=cast.team.id, kind="pair", member_lists=members, now=read_clock())
    many, answer = count_queries(Rest(cast.ada), "/conversations")
    assert len(answer.body["conversations"]) == 11
    assert many == few


def test_a_page_costs_the_same_however_full(cast: Cast) -> None:
    path = f"/conversations/{cast.pair}/messages"
    write(cast, 1)
    few, _ = count_queries(Rest(cast.ada), path)
    write(cast, 49)
    many, answer = count_queries(Rest(cast.ada), path)
    assert len(answer.body["messages"]) == 50
    assert many == few


def test_reading_changes_nothing(cast: Cast) -> None:
    write(cast, 3)
    with nothing_changes_here():
        for path in ("/snapshot", "/conversations", f"/conversations/{cast.pair}/messages"):
            assert Rest(cast.ada).get(path).status == 200


def test_the_snapshots_cursor_is_fixed_first(cast: Cast) -> None:
    """What comes while the snapshot is read comes as an event as well: doubled perhaps, never lost."""
    before: Frame = Rest(cast.ada).get("/snapshot").body
    write(cast, 1)
    after: Frame = Rest(cast.ada).get("/snapshot").body
    positions = [int(one["cursor"].rpartition(".")[2]) for one in (before, after)]
    assert positions[1] == positions[0] + 1


def test_a_talk_stays_with_whom_it_is_while_a_coordinator_is_in_it(cast: Cast) -> None:
    add_member(conversation_id=cast.pair, person_id=cast.mara.person.id, from_start=False, now=read_clock())
    shown = {
        player.person.display_name: list_conversations(player.id, now=read_clock())[0]["counterpart"]["display_name"]
        for player in (cast.ada, cast.ben, cast.mara)
    }
    assert shown == {"Ada": "Ben", "Ben": "Ada", "Mara": "Ada"}
