"""Tickets, and what the socket's door says to a batch of knocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection

from server.accounts.actions import (
    end_session,
    forget_spent_tickets,
    issue_ticket,
    start_session,
    suspend_person,
)
from server.accounts.door import AccountsDoor
from server.accounts.models import Session, Ticket
from server.accounts.tasks import step_forget_tickets
from server.foundation.clock import format_instant
from server.foundation.errors import WarmlijnError
from server.foundation.ids import hash_secret
from server.ports.socket_door import Identity, Knock
from tests.integration.accounts.calls import call
from tests.integration.accounts.cast import Cast, Player
from tests.witness import nothing_changes


def admit(*knocks: Knock, now: datetime) -> list[str]:
    """Return who each knock is, or the code of the refusal."""
    return [one.user_id if isinstance(one, Identity) else one.code for one in AccountsDoor().admit(knocks, now=now)]


def take_ticket(player: Player, now: datetime) -> Knock:
    return Knock(ticket=issue_ticket(session=player.session, now=now)[0], bearer=None)


def test_a_ticket_is_random_short_lived_and_stored_hashed(cast: Cast, now: datetime) -> None:
    answer = call("POST", "/realtime/tickets", token=cast.ada.token)
    row = Ticket.objects.get()
    assert answer.status == 201
    assert bytes(row.hash) == hash_secret(answer.body["ticket"])
    assert len(answer.body["ticket"]) == 43, "32 random bytes"
    assert answer.body["expires_at"] == format_instant(row.expires_at)
    assert timedelta(0) <= row.expires_at - now - timedelta(seconds=30) < timedelta(seconds=20)


def test_a_ticket_says_who_comes_over_which_session(cast: Cast, now: datetime) -> None:
    [identity] = AccountsDoor().admit([take_ticket(cast.ada, now)], now=now)
    session = cast.ada.session
    assert identity == Identity(cast.ada.id, str(session.id), "youth", session.expires_at)


def test_a_ticket_works_once(cast: Cast, now: datetime) -> None:
    knock = take_ticket(cast.ada, now)
    assert admit(knock, now=now) == [cast.ada.id]
    with nothing_changes():
        assert admit(knock, now=now) == ["auth.ticket_invalid"]


def test_the_same_ticket_twice_in_a_batch_lets_one_in(cast: Cast, now: datetime) -> None:
    ada, ben = take_ticket(cast.ada, now), take_ticket(cast.ben, now)
    answers = admit(ada, ben, ada, ada, now=now)
    assert answers == [cast.ada.id, cast.ben.id, "auth.ticket_invalid", "auth.ticket_invalid"]


@pytest.mark.parametrize(
    ("age", "answer"), [(timedelta(milliseconds=29_999), None), (timedelta(seconds=30), "auth.ticket_invalid")]
)
def test_a_ticket_lives_thirty_seconds(cast: Cast, now: datetime, age: timedelta, answer: str | None) -> None:
    assert admit(take_ticket(cast.ada, now), now=now + age) == [answer or cast.ada.id]


@pytest.mark.parametrize(
    "knock",
    [
        Knock("x" * 43, None),
        Knock("", None),
        Knock("é", None),
        Knock("\ud800", None),
        Knock(None, None),
        Knock("x" * 100_000, None),
    ],
)
def test_what_is_no_ticket_is_refused_and_changes_nothing(cast: Cast, now: datetime, knock: Knock) -> None:
    issue_ticket(session=cast.ada.session, now=now)
    with nothing_changes():
        assert admit(knock, now=now) == ["auth.ticket_invalid"]


@pytest.mark.parametrize("bearer", ["", "unknown", "\udce9", "x" * 100_000])
def test_what_is_no_token_is_refused_and_changes_nothing(cast: Cast, now: datetime, bearer: str) -> None:
    with nothing_changes():
        assert admit(Knock(None, bearer), now=now) == ["auth.session_revoked"]


def test_a_ticket_is_no_token_and_a_token_no_ticket(cast: Cast, now: datetime) -> None:
    ticket, _ = issue_ticket(session=cast.ada.session, now=now)
    crossed = [Knock(None, ticket), Knock(cast.ada.token, None)]
    with nothing_changes():
        assert admit(*crossed, now=now) == ["auth.session_revoked", "auth.ticket_invalid"]


def test_both_at_once_are_refused(cast: Cast, now: datetime) -> None:
    """Eve's own token with a ticket of Ada's is nobody; the ticket is used up by it."""
    ticket, _ = issue_ticket(session=cast.ada.session, now=now)
    assert admit(Knock(ticket, cast.make_eve().token), now=now) == ["auth.ticket_invalid"]
    assert admit(Knock(ticket, None), now=now) == ["auth.ticket_invalid"]


def test_bearers_and_tickets_mix_in_one_batch(cast: Cast, now: datetime) -> None:
    knocks = [Knock(None, cast.ben.token), take_ticket(cast.ada, now), Knock(None, "unknown")]
    assert admit(*knocks, now=now) == [cast.ben.id, cast.ada.id, "auth.session_revoked"]


def test_a_token_may_come_more_than_once(cast: Cast, now: datetime) -> None:
    knock = Knock(None, cast.ben.token)
    assert admit(knock, knock, now=now) == [cast.ben.id] * 2


def test_a_dead_session_opens_no_socket(cast: Cast, now: datetime) -> None:
    """Ended, suspended (the person's column alone), run out: by ticket and by token alike."""
    _, stale = start_session(person_id=cast.mara.id, device_name="oud", now=now - timedelta(hours=12))
    knocks = [take_ticket(cast.ada, now), Knock(None, cast.ada.token)]
    knocks += [take_ticket(cast.ben, now), Knock(None, cast.ben.token), Knock(None, stale)]
    end_session(session_id=cast.ada.session.id, reason="signed_out", now=now)
    suspend_person(person_id=cast.ben.id, actor=None, now=now)
    Session.objects.filter(person_id=cast.ben.id).update(ended_at=None, end_reason="")
    assert admit(*knocks, now=now) == ["auth.session_revoked"] * 5


def test_an_empty_batch_is_answered_with_nothing(cast: Cast, now: datetime) -> None:
    with nothing_changes():
        assert AccountsDoor().admit([], now=now) == []


def test_each_refusal_is_an_error_of_its_own(cast: Cast, now: datetime) -> None:
    """The caller raises or sends them: one object shared by two knocks would share its traceback as well."""
    first, second = AccountsDoor().admit([Knock("x", None), Knock("x", None)], now=now)
    assert isinstance(first, WarmlijnError)
    assert first is not second


@pytest.mark.parametrize("crowd", [1, 2, 37])
def test_a_batch_costs_three_statements_whatever_its_size(cast: Cast, now: datetime, crowd: int) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("pipelined statements are counted where the driver can trace them")
    knocks = [take_ticket(cast.ada, now) for _ in range(crowd)] + [Knock(None, cast.ben.token)] * crowd
    with count_statements() as statements:
        assert admit(*knocks, now=now) == [cast.ada.id] * crowd + [cast.ben.id] * crowd
    assert len(statements) == 3


@contextmanager
def count_statements() -> Iterator[list[str]]:
    statements: list[str] = []
    connection.connection.set_trace_callback(statements.append)
    yield statements
    connection.connection.set_trace_callback(None)


def test_spent_tickets_are_forgotten_after_an_hour(cast: Cast, now: datetime) -> None:
    admit(take_ticket(cast.ada, now), now=now)
    take_ticket(cast.ben, now + timedelta(minutes=30))
    lapsed = now + timedelta(hours=1, minutes=1)
    assert forget_spent_tickets(now=lapsed) == 1
    assert not step_forget_tickets(lapsed)
    assert Ticket.objects.get().person_id == cast.ben.person.id
