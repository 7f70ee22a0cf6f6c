"""Every refusal is a value with a stable code, told the same way at both doors."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.core.exceptions import DisallowedHost, PermissionDenied
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions

from server.foundation.errors import BadRequest, Internal, Overloaded, RateLimited, Unavailable, WarmlijnError
from server.foundation.problem_json import answer_error, answer_exception, describe_problem, translate_exception

for _room in ("accounts", "chat", "realtime"):
    import_module(f"server.{_room}.errors")


def list_errors(base: type[WarmlijnError] = WarmlijnError) -> list[type[WarmlijnError]]:
    """Return every error of ours, the base aside."""
    return [one for kind in base.__subclasses__() for one in [kind, *list_errors(kind)]]


@pytest.mark.parametrize("kind", list_errors(), ids=lambda kind: kind.__name__)
def test_each_says_what_a_client_should_do(kind: type[WarmlijnError]) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", kind.code)
    assert 400 <= kind.http_status < 600
    assert kind.retry in ("never", "same", "after")
    assert kind.title
    assert kind.title[0].isupper()
    assert kind.__doc__


def test_a_code_means_one_thing() -> None:
    by_code: dict[str, set[tuple[int, str]]] = {}
    for kind in list_errors():
        by_code.setdefault(kind.code, set()).add((kind.http_status, kind.retry))
    assert {code for code, meanings in by_code.items() if len(meanings) > 1} == set()


def test_what_both_edges_show() -> None:
    refused = RateLimited("slower", retry_after=timedelta(seconds=1.5), extra={"next": 1})
    assert refused.describe() == {
        "code": "rate.limited", "retry": "after", "retry_after_ms": 1500, "detail": "slower", "next": 1,
    }  # fmt: skip
    assert BadRequest().describe() == {"code": "proto.bad_frame", "retry": "never"}
    assert describe_problem(BadRequest("x: expected"))["status"] == 400


@pytest.mark.parametrize("kind", [Unavailable, Overloaded])
def test_who_is_told_to_come_back_is_told_when(kind: type[Unavailable] | type[Overloaded]) -> None:
    assert kind().describe()["retry"] == "after"
    assert isinstance(kind().describe()["retry_after_ms"], int)


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (Http404("geheim"), "http.not_found"),
        (PermissionDenied("geheim"), "auth.forbidden"),
        (DisallowedHost("geheim"), "proto.bad_frame"),
        (exceptions.NotAuthenticated("geheim"), "auth.session_revoked"),
        (exceptions.ParseError("geheim"), "proto.bad_frame"),
        (exceptions.MethodNotAllowed("GET"), "http.method_not_allowed"),
        (exceptions.UnsupportedMediaType("geheim"), "http.unsupported_media_type"),
        (OperationalError("geheim"), "server.unavailable"),
        (InterfaceError("geheim"), "server.unavailable"),
        (IntegrityError("geheim"), "server.unavailable"),
        (DataError("geheim"), "server.unavailable"),
        (ValueError("geheim"), "server.internal"),
        (KeyError("geheim"), "server.internal"),
    ],
)
def test_what_others_raise_is_translated_and_shows_nothing_inside(problem: Exception, code: str) -> None:
    answer = answer_exception(problem, {})
    assert answer.data["code"] == code
    assert "geheim" not in json.dumps(answer.data)
    assert answer.content_type == "application/problem+json"


def test_ours_pass_as_they_are() -> None:
    refused = BadRequest("x")
    assert translate_exception(refused) is refused


def test_the_wait_is_a_header_too_and_never_nought() -> None:
    assert answer_exception(RateLimited(retry_after=timedelta(milliseconds=10)), {}).headers["Retry-After"] == "1"
    assert answer_exception(RateLimited(retry_after=timedelta(seconds=7)), {}).headers["Retry-After"] == "7"


def test_outside_the_api_the_form_is_the_same() -> None:
    answer = answer_error(Internal())
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content) == {
        "type": "about:blank",
        "title": Internal.title,
        "status": 500,
        "code": "server.internal",
        "retry": Internal.retry,
    }
