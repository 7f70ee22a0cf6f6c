"""Every door asks who calls, in one way only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from server.accounts.actions import end_session, start_session, suspend_person
from server.accounts.models import Session
from tests.integration.accounts.calls import call, call_raw
from tests.integration.accounts.cast import Cast
from tests.witness import nothing_changes

SOMEBODY = "00000000-0000-7000-8000-000000000000"
SIGNED_IN_DOORS = [
    ("GET", "/me"),
    ("GET", "/sessions"),
    ("DELETE", "/sessions/current"),
    ("DELETE", f"/sessions/{SOMEBODY}"),
    ("POST", "/me/password"),
    ("POST", "/realtime/tickets"),
    ("POST", "/devices"),
    ("DELETE", "/devices/current"),
    ("POST", "/invitations"),
    ("POST", f"/blocks/{SOMEBODY}"),
    ("DELETE", f"/blocks/{SOMEBODY}"),
    ("POST", f"/people/{SOMEBODY}/suspension"),
    ("DELETE", f"/people/{SOMEBODY}/suspension"),
]


def make_expired(cast: Cast, now: datetime) -> str:
    return start_session(person_id=cast.ada.id, device_name="oud", now=now - timedelta(days=60))[1]


def make_ended(cast: Cast, now: datetime) -> str:
    session, token = start_session(person_id=cast.ada.id, device_name="weg", now=now)
    end_session(session_id=session.id, reason="revoked", now=now)
    return token


def make_suspended(cast: Cast, now: datetime) -> str:
    suspend_person(person_id=cast.ben.id, actor=cast.mara.person, now=now)
    return cast.ben.token


def make_suspended_row_alone(cast: Cast, now: datetime) -> str:
    """The person's column shuts out by itself, even were a session left open by mistake."""
    token = make_suspended(cast, now)
    Session.objects.filter(person_id=cast.ben.id).update(ended_at=None, end_reason="")
    return token


@pytest.mark.parametrize(("method", "path"), SIGNED_IN_DOORS)
def test_without_a_token_every_door_is_shut(cast: Cast, method: str, path: str) -> None:
    with nothing_changes():
        answer = call(method, path, body={} if method == "POST" else None)
    assert (answer.status, answer.code) == (401, "auth.session_revoked")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), SIGNED_IN_DOORS)
@pytest.mark.parametrize("make", [make_expired, make_ended, make_suspended, make_suspended_row_alone])
def test_a_dead_token_is_no_token(
    cast: Cast, now: datetime, method: str, path: str, make: Callable[[Cast, datetime], str]
) -> None:
    token = make(cast, now)
    with nothing_changes():
        dead, none = call(method, path, token=token), call(method, path)
    assert dead.seen == none.seen


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer  {}",
        "Basic {}",
        "Token {}",
        "{}",
        "Bearer {}x",
        "Bearer é",
        "Bearer " + "x" * 999,
    ],
)
def test_other_headers_open_nothing(cast: Cast, header: str) -> None:
    with nothing_changes():
        answer = call("GET", "/me", HTTP_AUTHORIZATION=header.format(cast.ada.token))
    assert (answer.status, answer.code) == (401, "auth.session_revoked")


def test_neither_cookies_nor_query_strings_open_anything(cast: Cast) -> None:
    client = Client()
    for name in ("token", "sessionid", "Authorization"):
        client.cookies[name] = cast.ada.token
    assert client.get("/api/v1/me").status_code == 401
    assert call("GET", f"/me?token={cast.ada.token}").status == 401


def test_the_scheme_is_read_in_any_case(cast: Cast) -> None:
    assert call("GET", "/me", HTTP_AUTHORIZATION=f"bearer {cast.ada.token}").status == 200


def test_authenticating_costs_no_query_of_the_orm(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The answer's person with their team, and their phone; the session comes through a pipeline.
    with django_assert_num_queries(2):
        call("GET", "/me", token=cast.ada.token)


@pytest.mark.parametrize(("quiet", "moved"), [(timedelta(minutes=9), False), (timedelta(minutes=10), True)])
def test_the_idle_clock_moves_at_most_every_ten_minutes(
    cast: Cast, now: datetime, quiet: timedelta, moved: bool
) -> None:
    session, token = start_session(person_id=cast.ada.id, device_name="tablet", now=now - quiet)
    call("GET", "/me", token=token)
    after = Session.objects.get(id=session.id)
    assert (after.last_used_at > session.last_used_at) is moved
    assert (after.idle_expires_at > session.idle_expires_at) is moved


def test_using_a_session_does_not_carry_it_beyond_its_absolute_end(cast: Cast, now: datetime) -> None:
    begun = now - timedelta(days=364)
    session, token = start_session(person_id=cast.ada.id, device_name="tablet", now=begun)
    Session.objects.filter(id=session.id).update(idle_expires_at=now + timedelta(hours=1))
    assert call("GET", "/me", token=token).status == 200
    session.refresh_from_db()
    assert session.idle_expires_at == session.expires_at == begun + timedelta(days=365)


BODIES = [
    (b"not json", "application/json", 400, "proto.bad_frame"),
    (b"[]", "application/json", 400, "proto.bad_frame"),
    (b'{"unknown": 1}', "application/json", 400, "proto.bad_frame"),
    (b'{"platform": "ios", "platform": "ios"}', "application/json", 400, "proto.bad_frame"),
    (b'{"platform": "\\ud800"}', "application/json", 400, "proto.bad_frame"),
    (b'{"platform": "\\u0000"}', "application/json", 400, "proto.bad_frame"),
    (b'{"platform": NaN}', "application/json", 400, "proto.bad_frame"),
    (b'{"platform": "\xff"}', "application/json", 400, "proto.bad_frame"),
    (b'{"a": {"a": {"a": {"a": {}}}}}', "application/json", 400, "proto.bad_frame"),
    (b'{"platform": "' + b"x" * 70_000 + b'"}', "application/json", 413, "proto.too_large"),
    (b"platform=ios", "application/x-www-form-urlencoded", 415, "http.unsupported_media_type"),
    (b"{}", "text/plain", 415, "http.unsupported_media_type"),
]


@pytest.mark.parametrize(("data", "content_type", "status", "code"), BODIES)
@pytest.mark.parametrize(
    "path",
    ["/enrol", "/sessions", "/me/password", "/devices", "/invitations", "/realtime/tickets", f"/blocks/{SOMEBODY}"],
)
def test_bad_bodies_get_their_error_and_change_nothing(
    cast: Cast, path: str, data: bytes, content_type: str, status: int, code: str
) -> None:
    token = {"/invitations": cast.mara.token, "/me/password": cast.ben.token}.get(path, cast.ada.token)
    with nothing_changes():
        answer = call_raw("POST", path, data, token=token, content_type=content_type)
    assert (answer.status, answer.code) == (status, code)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", ["/enrol", "/sessions", "/me", "/devices", f"/blocks/{SOMEBODY}"])
def test_wrong_methods_are_refused(cast: Cast, method: str, path: str) -> None:
    with nothing_changes():
        answer = call(method, path, token=cast.ada.token)
    assert (answer.status, answer.code) == (405, "http.method_not_allowed")


def test_unknown_query_parameters_are_refused(cast: Cast) -> None:
    assert call("GET", "/me?expand=team", token=cast.ada.token).code == "proto.bad_frame"
