"""DRF, made strict: one JSON reader, one writer, no content negotiation, fields by table, schemas from the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any, TypeVar

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from server.foundation.errors import BadRequest, TooLarge, WarmlijnError
from server.foundation.fields import Field, Fields, read_fields
from server.foundation.json_codec import decode_bytes, encode

MAX_BODY_BYTES = 64 * 1024
T = TypeVar("T")


class StrictJSONParser(BaseParser):
    """Reads a body as the socket reads a frame. Raises TooLarge beyond MAX_BODY_BYTES, BadRequest on a bad form."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the object in the body."""
        data = stream.read(MAX_BODY_BYTES + 1)
        if len(data) > MAX_BODY_BYTES:
            raise TooLarge()
        return decode_bytes(data)


class FastJSONRenderer(BaseRenderer):
    """Writes with the socket's writer."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the JSON; nothing at all for an answer without a body."""
        return b"" if data is None else encode(data)


class AlwaysJSON(BaseContentNegotiation):
    """The API speaks JSON whatever Accept says; an odd header is no reason to refuse somebody in distress."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        """Return the JSON parser for application/json, none for any other content type (415)."""
        media_type = (request.content_type or "").split(";")[0].strip().lower()
        return next(iter(parsers)) if media_type == "application/json" else None

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """Return the JSON renderer."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


def read_body(request: Request, fields: Fields) -> dict[str, Any]:
    """Return the body's fields by the table. Raises BadRequest, TooLarge; 415 for another content type."""
    return read_fields(fields, request.data if isinstance(request.data, dict) else {})


def read_no_body(request: Request) -> None:
    """Refuse a body where the call takes none (an empty object is let pass)."""
    if request.META.get("CONTENT_LENGTH") not in (None, "", "0") and request.data:
        raise BadRequest("this call takes no fields")


def read_number(request: Request, name: str, *, default: int | None, low: int, high: int) -> int | None:
    """Return a whole number from the query string. Raises BadRequest outside low…high."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 16 or not low <= int(text) <= high:
        raise BadRequest(f"{name}: a whole number from {low} to {high} was expected")
    return int(text)


def read_place(request: Request, name: str, read: Callable[[str], T]) -> T | None:
    """Return where a list goes on (`before`, `after`), read by `read`; None without. Raises BadRequest for what is no
    such place, whatever `read` raises."""
    text = request.query_params.get(name)
    try:
        return None if text is None else read(text)
    except (ValueError, WarmlijnError):
        raise BadRequest(f"{name}: a place that this list gave was expected") from None


def require_known_query(request: Request, *names: str) -> None:
    """Refuse query parameters that the call does not know."""
    for name in request.query_params:
        if name not in names:
            raise BadRequest("unknown parameter: " + name[:40])


def draw_schema(fields: Fields) -> dict[str, Any]:
    """Return the JSON schema of a table of fields, for OpenAPI and AsyncAPI alike."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, field in fields.items() if field.required],
        "properties": {name: _draw_field(field) for name, field in fields.items()},
    }


def _draw_field(field: Field) -> dict[str, Any]:
    match field.kind:
        case "text":
            shape: dict[str, Any] = {"type": "string", "minLength": field.low, "maxLength": field.high}
        case "integer":
            shape = {"type": "integer", "minimum": field.low, "maximum": field.high}
        case "uuid":
            shape = {"type": "string", "format": "uuid"}
        case "cursor":
            shape = {"type": "string", "pattern": r"^[0-9A-Za-z_-]{1,32}\.(0|[1-9][0-9]{0,15})$"}
        case "id":
            return {"oneOf": [{"type": "string", "minLength": 1, "maxLength": 64}, {"type": "integer"}]}
        case "texts":
            shape = {"type": "array", "maxItems": 32, "items": {"type": "string", "maxLength": field.high}}
        case "integers":
            number = {"type": "integer", "minimum": field.low, "maximum": field.high}
            shape = {"type": "array", "maxItems": 32, "items": number}
        case "objects":
            shape = {"type": "array", "maxItems": field.high, "items": draw_schema(field.rows or {})}
        case _:
            shape = {"type": field.kind}
    if field.nullable:
        shape["type"] = [shape["type"], "null"]
    return shape
