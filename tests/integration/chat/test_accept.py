"""`accept_messages`: any number of drafts, one transaction, each judged alone."""

from __future__ import annotations

import os
import tempfile
from datetime import timedelta

import pytest
from django.db import connection, transaction

from server.accounts.actions import end_session, suspend_person
from server.chat.actions.accept import AcceptedMessage, MessageDraft, accept_messages
from server.chat.actions.conversations import open_conversations
from server.chat.actions.gates import step_turn_gates
from server.chat.models import Conversation, Message
from server.events.models import OutboxEvent
from server.foundation.clock import read_clock
from server.foundation.errors import WarmlijnError
from server.foundation.ids import make_id
from server.realtime.models import UserEvent
from tests.cast import Cast
from tests.integration.chat.witness import nothing_changes_here, photograph


def judge(*drafts: MessageDraft) -> list[str]:
    """Return, for each draft, its seq or the code of its refusal."""
    answers = accept_messages(list(drafts), now=read_clock()).answers
    return [one.code if isinstance(one, WarmlijnError) else str(one.seq) for one in answers]


def test_a_draft_that_fails_alone_is_refused_alone(cast: Cast) -> None:
    twice = str(make_id())
    assert judge(
        cast.draft(cast.ada, "een"),
        cast.draft(cast.ada, " "),
        cast.draft(cast.eve, "twee"),
        cast.draft(cast.ben, "drie", client_id=twice),
        cast.draft(cast.ada, "x" * 4_001),
        cast.draft(cast.ben, "drie", client_id=twice),
        cast.draft(cast.ben, "vier", client_id=twice),
        cast.draft(cast.ada, "vijf", conversation_id=cast.elsewhere),
        cast.draft(cast.ada, "zes"),
    ) == [
        "1", "msg.empty", "conv.not_found", "2", "msg.too_long", "2", "msg.idempotency_conflict", "conv.not_found", "3",
    ]  # fmt: skip
    assert Message.objects.count() == 3
    assert Conversation.objects.get(id=cast.pair).last_seq == 3
    assert OutboxEvent.objects.filter(name="chat.message_accepted").count() == 3


def test_a_batch_of_refusals_changes_nothing(cast: Cast) -> None:
    with nothing_changes_here():
        assert judge(cast.draft(cast.eve), cast.draft(cast.ada, "")) == ["conv.not_found", "msg.empty"]


def test_no_drafts_are_no_work(cast: Cast) -> None:
    with nothing_changes_here():
        assert judge() == []


@pytest.mark.parametrize("way", ["ended", "suspended", "run out", "of nobody"])
def test_a_session_that_is_not_live_sends_nothing(cast: Cast, way: str) -> None:
    now, draft = read_clock(), cast.draft(cast.ada)
    match way:
        case "ended":
            end_session(session_id=cast.ada.session_id, reason="revoked", now=now)
        case "suspended":
            suspend_person(person_id=cast.ada.id, actor=None, now=now)
        case "run out":
            now = cast.ada.session.idle_expires_at
            step_turn_gates(now)  # Ben's gate is asked again every four weeks
        case "of nobody":
            draft = MessageDraft(draft.sender_id, str(make_id()), draft.conversation_id, draft.client_id, draft.body)
    with nothing_changes_here():
        (answer,) = accept_messages([draft], now=now).answers
    assert isinstance(answer, WarmlijnError)
    assert answer.code == "auth.session_revoked"


def test_a_repeat_over_a_session_that_ended_is_refused_too(cast: Cast) -> None:
    draft = cast.draft(cast.ada)
    assert judge(draft) == ["1"]
    end_session(session_id=cast.ada.session_id, reason="revoked", now=read_clock())
    assert judge(draft) == ["auth.session_revoked"]


def test_a_session_runs_until_its_last_instant(cast: Cast) -> None:
    last = cast.ada.session.idle_expires_at - timedelta(microseconds=1)
    (answer,) = accept_messages([cast.draft(cast.ada)], now=last).answers
    assert isinstance(answer, AcceptedMessage)


def test_everything_of_a_message_comes_or_nothing(cast: Cast) -> None:
    """The message, its place, the events and the fact are one transaction: a crash before COMMIT leaves none."""

    class Crash(Exception):
        pass

    before = photograph()
    with pytest.raises(Crash), transaction.atomic():
        assert len(accept_messages([cast.draft(cast.ada)], now=read_clock()).bodies) == 1
        assert photograph() != before
        raise Crash
    assert photograph() == before


def test_events_go_to_those_who_are_there(cast: Cast) -> None:
    before = UserEvent.objects.count()
    judge(cast.draft(cast.ada))
    placed = UserEvent.objects.order_by("user_id").filter(seq=1)
    assert {(str(one.user_id), one.kind) for one in placed} == {(cast.ada.id, "msg.own"), (cast.ben.id, "msg.new")}
    assert UserEvent.objects.count() == before + 2


def count_statements(drafts: list[MessageDraft]) -> int:
    """Return how many statements PostgreSQL was sent, by libpq's own account of the conversation."""
    connection.ensure_connection()
    pgconn = connection.connection.pgconn
    with tempfile.NamedTemporaryFile() as file:
        number = os.open(file.name, os.O_WRONLY)
        pgconn.trace(number)
        try:
            answers = accept_messages(drafts, now=read_clock()).answers
        finally:
            pgconn.untrace()
            os.close(number)
        lines = file.read().decode().splitlines()
    assert not any(isinstance(one, WarmlijnError) for one in answers)
    return sum("\tBind\t" in line or "\tQuery\t" in line for line in lines)


def test_a_hundred_drafts_cost_as_many_statements_as_one(cast: Cast) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no pipeline: it runs the rows of a statement one by one")
    pairs = [
        str(one.id)
        for one in open_conversations(
            team_id=cast.team.id,
            kind="pair",
            member_lists=[[cast.ada.person.id, cast.ben.person.id]] * 20,
            now=read_clock(),
        )
    ]
    accept_messages([cast.draft(cast.ada, conversation_id=one) for one in [*pairs, cast.pair]], now=read_clock())
    one = count_statements([cast.draft(cast.ada)])
    hundred = count_statements(
        [cast.draft((cast.ada, cast.ben)[at % 2], f"{at}", conversation_id=pairs[at % 20]) for at in range(100)]
    )
    assert one == hundred
    assert 4 <= one <= 8
