"""REST as OpenAPI 3.1: drawn by drf-spectacular, then completed with what refuses each operation."""

from __future__ import annotations

from http import HTTPStatus
from itertools import groupby
from typing import Any, Final

from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings
from drf_spectacular.validation import validate_schema

from server.entry.protocol.refusals import (
    Refusal,
    draw_fields,
    is_on_socket,
    list_operation_refusals,
    list_refusals,
    tell_meaning,
)
from server.entry.protocol.shapes import (
    WORDS,
    close_objects,
    describe_fields,
    keep_used,
    list_named_shapes,
    name_inside,
    name_shapes,
    refer,
)
from server.foundation.problem_json import MEDIA_TYPE
from server.foundation.schemas import shape

_SETTINGS: Final = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "Warmlijn: REST",
    "DESCRIPTION": (
        "The calls of PROTOCOL.md, as the server answers them. Clients ignore fields that they do not know; the schemas"
        " are closed so that our own tests see what is not published. The socket is described in asyncapi.yaml."
    ),
    "POSTPROCESSING_HOOKS": [],
}


class ProtocolIncomplete(Exception):
    """The code does not say enough to publish it; the message says where."""


def draw_openapi() -> dict[str, Any]:
    """Return the document. Raises ProtocolIncomplete on any warning of drf-spectacular and on an operation whose
    refusals nobody wrote down, jsonschema's ValidationError on a form that OpenAPI does not have."""
    with patched_settings(_SETTINGS):
        drawn = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    if GENERATOR_STATS:
        GENERATOR_STATS.emit_summary()
        raise ProtocolIncomplete("drf-spectacular has warnings")
    document = _complete(drawn)
    validate_schema(document)  # type: ignore[no-untyped-call]
    return document


def _complete(drawn: dict[str, Any]) -> dict[str, Any]:
    groups: dict[str, list[Refusal]] = {}
    paths = {
        path: {method: _complete_operation(path, method, operation, groups) for method, operation in methods.items()}
        for path, methods in drawn["paths"].items()
    }
    refused = {name: _draw_refused(groups[name]) for name in sorted(groups)}
    named = list_named_shapes()
    paths = describe_fields(name_shapes(close_objects(paths), named), WORDS)
    shapes = describe_fields({name: name_inside(one, named) for name, one in named.items()}, WORDS)
    components = dict(drawn["components"]) | {
        "responses": refused,
        "schemas": keep_used(shapes, paths) | describe_fields(_draw_problems(refused), WORDS),
    }
    return drawn | {"paths": paths, "components": components}


def _complete_operation(
    path: str, method: str, operation: dict[str, Any], groups: dict[str, list[Refusal]]
) -> dict[str, Any]:
    """Add what refuses the operation, as references to responses; put these into `groups`."""
    signed_in = {"bearer": []} in operation.get("security", [])
    try:
        refusals = list_operation_refusals(operation["operationId"], method, path, signed_in=signed_in)
    except KeyError as missing:
        raise ProtocolIncomplete(f"refusals.py does not say what refuses {missing}") from None
    responses = {status: _complete_response(status, one) for status, one in operation["responses"].items()}
    for status, same_status in groupby(refusals, key=lambda refusal: refusal.http_status):
        these = list(same_status)
        name = "-or-".join(refusal.code for refusal in these)
        groups[name] = these
        responses[str(status)] = refer("responses", name)
    return operation | {"responses": responses}


def _complete_response(status: str, response: dict[str, Any]) -> dict[str, Any]:
    return response | {"description": HTTPStatus(int(status)).phrase}


def _draw_refused(refusals: list[Refusal]) -> dict[str, Any]:
    problems = [refer("schemas", _name_problem(refusal)) for refusal in refusals]
    waits = any(refusal.retry == "after" for refusal in refusals)
    headers = {"headers": {"Retry-After": {"schema": {"type": "integer", "minimum": 1}}}} if waits else {}
    return {
        "description": ", ".join(f"`{refusal.code}`" for refusal in refusals),
        **headers,
        "content": {MEDIA_TYPE: {"schema": problems[0] if len(problems) == 1 else {"oneOf": problems}}},
    }


def _draw_problems(refused: dict[str, Any]) -> dict[str, Any]:
    """Return a schema for each code that an operation may answer with or that only REST knows."""
    problems = {_name_problem(refusal): _draw_problem(refusal) for refusal in list_refusals()}
    rest_only = {_name_problem(refusal) for refusal in list_refusals() if not is_on_socket(refusal)}
    used = keep_used(problems, refused)
    return {name: problem for name, problem in problems.items() if name in used or name in rest_only}


def _draw_problem(refusal: Refusal) -> dict[str, Any]:
    required, optional = draw_fields(refusal)
    head = {
        "type": {"const": "about:blank"},
        "title": {"const": refusal.title},
        "status": {"const": refusal.http_status},
    }
    return {"description": tell_meaning(refusal)} | shape(head | required, optional=optional)


def _name_problem(refusal: Refusal) -> str:
    return f"problem.{refusal.code}"
