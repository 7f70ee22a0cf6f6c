"""Two at once, on real connections: what was taken away is taken away before anybody can use it again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection, transaction

from server.accounts.actions import (
    change_password,
    end_session,
    enrol_staff,
    enrol_youth,
    invite_staff,
    invite_youth,
    issue_ticket,
    place_block,
    register_device,
    sign_in,
    suspend_person,
)
from server.accounts.door import AccountsDoor
from server.accounts.errors import CodeInvalid, CredentialsInvalid, EmailRefused
from server.accounts.models import Block, Device, Person, Session
from server.accounts.queries import Standing, ask_standing
from server.foundation.database import open_pipeline
from server.foundation.errors import NotSignedIn
from server.ports.socket_door import Identity, Knock
from server.realtime.streams import lock_streams
from tests.integration.accounts.cast import PASSWORD, Cast, make_cast, make_email
from tests.integration.chat.threads import PATIENCE_SECONDS, wait_for_a_waiter

Result = TypeVar("Result")

pytestmark = pytest.mark.usefixtures("on_postgres")


@pytest.fixture
def cast(on_postgres: None, now: datetime) -> Cast:
    """The cast, committed, so that other connections see it."""
    return make_cast(now)


def on_own_connection(work: Callable[[], Result]) -> Callable[[], Result]:
    def run() -> Result:
        try:
            return work()
        finally:
            connection.close()

    return run


def run_together(count: int, work: Callable[[], Result]) -> list[Result | Exception]:
    """Run the same work on `count` connections at once; return what each returned or raised."""
    barrier = Barrier(count, timeout=PATIENCE_SECONDS)

    def start() -> Result | Exception:
        barrier.wait()
        try:
            return work()
        except Exception as problem:
            return problem

    with ThreadPoolExecutor(count) as threads:
        futures = [threads.submit(on_own_connection(start)) for _ in range(count)]
        return [future.result(timeout=PATIENCE_SECONDS) for future in futures]


def run_while_locked(cast: Cast, late: Callable[[], Result], change: Callable[[], object]) -> Result:
    """Have `late` come while `change` holds the streams of Ada and Ben; return what `late` made of it afterwards."""
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            lock_streams([cast.ada.id, cast.ben.id])
            future: Future[Result] = threads.submit(on_own_connection(late))
            wait_for_a_waiter()
            change()
        return future.result(timeout=PATIENCE_SECONDS)


def test_of_two_with_one_code_one_comes_in(cast: Cast, now: datetime) -> None:
    _, code = invite_youth(actor=cast.mara.person, now=now)
    people = Person.objects.count()
    results = run_together(4, lambda: enrol_youth(code=code, display_name="Ada", device_name="telefoon", now=now))
    assert [type(one) for one in results].count(CodeInvalid) == 3
    assert Person.objects.count() == people + 1


def test_of_colleagues_with_one_code_or_with_one_address_one_comes_in(cast: Cast, now: datetime) -> None:
    people, given = Person.objects.count(), {"display_name": "Roos", "password": PASSWORD, "device_name": "laptop"}
    code = invite_staff(actor=cast.mara.session, role="expert", now=now)[1]
    addresses = iter(["roos@team.example", "kim@team.example"])
    by_code = run_together(2, lambda: enrol_staff(code=code, email=next(addresses), **given, now=now))
    assert [type(one) for one in by_code].count(CodeInvalid) == 1
    codes = iter([invite_staff(actor=cast.mara.session, role="expert", now=now)[1] for _ in range(2)])
    by_address = run_together(2, lambda: enrol_staff(code=next(codes), email="bo@team.example", **given, now=now))
    assert [type(one) for one in by_address].count(EmailRefused) == 1
    assert Person.objects.count() == people + 2


def test_nobody_invites_after_the_commit_that_shut_them_out(cast: Cast, now: datetime) -> None:
    ben = Session.objects.select_related("person").get(id=cast.ben.session.id)
    Person.objects.filter(id=ben.person_id).update(role="coordinator")
    ben.person.role = "coordinator"
    with pytest.raises(NotSignedIn):
        run_while_locked(
            cast,
            lambda: invite_staff(actor=ben, role="expert", now=now),
            lambda: suspend_person(person_id=cast.ben.id, actor=None, now=now),
        )


def test_of_two_with_one_ticket_one_comes_in(cast: Cast, now: datetime) -> None:
    knock = Knock(issue_ticket(session=cast.ada.session, now=now)[0], None)

    def admit() -> object:
        with transaction.atomic():
            return AccountsDoor().admit([knock], now=now)[0]

    results = run_together(4, admit)
    assert sum(isinstance(one, Identity) for one in results) == 1


def test_a_session_ends_once_however_many_end_it(cast: Cast, now: datetime) -> None:
    session_id = cast.ada.session.id
    results = run_together(4, lambda: end_session(session_id=session_id, reason="revoked", now=now))
    assert sorted(map(bool, results)) == [False, False, False, True]


def test_blocking_each_other_at_once_neither_stalls_nor_doubles(cast: Cast, now: datetime) -> None:
    pairs = [(cast.ada.id, cast.ben.id), (cast.ben.id, cast.ada.id)] * 2

    def place() -> object:
        blocker_id, blocked_id = pairs.pop()
        return place_block(blocker_id=blocker_id, blocked_id=blocked_id, now=now)

    results = run_together(4, place)
    assert sorted(map(str, results)) == ["False", "False", "True", "True"]
    assert Block.objects.count() == 2


def test_two_people_registering_one_phone_leave_one_owner(cast: Cast, now: datetime) -> None:
    players = [cast.ada, cast.ben] * 2

    def register() -> object:
        return register_device(session=players.pop().session, push_token="push", platform="ios", now=now)

    results = run_together(4, register)
    assert not [one for one in results if isinstance(one, Exception)]
    assert Device.objects.count() == 1


def ask_under_lock(cast: Cast, now: datetime) -> Standing:
    """What chat does before it accepts something of Ada's for Ben: lock first, ask then."""
    with transaction.atomic():
        lock_streams([cast.ada.id, cast.ben.id])
        with open_pipeline() as pipeline:
            standing = ask_standing(pipeline, [str(cast.ada.session.id)], [cast.ada.id], now=now)
        standing.is_live(None)
        standing.is_blocked(cast.ada.id, cast.ben.id)
    return standing


