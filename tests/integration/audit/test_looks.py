"""Ada reads who looked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from server.audit.queries import list_looks
from server.foundation.ids import make_id
from tests.cast import Cast
from tests.integration.audit.log import make_look, record

HOUR = timedelta(hours=1)


def test_she_sees_when_in_which_role_why_and_whether_in_an_emergency(cast: Cast, now: datetime) -> None:
    record(make_look(cast), now=now)
    record(make_look(cast, action="case.read", actor_id=cast.noor.id, emergency=True), now=now + HOUR)
    last, first = list_looks(cast.ada.id, now=now + HOUR)
    assert (first.at, first.actor_role, first.purpose, first.emergency) == (now, "coordinator", "safety", False)
    assert (last.at, last.action, last.actor_id, last.emergency) == (now + HOUR, "case.read", cast.noor.id, True)
    assert (first.object_kind, first.object_id) == ("conversation", cast.pair)


def test_only_looks_by_others_that_were_let_in_are_shown(cast: Cast, now: datetime) -> None:
    record(
        make_look(cast, action="person.suspended"),
        make_look(cast, outcome="refused"),
        make_look(cast, actor_id=cast.ada.id, actor_role="youth"),
        make_look(cast, subject_id=cast.ben.id),
        now=now,
    )
    assert list_looks(cast.ada.id, now=now) == []


def test_eve_and_somebody_who_does_not_exist_see_the_same_nothing(cast: Cast, now: datetime) -> None:
    record(make_look(cast), now=now)
    assert list_looks(cast.eve.id, now=now) == list_looks(make_id(), now=now) == []


def test_a_look_is_hidden_until_it_may_be_told(cast: Cast, now: datetime) -> None:
    record(make_look(cast, shown_from=now + HOUR), now=now)
    assert list_looks(cast.ada.id, now=now + HOUR - timedelta(microseconds=1)) == []
    assert len(list_looks(cast.ada.id, now=now + HOUR)) == 1


@pytest.mark.parametrize(
    ("moves", "shown"),
    [
        ([], True),
        ([None], True),
        ([HOUR], False),
        ([HOUR, None], True),
        ([None, HOUR], False),
        ([2 * HOUR, timedelta(0)], True),
        ([timedelta(0), 2 * HOUR], False),
    ],
)
def test_the_last_word_about_telling_counts_for_all_under_one_glass(
    cast: Cast, now: datetime, moves: list[timedelta | None], shown: bool
) -> None:
    glass, other = make_id(), make_id()
    actions = ["break_glass.opened", *["break_glass.telling_moved"] * 9]
    for action, move in zip(actions, moves, strict=False):
        shown_from = None if move is None else now + move
        told = make_look(cast, action=action, object_id=glass, authorisation_id=glass, shown_from=shown_from)
        record(told, now=now)
    record(make_look(cast, authorisation_id=glass), make_look(cast, authorisation_id=other), now=now)
    assert len(list_looks(cast.ada.id, now=now)) == 1 + shown


def test_pages_follow_one_another_also_within_one_instant(
    cast: Cast, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    record(*[make_look(cast, object_id=make_id()) for _ in range(5)], now=now)
    record(make_look(cast), now=now + HOUR)
    seen, before = [], None
    while page := list_looks(cast.ada.id, now=now + HOUR, before=before, most=2):
        seen += [one.number for one in page]
        before = (page[-1].at, page[-1].number)
    assert seen == [6, 5, 4, 3, 2, 1]
    with django_assert_num_queries(2):
        list_looks(cast.ada.id, now=now)
