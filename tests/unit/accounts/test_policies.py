"""Every role at every policy: the whole table, so that a new role or a slip shows."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from server.accounts import policies
from server.accounts.models import Person
from server.accounts.rules.roles import ROLES, require_role
from server.foundation.errors import Forbidden, NotFound
from server.foundation.ids import make_id

NORTH, SOUTH = make_id(), make_id()


def make_person(role: str, team_id: UUID = NORTH) -> Person:
    return Person(id=make_id(), role=role, team_id=team_id)


@pytest.mark.parametrize(
    ("policy", "may"),
    [
        (policies.can_invite, {"coordinator"}),
        (policies.can_block, {"youth", "expert"}),
        (policies.can_suspend, {"coordinator", "admin"}),
        (policies.can_change_password, {"expert", "coordinator", "admin"}),
    ],
)
def test_roles(policy: Callable[[Person], str | None], may: set[str]) -> None:
    assert {role for role in ROLES if policy(make_person(role)) is None} == may
    assert {policy(make_person(role)) for role in set(ROLES) - may} == {"role"}


@pytest.mark.parametrize("actor_role", ROLES)
@pytest.mark.parametrize("role", ROLES)
def test_who_suspends_whom(actor_role: str, role: str) -> None:
    actor, person = make_person(actor_role), make_person(role)
    allowed = actor_role == "admin" or (actor_role == "coordinator" and role != "admin")
    if allowed:
        policies.require_suspend(actor, person)
    else:
        with pytest.raises(Forbidden):
            policies.require_suspend(actor, person)


@pytest.mark.parametrize("role", ["coordinator", "admin"])
def test_nobody_suspends_oneself_or_another_team(role: str) -> None:
    actor = make_person(role)
    with pytest.raises(Forbidden) as refused:
        policies.require_suspend(actor, actor)
    assert refused.value.extra == {"reason": "oneself"}
    for stranger in (make_person("youth", SOUTH), None):
        with pytest.raises(NotFound):
            policies.require_suspend(actor, stranger)


def test_nobody_blocks_oneself_or_another_team() -> None:
    ada, ben = make_person("youth"), make_person("expert")
    policies.require_block(ada, ben)
    for stranger in (ada, make_person("expert", SOUTH), None):
        with pytest.raises(NotFound):
            policies.require_block(ada, stranger)
    with pytest.raises(NotFound):
        policies.require_block(None, ben)


def test_there_is_no_fifth_role() -> None:
    assert [require_role(role) for role in ROLES] == ["youth", "expert", "coordinator", "admin"]
    with pytest.raises(ValueError, match="a role is one of"):
        require_role("superuser")
