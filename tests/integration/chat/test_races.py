"""Two at once, on real connections: what was taken away is away, what was counted is counted once."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from threading import Event
from uuid import UUID

import pytest
from django.db import connection

from server.accounts.actions import end_session, place_block, suspend_person
from server.chat.actions.accept import AcceptedMessage, MessageDraft, accept_messages
from server.chat.actions.conversations import remove_member
from server.chat.actions.receipts import Receipts, mark_read
from server.chat.actions.withdraw import withdraw_message
from server.chat.errors import NotHeld
from server.chat.models import Conversation, Message
from server.foundation.clock import read_clock
from server.foundation.errors import WarmlijnError
from server.ports.receipts import Acknowledged
from server.realtime.models import UserEvent
from tests.cast import Cast
from tests.integration.chat.threads import run_behind, run_together
from tests.integration.chat.turning import shut, unlock


def judge(draft: MessageDraft) -> str:
    """Return "sent" or the code of the refusal."""
    (answer,) = accept_messages([draft], now=read_clock()).answers
    return answer.code if isinstance(answer, WarmlijnError) else "sent"


TAKE_AWAY: dict[str, tuple[Callable[[Cast], object], str]] = {
    "session ended": (
        lambda cast: end_session(session_id=cast.ada.session_id, reason="revoked", now=read_clock()),
        "auth.session_revoked",
    ),
    "suspended": (
        lambda cast: suspend_person(person_id=cast.ada.id, actor=None, now=read_clock()),
        "auth.session_revoked",
    ),
    "blocked": (
        lambda cast: place_block(blocker_id=cast.ben.id, blocked_id=cast.ada.id, now=read_clock()),
        "conv.cannot_send",
    ),
    "taken out": (
        lambda cast: remove_member(conversation_id=UUID(cast.pair), person_id=cast.ada.person.id, now=read_clock()),
        "conv.not_found",
    ),
}


@pytest.mark.usefixtures("on_postgres")
@pytest.mark.parametrize("way", ["session ended", "suspended", "blocked"])
def test_a_message_that_waited_for_the_taking_away_is_refused(cast: Cast, way: str) -> None:
    take_away, code = TAKE_AWAY[way]
    draft = cast.draft(cast.ada)
    assert run_behind([cast.ada.id, cast.ben.id], lambda: judge(draft), lambda: take_away(cast)) == code
    assert Message.objects.count() == 0


@pytest.mark.usefixtures("on_postgres")
@pytest.mark.parametrize("way", TAKE_AWAY)
def test_nothing_is_accepted_after_the_commit_that_took_away(cast: Cast, way: str) -> None:
    """Four senders write without a pause; whoever begins after the commit is refused, whoever was first is whole."""
    take_away, code = TAKE_AWAY[way]
    gone = Event()

    def write() -> list[tuple[bool, str]]:
        seen: list[tuple[bool, str]] = []
        while len(seen) < 12 or not gone.is_set():
            after = gone.is_set()
            seen.append((after, judge(cast.draft(cast.ada))))
        seen.append((True, judge(cast.draft(cast.ada))))
        return seen

    def take() -> list[tuple[bool, str]]:
        while Conversation.objects.get(id=cast.pair).last_seq < 10:
            pass
        take_away(cast)
        gone.set()
        return []

    seen = [one for each in run_together([write] * 4 + [take]) for one in each]
    assert {verdict for after, verdict in seen if after} == {code}
    assert {verdict for after, verdict in seen if not after} <= {"sent", code}
    sent = sum(verdict == "sent" for _, verdict in seen)
    assert sent >= 10
    assert sorted(Message.objects.values_list("seq", flat=True)) == list(range(1, sent + 1))


@pytest.mark.usefixtures("on_postgres")
def test_the_log_shows_that_the_end_of_a_session_is_an_end(cast: Cast) -> None:
    """Positions are handed out under the stream's lock, so their order is the order of the commits."""

    def write() -> int:
        return sum(judge(cast.draft(cast.ada)) == "sent" for _ in range(25))

    def end() -> int:
        while Conversation.objects.get(id=cast.pair).last_seq < 5:
            pass
        return int(end_session(session_id=cast.ada.session_id, reason="revoked", now=read_clock()))

    assert run_together([write] * 3 + [end])[-1] == 1
    log = UserEvent.objects.filter(user_id=cast.ada.id).order_by("pos")
    kinds = [kind for kind in log.values_list("kind", flat=True) if kind != "conv.new"]
    assert kinds[-1] == "session.revoked"
    assert set(kinds[:-1]) == {"msg.own"}


