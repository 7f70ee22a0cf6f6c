"""The door for experts, coordinators and admins. Who fails learns nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from pytest_django import Settings

from server.accounts.actions import create_person, suspend_person
from server.accounts.models import Person, Session
from tests.integration.accounts.calls import Answer, call
from tests.integration.accounts.cast import PASSWORD, Cast, make_email
from tests.integration.accounts.hashers import CountingHasher
from tests.witness import nothing_changes

COUNTED = ["tests.integration.accounts.hashers.CountingHasher"]
RENEWING = [*COUNTED, "tests.integration.accounts.hashers.OutdatedHasher"]


def sign_in(email: str, password: str = PASSWORD, **more: object) -> Answer:
    return call("POST", "/sessions", body={"email": email, "password": password, "device_name": "laptop", **more})


@pytest.mark.parametrize(("name", "role"), [("Ben", "expert"), ("Mara", "coordinator"), ("Otto", "admin")])
def test_password_roles_sign_in(cast: Cast, name: str, role: str) -> None:
    answer = sign_in(make_email(name))
    assert (answer.status, answer.body["user"]["role"]) == (201, role)
    shown = call("GET", "/me", token=answer.body["token"]).body
    assert {name: shown[name] for name in answer.body["user"]} == answer.body["user"]


def test_the_address_is_found_in_any_case_and_the_password_in_its_own(cast: Cast) -> None:
    assert sign_in("  BEN@Team.Example ").status == 201
    assert sign_in(make_email("Ben"), PASSWORD.upper()).status == 401


@pytest.mark.parametrize("otp", [None, "", "123456"])
def test_a_second_factor_may_be_sent_before_anybody_has_one(cast: Cast, otp: str | None) -> None:
    assert sign_in(make_email("Ben"), otp=otp).status == 201


def test_failures_are_not_told_apart_and_cost_the_same(cast: Cast, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = COUNTED
    attempts = make_failing_attempts(cast)
    seen, work = [], []
    for email, password in attempts:
        before = CountingHasher.computed
        with nothing_changes():
            seen.append(sign_in(email, password).seen)
        work.append(CountingHasher.computed - before)
    assert seen[0][0] == 401
    assert seen[0][1]["code"] == "auth.credentials_invalid"
    assert all(one == seen[0] for one in seen)
    assert work == [1] * len(attempts)


def make_failing_attempts(cast: Cast) -> list[tuple[str, str]]:
    """Wrong password, unknown account, suspended person, youth with an address, expert without a password."""
    Person.objects.exclude(role="youth").update(password=make_password(PASSWORD))
    Person.objects.filter(id=cast.ada.id).update(email=make_email("Ada"), password=make_password(PASSWORD))
    suspend_person(person_id=cast.otto.id, actor=None, now=cast.now)
    create_person(team_id=cast.team.id, role="expert", display_name="Noor", email=make_email("Noor"), now=cast.now)
    return [
        (make_email("Ben"), "wrong password"),
        (make_email("nobody"), PASSWORD),
        (make_email("Otto"), PASSWORD),
        (make_email("Otto"), "wrong password"),
        (make_email("Ada"), PASSWORD),
        (make_email("Noor"), PASSWORD),
        ("no address at all", PASSWORD),
    ]


def test_a_hash_with_old_parameters_is_renewed_by_the_right_password_only(cast: Cast, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = RENEWING
    Person.objects.filter(id=cast.ben.id).update(password=make_password(PASSWORD, hasher="outdated"))
    with nothing_changes():
        sign_in(make_email("Ben"), "wrong password")
    assert sign_in(make_email("Ben")).status == 201
    assert Person.objects.get(id=cast.ben.id).password.startswith("counted$")
    assert sign_in(make_email("Ben")).status == 201


@pytest.mark.parametrize(
    ("role", "idle", "whole"),
    [
        ("youth", timedelta(days=60), timedelta(days=365)),
        ("expert", timedelta(days=14), timedelta(days=90)),
        ("coordinator", timedelta(hours=12), timedelta(days=7)),
        ("admin", timedelta(hours=1), timedelta(hours=12)),
    ],
)
def test_a_session_has_its_roles_two_lifetimes(
    cast: Cast, now: datetime, role: str, idle: timedelta, whole: timedelta
) -> None:
    session = Session.objects.get(person__role=role)
    assert session.idle_expires_at - now == idle
    assert session.expires_at - now == whole


@pytest.mark.parametrize("field", ["email", "password", "device_name"])
def test_a_missing_field_is_named(cast: Cast, field: str) -> None:
    body = {"email": make_email("Ben"), "password": PASSWORD, "device_name": "laptop"}
    del body[field]
    with nothing_changes():
        answer = call("POST", "/sessions", body=body)
    assert (answer.status, answer.body["detail"]) == (400, f"{field} is missing")


def test_a_bearer_token_of_somebody_else_does_not_matter_at_the_door(cast: Cast) -> None:
    body = {"email": make_email("Ben"), "password": PASSWORD, "device_name": "laptop"}
    assert call("POST", "/sessions", body=body, token="unknown").status == 201
