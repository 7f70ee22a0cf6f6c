"""Making and changing passwords."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from server.accounts.actions import change_password, create_person, start_session
from server.accounts.errors import CredentialsInvalid, EmailTaken, PasswordRefused
from tests.integration.accounts.calls import Answer, call
from tests.integration.accounts.cast import PASSWORD, Cast, make_email
from tests.witness import nothing_changes

NEW = "an entirely other evening"


def change(token: str, old: str = PASSWORD, new: str = NEW) -> Answer:
    return call("POST", "/me/password", token=token, body={"old_password": old, "new_password": new})


def test_a_new_password_ends_the_other_sessions(cast: Cast, now: datetime) -> None:
    _, other = start_session(person_id=cast.ben.id, device_name="laptop", now=now)
    assert change(cast.ben.token).status == 204
    assert call("GET", "/me", token=cast.ben.token).status == 200
    assert call("GET", "/me", token=other).status == 401
    body = {"email": make_email("Ben"), "password": PASSWORD, "device_name": "laptop"}
    assert call("POST", "/sessions", body=body).status == 401
    assert call("POST", "/sessions", body=body | {"password": NEW}).status == 201


def test_the_old_password_is_asked_for(cast: Cast) -> None:
    with nothing_changes():
        answer = change(cast.ben.token, old="not the password")
    assert (answer.status, answer.code) == (401, "auth.credentials_invalid")


@pytest.mark.parametrize(
    ("weak", "reason"),
    [
        ("short", "password_too_short"),
        ("qwerty123456", "password_too_common"),
        ("ben@team.example", "password_too_similar"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(cast: Cast, weak: str, reason: str) -> None:
    with nothing_changes():
        answer = change(cast.ben.token, new=weak)
    assert (answer.status, answer.code) == (400, "auth.password_refused")
    assert reason in answer.body["reasons"]


def test_an_old_password_read_before_another_change_counts_no_more(cast: Cast, now: datetime) -> None:
    """Two changes at once: both knew the old password when they came, the second one finds another hash."""
    stale: dict[str, Any] = {
        "actor": cast.ben.person,
        "session_id": cast.ben.session.id,
        "old_password": PASSWORD,
        "now": now,
    }
    change_password(**stale, new_password=NEW)
    with nothing_changes(), pytest.raises(CredentialsInvalid):
        change_password(**stale, new_password="whatever somebody else wants")


def test_a_youth_has_no_password_to_change(cast: Cast) -> None:
    with nothing_changes():
        assert change(cast.ada.token).code == "auth.forbidden"


def test_nobody_is_made_with_a_common_password(cast: Cast, now: datetime) -> None:
    with nothing_changes(), pytest.raises(PasswordRefused):
        create_person(
            team_id=cast.team.id,
            role="expert",
            display_name="Noor",
            email=make_email("Noor"),
            password="qwerty123456",
            now=now,
        )


def test_one_address_is_one_account(cast: Cast, now: datetime) -> None:
    with nothing_changes(), pytest.raises(EmailTaken):
        create_person(team_id=cast.team.id, role="expert", display_name="Noor", email="BEN@team.example", now=now)
