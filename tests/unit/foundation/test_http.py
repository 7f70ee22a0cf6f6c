"""What every HTTP answer carries, whatever it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from server.foundation.clock import read_clock
from server.foundation.http import OneHopHandler, SecurityHeaders


def ask(method: str = "GET", path: str = "/healthz", **headers: Any) -> HttpResponse:
    """Call the server without a database."""
    client = Client(raise_request_exception=False)
    return client.generic(method, path, **headers)  # type: ignore[return-value]


def test_every_answer_says_what_time_it_is_here() -> None:
    before = read_clock().replace(microsecond=0)
    assert before <= parsedate_to_datetime(ask()["Date"]) <= read_clock()


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/nothing", "/nothing", "/api/v1/me"])
def test_every_answer_is_armoured(path: str) -> None:
    answer = ask(path=path)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert UUID(answer["X-Request-Id"]).version == 7
    assert "Server" not in answer


def test_each_request_has_an_id_of_its_own() -> None:
    assert ask()["X-Request-Id"] != ask()["X-Request-Id"]


def test_an_unknown_path_is_a_problem_of_the_agreed_form() -> None:
    answer = ask(path="/api/v1/nothing")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["code"] == "http.not_found"


def test_a_host_that_is_not_ours_is_refused() -> None:
    answer = ask(path="/api/v1/me", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert b"evil" not in answer.content


@pytest.mark.parametrize("host", ["evil.example; script-src *", "a b", "x\ty", "é.example"])
def test_a_host_cannot_write_into_the_policy(host: str) -> None:
    request = RequestFactory().get("/", HTTP_HOST=host)
    answer = SecurityHeaders(lambda _: HttpResponse())(request)
    assert host not in answer["Content-Security-Policy"]
    assert "ws://" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize(("env", "has"), [("dev", False), ("prod", True)])
def test_only_production_asks_for_tls_for_ever(env: str, has: bool) -> None:
    def respond(_: HttpRequest) -> HttpResponse:
        return HttpResponse()

    with override_settings(APP_ENV=env):
        answer = SecurityHeaders(respond)(RequestFactory().get("/"))
    assert ("Strict-Transport-Security" in answer) is has


def test_what_is_static_may_be_kept() -> None:
    answer = SecurityHeaders(lambda _: HttpResponse())(RequestFactory().get("/static/web/page.js"))
    assert "Cache-Control" not in answer


async def run_handler(*received: dict[str, Any], path: str = "/healthz") -> list[str]:
    """Have the handler answer one request; return what happened, in its order."""
    happened: list[str] = []
    messages = iter(received)

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(message: Mapping[str, Any]) -> None:
        status = f" {message['status']}" if "status" in message else ""
        happened.append(message["type"] + status)

    def note(sender: object, signal: Signal, **given: object) -> None:
        happened.append("started" if signal is request_started else "finished")

    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", b"testserver")], "query_string": b""}
    for each in (request_started, request_finished):
        each.connect(note)
    request_finished.disconnect(close_old_connections)
    try:
        await OneHopHandler()(scope, receive, send)
    finally:
        request_finished.connect(close_old_connections)
        for each in (request_started, request_finished):
            each.disconnect(note)
    return happened


async def test_a_request_has_given_back_what_it_used_before_its_answer_leaves() -> None:
    happened = await run_handler({"type": "http.request", "body": b""})
    assert happened == ["started", "finished", "http.response.start 200", "http.response.body"]


async def test_a_file_is_read_and_closed_before_it_leaves() -> None:
    happened = await run_handler({"type": "http.request", "body": b""}, path="/static/desk/icon.svg")
    assert happened == ["started", "finished", "http.response.start 200", "http.response.body"]


async def test_who_leaves_before_the_body_ended_is_not_answered() -> None:
    gone = await run_handler({"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"})
    assert gone == []


async def test_a_path_that_is_no_text_is_refused_like_any_other() -> None:
    happened = await run_handler({"type": "http.request", "body": b""}, path="/\udcff")
    assert happened[2] in ("http.response.start 400", "http.response.start 404")
    assert happened.count("finished") == 1
