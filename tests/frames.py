"""Every frame and every answer of a test, held against docs/protocol: what is not published is not said.

    check_sent_by_client({"type": "ping", "id": 1})
    check_sent_by_server({"type": "pong", "re": 1, "head": 7, "server_time": "2026-11-21T19:00:00Z"})
    check_answer("POST", "/api/v1/realtime/tickets", 201, {"ticket": "…", "expires_at": "…"})

Each raises AssertionError that names the frame and the path inside it. Frames that a test breaks on purpose are not
to be checked; their answers are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import yaml
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from jsonschema.protocols import Validator

DIRECTORY: Final = Path(__file__).resolve().parents[1] / "docs" / "protocol"
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
_PARAMETER: Final = re.compile(r"\{\w+\}")


def check_sent_by_client(frame: dict[str, Any]) -> None:
    """Raise AssertionError unless a client may send this frame."""
    _check_frame("client", frame)


def check_sent_by_server(frame: dict[str, Any]) -> None:
    """Raise AssertionError unless a server may send this frame."""
    _check_frame("server", frame)


def check_answer(method: str, route: str, status: int, body: Any) -> None:
    """Raise AssertionError unless the call may be answered so; no body is None. `route` may hold parameters or ids."""
    name = f"{method} {route} → {status}"
    template = _find_template(route.partition("?")[0])
    assert template is not None, f"{name}: no such path is published"
    schema = _find_answer(template, method.lower(), str(status))
    assert schema is not False, f"{name}: no such answer is published"
    if schema is None:
        assert not body, f"{name}: a body where none is published"
    else:
        _check(_compile_answer(template, method.lower(), str(status)), body, name)


@cache
def load_document(name: str) -> dict[str, Any]:
    """Return one of the published files, every reference replaced by what it refers to."""
    read: dict[str, Any] = yaml.load((DIRECTORY / name).read_text(encoding="utf-8"), yaml.CSafeLoader)
    filled: dict[str, Any] = _fill_in(read, read)
    return filled


@cache
def list_frames(side: str) -> frozenset[str]:
    """Return the types of the frames that one side (client, server) may send."""
    messages = load_document("asyncapi.yaml")["channels"]["socket"]["messages"]
    return frozenset(name.partition(".")[2] for name in messages if name.startswith(f"{side}."))


def list_operations() -> set[tuple[str, str]]:
    """Return the published calls as (method, path)."""
    paths = load_document("openapi.yaml")["paths"]
    return {(method.upper(), path) for path, methods in paths.items() for method in methods}


def _check_frame(side: str, frame: dict[str, Any]) -> None:
    kind = frame.get("type")
    assert isinstance(kind, str), f"{side}: a frame without a type"
    assert kind in list_frames(side), f"{side}: no frame {kind!r} is published"
    _check(_compile_frame(side, kind), frame, f"{side} {kind}")


def _check(validator: Validator, value: Any, name: str) -> None:
    error = next(validator.iter_errors(value), None)
    if error is not None:
        raise AssertionError(f"{name}: {error.json_path}: {error.message[:300]}")


@cache
def _compile_frame(side: str, kind: str) -> Validator:
    message = load_document("asyncapi.yaml")["channels"]["socket"]["messages"][f"{side}.{kind}"]
    return _make_validator(message["payload"])


@cache
def _compile_answer(template: str, method: str, status: str) -> Validator:
    return _make_validator(_find_answer(template, method, status))


def _make_validator(schema: Any) -> Validator:
    made: Validator = _Chooser(schema, format_checker=_formats)
    return made


def _find_answer(template: str, method: str, status: str) -> Any:
    """Return the schema of an answer, None for one without a body, False for one that is not published."""
    document = load_document("openapi.yaml")
    operation = document["paths"][template].get(method)
    if operation is None and status == "405":
        return document["components"]["schemas"]["problem.http.method_not_allowed"]
    response = (operation or {}).get("responses", {}).get(status)
    if response is None:
        return False
    content = response.get("content")
    return next(iter(content.values()))["schema"] if content else None


@cache
def _find_template(route: str) -> str | None:
    """Return the published path of a route, whatever its parameters are called or hold; fixed words go first."""
    given = route.split("/")
    fitting = [path for path in load_document("openapi.yaml")["paths"] if _fits(path.split("/"), given)]
    return min(fitting, key=lambda path: path.count("{"), default=None)


def _fits(template: list[str], given: list[str]) -> bool:
    pairs = zip(template, given, strict=False)
    return len(template) == len(given) and all(a == b or (_PARAMETER.fullmatch(a) and b) for a, b in pairs)


def _fill_in(node: Any, document: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_fill_in(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return _fill_in(_follow(node["$ref"], document), document)
    return {key: _fill_in(value, document) for key, value in node.items()}


def _follow(reference: str, document: Mapping[str, Any]) -> Any:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def _choose(validator: Any, branches: list[Any], instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`oneOf`, as the standard has it, save that a branch whose type or constants do not fit is not looked into.

    An event of 200 is then held against its own kind alone, and what is wrong with it is told, not "none fits".
    """
    fitting = [(at, branch) for at, branch in enumerate(branches) if _may_fit(validator, branch, instance)]
    if len(fitting) == 1:
        at, branch = fitting[0]
        yield from validator.descend(instance, branch, schema_path=at)
        return
    good = [at for at, branch in fitting if validator.evolve(schema=branch).is_valid(instance)]
    if len(good) != 1:
        known = {name: instance[name] for name in _list_constants(branches) if name in _as_object(instance)}
        yield ValidationError(f"{len(good)} of {len(branches)} forms fit {known or type(instance).__name__}")


def _may_fit(validator: Any, branch: dict[str, Any], instance: Any) -> bool:
    kind = branch.get("type")
    if isinstance(kind, str) and not validator.is_type(instance, kind):
        return False
    given = _as_object(instance)
    for name, field in branch.get("properties", {}).items():
        if "const" in field and (name not in given or given[name] != field["const"]):
            return False
    return True


def _list_constants(branches: list[Any]) -> list[str]:
    fields = [field for branch in branches for field in branch.get("properties", {}).items()]
    return sorted({name for name, field in fields if "const" in field})


def _as_object(instance: Any) -> dict[str, Any]:
    return instance if isinstance(instance, dict) else {}


_formats = FormatChecker(formats=())
_formats.checks("uuid", raises=ValueError)(
    lambda value: not isinstance(value, str) or str(UUID(value)) == value.lower()
)
_formats.checks("date-time")(lambda value: not isinstance(value, str) or _INSTANT.fullmatch(value) is not None)
_formats.checks("uri")(lambda value: not isinstance(value, str) or "://" in value)
_Chooser = validators.extend(Draft202012Validator, {"oneOf": _choose})  # type: ignore[no-untyped-call]
