"""Making teams and people, and asking about them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from server.accounts.actions import NewPerson, create_people, create_person, create_team
from server.accounts.models import Person
from server.accounts.queries import PersonCard, get_person, list_cards
from server.foundation.errors import BadRequest, NotFound
from server.foundation.ids import make_id
from server.realtime.models import UserStream
from tests.integration.accounts.cast import Cast
from tests.witness import nothing_changes


def test_two_teams_of_one_name_have_two_slugs(cast: Cast, now: datetime) -> None:
    again = create_team(name="Noord", now=now)
    assert cast.team.slug == "noord"
    assert again.slug.startswith("noord-")


def test_people_in_bulk_keep_their_order_and_each_has_a_log(cast: Cast, now: datetime) -> None:
    people = [NewPerson("youth" if at % 2 else "expert", f"Person {at}") for at in range(50)]
    made = create_people(team_id=str(cast.team.id), people=people, now=now)
    assert [(one.role, one.display_name) for one in made] == [(one.role, one.display_name) for one in people]
    assert UserStream.objects.filter(user_id__in=[one.id for one in made]).count() == 50
    assert len({one.epoch for one in UserStream.objects.all()}) == UserStream.objects.count()


@pytest.mark.parametrize("crowd", [1, 50])
def test_making_many_costs_as_many_statements_as_making_one(
    cast: Cast, now: datetime, crowd: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(5):  # savepoint, team, people, streams, release
        create_people(team_id=cast.team.id, people=[NewPerson("youth", "Ada")] * crowd, now=now)


def test_a_team_that_does_not_exist_has_no_people(cast: Cast, now: datetime) -> None:
    with nothing_changes(), pytest.raises(NotFound):
        create_person(team_id=make_id(), role="youth", display_name="Ada", now=now)


def test_a_role_that_does_not_exist_is_refused_twice(cast: Cast, now: datetime) -> None:
    with nothing_changes(), pytest.raises(ValueError, match="a role is one of"):
        create_person(team_id=cast.team.id, role="king", display_name="Ada", now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(id=cast.ada.id).update(role="king")


def test_an_address_in_capitals_cannot_be_stored(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(id=cast.ben.id).update(email="Ben@team.example")


def test_a_name_of_blanks_is_no_name(cast: Cast, now: datetime) -> None:
    with nothing_changes(), pytest.raises(BadRequest):
        create_person(team_id=cast.team.id, role="youth", display_name="  ", now=now)


def test_cards_come_with_one_query_and_leave_strangers_out(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        cards = list_cards([cast.ada.id, UUID(cast.ben.id), make_id()])
    assert cards == {
        cast.ada.id: PersonCard(cast.ada.id, "Ada", "youth", str(cast.team.id)),
        cast.ben.id: PersonCard(cast.ben.id, "Ben", "expert", str(cast.team.id)),
    }


def test_getting_somebody_raises_for_nobody(cast: Cast) -> None:
    assert get_person(cast.ada.id).display_name == "Ada"
    with pytest.raises(NotFound):
        get_person(make_id())