@pytest.mark.parametrize("way", ["end", "suspend"])
def test_who_asks_under_the_lock_sees_what_was_revoked_before(cast: Cast, now: datetime, way: str) -> None:
    def revoke() -> None:
        if way == "end":
            end_session(session_id=cast.ada.session.id, reason="revoked", now=now)
        else:
            suspend_person(person_id=cast.ada.id, actor=None, now=now)

    standing = run_while_locked(cast, lambda: ask_under_lock(cast, now), revoke)
    assert not standing.is_live(str(cast.ada.session.id))


def test_who_asks_under_the_lock_sees_the_block(cast: Cast, now: datetime) -> None:
    def block() -> None:
        place_block(blocker_id=cast.ben.id, blocked_id=cast.ada.id, now=now)

    standing = run_while_locked(cast, lambda: ask_under_lock(cast, now), block)
    assert standing.is_blocked(cast.ada.id, cast.ben.id)


@pytest.mark.parametrize(
    "revoke",
    [
        lambda cast, now: end_session(session_id=cast.ada.session.id, reason="revoked", now=now),
        lambda cast, now: suspend_person(person_id=cast.ada.id, actor=None, now=now),
        lambda cast, now: place_block(blocker_id=cast.ada.id, blocked_id=cast.ben.id, now=now),
    ],
)
def test_whoever_takes_away_waits_for_what_is_being_accepted(
    cast: Cast, now: datetime, revoke: Callable[[Cast, datetime], object]
) -> None:
    """The other half of the rule: a revocation does not slip in between the question and the commit."""
    seen: list[bool] = []

    def accept() -> None:
        seen.append(Session.objects.get(id=cast.ada.session.id).ended_at is None)
        seen.append(not Block.objects.exists())

    run_while_locked(cast, lambda: revoke(cast, now), accept)
    assert seen == [True, True]


def test_a_password_checked_before_a_suspension_lets_nobody_in_after(cast: Cast, now: datetime) -> None:
    run_late_sign_in(cast, now, lambda: suspend_person(person_id=cast.ben.id, actor=None, now=now))


def test_a_password_checked_before_it_was_changed_lets_nobody_in_after(cast: Cast, now: datetime) -> None:
    run_late_sign_in(
        cast,
        now,
        lambda: change_password(
            actor=cast.ben.person,
            session_id=cast.ben.session.id,
            old_password=PASSWORD,
            new_password="an entirely other evening",
            now=now,
        ),
    )


def run_late_sign_in(cast: Cast, now: datetime, change: Callable[[], object]) -> None:
    def late() -> object:
        return sign_in(email=make_email("Ben"), password=PASSWORD, otp=None, device_name="laptop", now=now)

    with pytest.raises(CredentialsInvalid):
        run_while_locked(cast, late, change)
    assert Session.objects.filter(person_id=cast.ben.id).count() == 1