@pytest.mark.parametrize("servers", [8])
def test_one_m_from_many_servers_at_once_is_one_message(cast: Cast, servers: int) -> None:
    for _ in range(5):
        draft = cast.draft(cast.ada)
        answers = run_together([partial(accept_messages, [draft], now=read_clock())] * servers)
        made = [batch.answers[0] for batch in answers]
        accepted = [one for one in made if isinstance(one, AcceptedMessage)]
        assert len(accepted) == servers
        assert len({(one.seq, one.message_id, one.at) for one in accepted}) == 1
        assert sorted(one.duplicate for one in accepted) == [False] + [True] * (servers - 1)
        assert Message.objects.filter(client_id=draft.client_id).count() == 1


def test_one_m_for_two_conversations_at_once_is_one_message(cast: Cast) -> None:
    from server.chat.actions.conversations import open_conversation

    members = [cast.ada.person.id, cast.mara.person.id]
    second = open_conversation(team_id=cast.team.id, kind="pair", member_ids=members, now=read_clock())
    for _ in range(5):
        first = cast.draft(cast.ada)
        other = cast.draft(cast.ada, client_id=first.client_id, conversation_id=str(second.id))
        verdicts = run_together([partial(judge, first), partial(judge, other)])
        assert sorted(verdicts) == ["msg.idempotency_conflict", "sent"]


def test_a_gate_that_turns_while_somebody_writes_loses_and_doubles_nothing(cast: Cast) -> None:
    rounds = 30 if connection.vendor == "postgresql" else 8
    done = Event()

    def write() -> None:
        for _ in range(rounds):
            assert judge(cast.draft(cast.ada)) == "sent"

    def turn() -> None:
        while not done.is_set():
            shut(cast)
            unlock(cast)

    def both(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            if work is write:
                finished.append(1)
            if len(finished) == 2:
                done.set()

    finished: list[int] = []
    run_together([partial(both, write), partial(both, write), partial(both, turn)])
    unlock(cast)
    log = UserEvent.objects.filter(user_id=cast.ben.id, kind="msg.new").order_by("pos")
    assert list(log.values_list("seq", flat=True)) == list(range(1, 2 * rounds + 1))


def test_a_message_is_taken_back_or_seen_never_both(cast: Cast) -> None:
    for _ in range(6):
        shut(cast)
        made = cast.accept(cast.ada)

        def take_back(mid: str = made.message_id) -> bool:
            try:
                withdraw_message(
                    person_id=cast.ada.id,
                    session_id=None,
                    conversation_id=cast.pair,
                    message_id=mid,
                    now=read_clock(),
                )
            except NotHeld:
                return False
            return True

        def let_through() -> bool:
            return unlock(cast) == 1

        withdrawn, opened = run_together([take_back, let_through])
        assert opened
        assert (Message.objects.get(id=made.message_id).state == "withdrawn") is withdrawn


def test_everything_at_once_meets_no_deadlock(cast: Cast) -> None:
    """All the ways that lock conversations, memberships and streams, in all orders: each comes to its end."""
    pair, turns = cast.pair, 12 if connection.vendor == "postgresql" else 4

    def acknowledge(person: str, seq: int) -> None:
        from django.db import transaction

        with transaction.atomic():
            Receipts().take_acknowledged([Acknowledged(person, pair, seq)], now=read_clock())

    ways: list[Callable[[random.Random], object]] = [
        lambda dice: judge(cast.draft(dice.choice([cast.ada, cast.ben]))),
        lambda dice: mark_read(
            person_id=cast.ben.id, session_id=None, conversation_id=pair, upto=dice.randint(0, 99), now=read_clock()
        ),
        lambda dice: mark_read(
            person_id=cast.ada.id, session_id=None, conversation_id=pair, upto=dice.randint(0, 99), now=read_clock()
        ),
        lambda dice: acknowledge(dice.choice([cast.ada.id, cast.ben.id]), dice.randint(1, 50)),
        lambda dice: shut(cast),
        lambda dice: unlock(cast),
    ]

    def work(seed: int) -> int:
        dice = random.Random(seed)
        for _ in range(turns):
            dice.choice(ways)(dice)
        return turns

    assert run_together([partial(work, seed) for seed in range(6)]) == [turns] * 6
    unlock(cast)
    for player in (cast.ada, cast.ben):
        log = UserEvent.objects.filter(user_id=player.id, seq__isnull=False).order_by("pos")
        assert list(log.values_list("seq", flat=True)) == list(range(1, Message.objects.count() + 1))
