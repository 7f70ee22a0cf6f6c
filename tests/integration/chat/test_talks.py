"""Conversations as the rooms of pairings and escalations move them, through the port."""

from __future__ import annotations

import pytest
from django.db import transaction

from server.chat.errors import ConversationNotFound
from server.chat.queries import list_messages
from server.chat.talks import Talks
from server.foundation.clock import read_clock
from server.foundation.errors import WarmlijnError
from server.foundation.ids import make_id
from server.ports.registry import ask_port
from server.ports.talks import TalkKeeper
from tests.cast import Cast, Player, Rest, make_player

TALKS = Talks()


@pytest.fixture
def finn(cast: Cast) -> Player:
    """A second expert of the team."""
    return make_player(cast.team, "expert", "Finnegan", read_clock())


def hear(cast: Cast, player: Player) -> list[int]:
    """Return the seqs that somebody may read in the pair's conversation."""
    messages, _ = list_messages(player.id, cast.pair, before=None, after=None, limit=50)
    return [one["seq"] for one in messages]


def test_the_port_is_answered_by_chat() -> None:
    assert isinstance(ask_port(TalkKeeper), Talks)


def test_a_talk_is_opened_and_both_find_it(cast: Cast) -> None:
    members = [cast.ada.id, cast.mara.id]
    opened = TALKS.open_talk(team_id=str(cast.team.id), kind="line", member_ids=members, now=read_clock())
    card = TALKS.find_talk(opened)
    assert card is not None
    assert (card.kind, card.state, sorted(card.member_ids), card.last_seq) == ("line", "open", sorted(members), 0)
    found = Rest(cast.mara).get("/conversations").body["conversations"]
    assert [one["id"] for one in found] == [opened]


@pytest.mark.parametrize(("from_start", "seen"), [(True, [1, 2]), (False, [2])])
def test_somebody_is_admitted_with_or_without_what_was_before(cast: Cast, from_start: bool, seen: list[int]) -> None:
    cast.accept(cast.ada, "eerder")
    TALKS.admit(conversation_id=cast.pair, person_id=cast.mara.id, from_start=from_start, now=read_clock())
    TALKS.admit(conversation_id=cast.pair, person_id=cast.mara.id, from_start=True, now=read_clock())
    cast.accept(cast.ada, "later")
    assert hear(cast, cast.mara) == seen


def test_who_is_dismissed_reads_and_sends_nothing_any_more(cast: Cast) -> None:
    cast.accept(cast.ada)
    for _ in range(2):
        TALKS.dismiss(conversation_id=cast.pair, person_id=cast.ben.id, now=read_clock())
    with pytest.raises(ConversationNotFound):
        hear(cast, cast.ben)
    with pytest.raises(WarmlijnError) as refused:
        cast.accept(cast.ben)
    assert refused.value.code == "conv.not_found"
    assert hear(cast, cast.ada) == [1]


def test_a_closed_talk_takes_nothing_and_stays_readable(cast: Cast) -> None:
    cast.accept(cast.ada)
    for _ in range(2):
        TALKS.close_talk(conversation_id=cast.pair, now=read_clock())
    with pytest.raises(WarmlijnError) as refused:
        cast.accept(cast.ada)
    assert refused.value.code == "conv.cannot_send"
    assert hear(cast, cast.ada) == [1]
    card = TALKS.find_talk(cast.pair)
    assert card is not None
    assert card.state == "closed"


def test_what_does_not_exist_is_not_found(cast: Cast) -> None:
    nowhere = str(make_id())
    assert TALKS.find_talk(nowhere) is None
    with pytest.raises(ConversationNotFound):
        TALKS.admit(conversation_id=nowhere, person_id=cast.mara.id, from_start=True, now=read_clock())
    with pytest.raises(ConversationNotFound):
        TALKS.dismiss(conversation_id=nowhere, person_id=cast.ben.id, now=read_clock())


def test_the_open_talks_of_people_are_listed_the_newest_first(cast: Cast) -> None:
    members = [cast.ada.id, cast.mara.id]
    line = TALKS.open_talk(team_id=str(cast.team.id), kind="line", member_ids=members, now=read_clock())
    found = TALKS.list_talks_of([cast.ada.id, cast.ben.id, cast.noor.id])
    assert {one: [card.id for card in cards] for one, cards in found.items()} == {
        cast.ada.id: [line, cast.pair],
        cast.ben.id: [cast.pair],
        cast.noor.id: [],
    }


def test_one_is_replaced_by_another_in_one_transaction(cast: Cast, finn: Player) -> None:
    cast.accept(cast.ada)
    now = read_clock()
    with transaction.atomic():
        TALKS.lock_talks(person_ids=[cast.ben.id, finn.id], conversation_ids=[cast.pair], now=now)
        TALKS.dismiss(conversation_id=cast.pair, person_id=cast.ben.id, now=now)
        TALKS.admit(conversation_id=cast.pair, person_id=finn.id, from_start=True, now=now)
    card = TALKS.find_talk(cast.pair)
    assert card is not None
    assert set(card.member_ids) == {cast.ada.id, finn.id}
