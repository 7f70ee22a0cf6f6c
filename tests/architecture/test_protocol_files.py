"""The published files say what the code says, both ways; the page beside them shows nothing that is not so."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import URLPattern, URLResolver, get_resolver, path
from drf_spectacular.utils import extend_schema
from jsonschema import Draft7Validator, Draft202012Validator
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.entry.protocol.files import MOST_LINES, compare_documents, find_directory, write_documents
from server.entry.protocol.frames import EVENTS
from server.entry.protocol.openapi import ProtocolIncomplete, draw_openapi
from server.entry.protocol.refusals import list_operations as list_refused_operations
from server.realtime import limits
from server.realtime.rendering import _renderers
from server.wiring import make_commands
from tests.frames import (
    DIRECTORY,
    check_answer,
    check_sent_by_client,
    check_sent_by_server,
    list_frames,
    list_operations,
    load_document,
)

CONTRACT = (DIRECTORY / "PROTOCOL.md").read_text(encoding="utf-8")
PAGE = (DIRECTORY / "README.md").read_text(encoding="utf-8")
PUSHES = {"welcome", "events", "sent", "ok", "pong", "error", "typing", "notice", "bye"}


class Unspoken(APIView):
    """A view that says nothing about its answers."""

    def get(self, request: Request) -> Response:
        """Answer."""
        return Response({})


class Unrefused(APIView):
    """A view of which nobody wrote down what refuses it."""

    @extend_schema(operation_id="unrefused", responses={204: None})
    def get(self, request: Request) -> Response:
        """Answer."""
        return Response(status=204)


class WithUnspoken:
    """A URLconf with the one."""

    urlpatterns = (path("api/v1/unspoken", Unspoken.as_view()),)


class WithUnrefused:
    """A URLconf with the other."""

    urlpatterns = (path("api/v1/unrefused", Unrefused.as_view()),)


# --- the files and the command


def test_files_are_fresh() -> None:
    assert not compare_documents(find_directory()), "run: python -m server protocol"


def test_a_stale_file_is_told_and_left_alone(tmp_path: Path, settings: Settings) -> None:
    kept = _copy_files(tmp_path, settings)
    stale = kept.read_text(encoding="utf-8").replace("4303", "4399")
    kept.write_text(stale, encoding="utf-8")

    with pytest.raises(CommandError) as told:
        call_command("protocol", check=True)

    assert told.value.returncode == 1
    shown = str(told.value)
    assert re.search(r"^-.* const: 4399\n\+.* const: 4303$", shown, re.MULTILINE)
    assert "openapi.yaml" not in shown
    assert kept.read_text(encoding="utf-8") == stale


def test_a_long_difference_is_cut(tmp_path: Path, settings: Settings) -> None:
    _copy_files(tmp_path, settings).unlink()

    with pytest.raises(CommandError, match=r"lines more") as told:
        call_command("protocol", check=True)

    assert len(str(told.value).splitlines()) < MOST_LINES + 5


def test_the_command_writes_what_the_check_wants(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = _copy_files(tmp_path, settings)
    kept.write_text("old", encoding="utf-8")

    call_command("protocol")

    assert capsys.readouterr().out == "asyncapi.yaml: written\n"
    assert not compare_documents(kept.parent)
    assert not write_documents(kept.parent)


def test_a_view_that_says_nothing_cannot_be_published(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.ROOT_URLCONF = WithUnspoken

    with pytest.raises(ProtocolIncomplete, match="warnings"):
        draw_openapi()

    assert "Unspoken" in capsys.readouterr().err


def test_an_operation_whose_refusals_are_not_written_down_cannot_be_published(settings: Settings) -> None:
    settings.ROOT_URLCONF = WithUnrefused

    with pytest.raises(ProtocolIncomplete, match="unrefused"):
        draw_openapi()


# --- the socket


def test_every_request_is_published_and_nothing_else() -> None:
    wired = {command.name for command in make_commands().list_commands()}

    assert list_frames("client") == wired | {"hello"}
    assert wired == set(re.findall(r"^\| `(\w+) \{", CONTRACT, re.MULTILINE))
    assert list_frames("server") == PUSHES


def test_every_request_is_answered_as_the_table_says() -> None:
    operations = load_document("asyncapi.yaml")["operations"]

    for command in make_commands().list_commands():
        answers = [message["name"] for message in operations[command.name]["reply"]["messages"]]
        assert answers == [*filter(None, [command.answer]), "error"], command.name


def test_every_frame_takes_part_in_an_operation() -> None:
    operations = load_document("asyncapi.yaml")["operations"].values()
    asked = {message["name"] for one in operations if one["action"] == "receive" for message in one["messages"]}
    pushed = {message["name"] for one in operations if one["action"] == "send" for message in one["messages"]}
    answered = {message["name"] for one in operations if "reply" in one for message in one["reply"]["messages"]}

    assert asked == list_frames("client")
    assert pushed | answered == list_frames("server")


def test_every_event_kind_is_published_and_nothing_else() -> None:
    kinds = [
        one["properties"]["kind"]["const"]
        for one in load_document("asyncapi.yaml")["components"]["schemas"]["Event"]["oneOf"]
    ]

    assert sorted(kinds) == sorted(EVENTS)
    # `msg.own` is how a log marks the owner's own message; on the wire it is msg.new.
    assert _renderers.keys() - {"msg.own"} <= EVENTS.keys()


def test_what_welcome_tells_is_published() -> None:
    limit = load_document("asyncapi.yaml")["components"]["schemas"]["Limits"]["properties"]

    assert {name: field["examples"][0] for name, field in limit.items()} == limits.show_limits()


@pytest.mark.parametrize("checker", [Draft7Validator, Draft202012Validator])
def test_every_schema_is_one(checker: type[Draft7Validator | Draft202012Validator]) -> None:
    for name, message in load_document("asyncapi.yaml")["components"]["messages"].items():
        assert not _find_fault(checker, message["payload"]), name


def test_what_the_server_sends_is_closed() -> None:
    for name, message in load_document("asyncapi.yaml")["components"]["messages"].items():
        assert not list(_find_open(message["payload"])), name
    for shape in load_document("openapi.yaml")["components"]["schemas"].values():
        assert not list(_find_open(shape))


# --- REST


def test_every_path_has_its_operations_and_the_reverse() -> None:
    routed = {
        (method, "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route))
        for route, view in _list_routes(get_resolver().url_patterns)
        if route.startswith("api/v1/")
        for method in view.view_class().allowed_methods
        if method not in ("OPTIONS", "HEAD")
    }

    assert len(routed) > 20
    assert routed == list_operations()


def test_every_operation_says_what_refuses_it() -> None:
    paths = load_document("openapi.yaml")["paths"].values()
    published = {operation["operationId"]: operation for methods in paths for operation in methods.values()}

    assert sorted(published) == list_refused_operations()
    for name, operation in published.items():
        refused = {status: one for status, one in operation["responses"].items() if int(status) >= 400}
        assert {"400", "500", "503"} <= refused.keys(), name
        assert ("401" in refused) >= bool(operation.get("security") == [{"bearer": []}]), name
        assert all(list(one["content"]) == ["application/problem+json"] for one in refused.values()), name


def test_only_the_ways_in_are_open_to_everybody() -> None:
    paths = load_document("openapi.yaml")["paths"].values()
    operations = [operation for methods in paths for operation in methods.values()]

    open_ones = {one["operationId"] for one in operations if {"bearer": []} not in one.get("security", [])}
    assert open_ones == {"enrol", "enrol_staff", "sign_in", "ask_passkey", "sign_in_with_passkey", "recover"}


# --- the page


def test_every_example_of_the_page_is_so() -> None:
    examples = list(_read_examples(PAGE))
    frames = [(arrow, json.loads(text)) for arrow, text in examples if text.startswith("{")]

    for arrow, frame in frames:
        (check_sent_by_client if arrow == "→" else check_sent_by_server)(frame)

    assert {frame["type"] for arrow, frame in frames if arrow == "→"} == list_frames("client")
    assert {frame["type"] for arrow, frame in frames if arrow == "←"} >= list_frames("server") - {"typing", "notice"}


def test_every_call_of_the_page_is_answered_so() -> None:
    calls = [text for _, text in _read_examples(PAGE) if not text.startswith("{")]
    pairs = list(zip(calls[::2], calls[1::2], strict=True))

    for call, answer in pairs:
        method, _, route = call.partition(" ")
        status, _, body = answer.partition(" ")
        check_answer(method, route, int(status), json.loads(body))

    assert len(pairs) == 2


def test_an_example_that_is_not_so_is_found() -> None:
    page = PAGE.replace('"status": "held"', '"status": "waiting"')
    held = next(text for _, text in _read_examples(page) if "waiting" in text)

    with pytest.raises(AssertionError, match=r"status"):
        check_sent_by_server(json.loads(held))


def _read_examples(page: str) -> Iterator[tuple[str, str]]:
    for block in re.findall(r"^```\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        parts = re.split(r"^([→←]) ", re.sub(r" {2,}# .*$", "", block, flags=re.MULTILINE), flags=re.MULTILINE)[1:]
        yield from ((arrow, text.strip()) for arrow, text in zip(parts[::2], parts[1::2], strict=True))


def _copy_files(tmp_path: Path, settings: Settings) -> Path:
    """Copy the files below another root; return the copy of asyncapi.yaml."""
    settings.REPOSITORY = tmp_path
    find_directory().mkdir(parents=True)
    for name in ("openapi.yaml", "asyncapi.yaml"):
        shutil.copy(DIRECTORY / name, find_directory() / name)
    return find_directory() / "asyncapi.yaml"


def _list_routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _list_routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def _find_fault(checker: type[Draft7Validator | Draft202012Validator], schema: Any) -> str:
    error = next(checker(checker.META_SCHEMA).iter_errors(schema), None)
    return error.message if error else ""


def _find_open(schema: Any) -> Iterator[Any]:
    """Find objects of named fields that would let others pass."""
    if isinstance(schema, list):
        for item in schema:
            yield from _find_open(item)
    elif isinstance(schema, dict):
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            yield schema
        for value in schema.values():
            yield from _find_open(value)
