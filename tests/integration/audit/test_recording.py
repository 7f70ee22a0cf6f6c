"""Mara reads along: each time an entry, in the transaction that it tells of."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from server.accounts.actions import change_role, lift_suspension, suspend_person
from server.audit.actions import record_entries
from server.audit.models import AuditEntry, AuditStream
from server.audit.queries import StoredLedger, list_entries
from server.audit.rules.chain import start_stream
from server.audit.rules.verifying import check_streams
from server.foundation.errors import Forbidden, NotFound
from server.foundation.ids import make_id
from tests.cast import Cast
from tests.integration.audit.log import make_look, record, record_looks


def test_entries_are_numbered_chained_and_read_back_as_they_were(cast: Cast, now: datetime) -> None:
    first, second = record(make_look(cast, shown_from=now), make_look(cast, emergency=True), now=now)
    (third,) = record(make_look(cast), now=now)
    assert list_entries(cast.team.id) == [first, second, third]
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    assert first.prev_hash == start_stream(cast.team.id).hash
    assert (second.prev_hash, third.prev_hash) == (first.hash, second.hash)
    stream = AuditStream.objects.get()
    assert (stream.head, bytes(stream.head_hash)) == (3, third.hash)


def test_entries_of_several_teams_each_go_to_their_own(cast: Cast, now: datetime) -> None:
    other = cast.eve.person.team_id
    links = record(*[make_look(cast, stream_id=one) for one in (other, cast.team.id, other)], now=now)
    assert [(one.stream_id, one.number) for one in links] == [(other, 1), (cast.team.id, 1), (other, 2)]
    assert [one.number for one in list_entries(other)] == [1, 2]


def test_pages_go_on_after_a_number(cast: Cast, now: datetime) -> None:
    record_looks(cast, 5, now=now)
    assert [one.number for one in list_entries(cast.team.id, most=2)] == [1, 2]
    assert [one.number for one in list_entries(cast.team.id, after=2, most=2)] == [3, 4]
    assert list_entries(cast.eve.person.team_id) == []


def test_what_is_rolled_back_leaves_neither_entry_nor_gap(cast: Cast, now: datetime) -> None:
    record_looks(cast, 2, now=now)
    with pytest.raises(NotFound), transaction.atomic():
        record_entries([make_look(cast)], now=now)
        raise NotFound()
    assert [one.number for one in record_looks(cast, 1, now=now)] == [3]
    assert [(one.good, one.fault) for one in check_streams(StoredLedger())] == [(3, None)]


def test_nothing_is_recorded_without_anything_to_tell(cast: Cast, now: datetime) -> None:
    assert record(now=now) == []
    assert not AuditStream.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_apart_from_what_it_tells_of_is_refused(now: datetime) -> None:
    with pytest.raises(TransactionManagementError):
        record_entries([], now=now)
    assert not AuditStream.objects.exists()


def test_any_number_of_entries_takes_as_many_statements_as_one(cast: Cast, now: datetime) -> None:
    record_looks(cast, 1, now=now)
    counts = []
    for count in (1, 40):
        with CaptureQueriesContext(connection) as queries:
            record(*[make_look(cast)] * count, now=now)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_changes_of_what_somebody_may_do_are_recorded(cast: Cast, now: datetime) -> None:
    suspend_person(person_id=cast.ben.id, actor=cast.mara.person, reason="kanarie", now=now)
    lift_suspension(person_id=cast.ben.id, actor=cast.mara.person, now=now)
    change_role(person_id=cast.ben.id, role="coordinator", now=now)
    told = [(one.action, one.actor_role, str(one.subject_id)) for one in list_entries(cast.team.id)]
    assert told == [
        ("person.suspended", "coordinator", cast.ben.id),
        ("person.suspension_lifted", "coordinator", cast.ben.id),
        ("person.role_changed", "system", cast.ben.id),
    ]
    assert "kanarie" not in str(list(AuditEntry.objects.values_list()))


def test_what_changed_nothing_records_nothing(cast: Cast, now: datetime) -> None:
    for actor in (cast.ben, cast.eve):
        with pytest.raises(Forbidden):
            suspend_person(person_id=cast.ada.id, actor=actor.person, now=now)
    for stranger in (cast.eve.id, make_id()):
        with pytest.raises(NotFound):
            suspend_person(person_id=stranger, actor=cast.mara.person, now=now)
    lift_suspension(person_id=cast.ben.id, actor=cast.mara.person, now=now)
    change_role(person_id=cast.ben.id, role="expert", now=now)
    assert not AuditEntry.objects.exists()
