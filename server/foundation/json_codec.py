"""One JSON reader and one writer for REST and the socket, so that both accept and refuse the same texts."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, NoReturn

import orjson

from server.foundation.errors import BadRequest

MAX_DEPTH = 4  # PROTOCOL §3 Limits
MAX_INTEGER = 2**53 - 1  # what a JavaScript client can hold exactly


def decode_object(text: str) -> dict[str, Any]:
    """Return the JSON object in `text`. Raises BadRequest on anything else: not JSON, no object, a duplicate key,
    NaN or infinity, a lone surrogate, NUL, an integer beyond 2^53, nesting beyond MAX_DEPTH."""
    try:
        value = _decoder.decode(text)
    except (ValueError, RecursionError):
        raise BadRequest("not a JSON object of the agreed form") from None
    if not isinstance(value, dict):
        raise BadRequest("a JSON object was expected")
    _require_plain(value, 1, escapes="\\u" in text or not text.isascii())
    return value


def decode_bytes(data: bytes) -> dict[str, Any]:
    """Return the JSON object in UTF-8 `data`. Raises BadRequest as `decode_object` does."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("not UTF-8") from None
    return decode_object(text)


def decode_stored(data: bytes) -> Any:
    """Return the JSON that `encode` wrote: our own, so without the limits for what comes from outside."""
    return orjson.loads(data)


def encode(value: object) -> bytes:
    """Return compact UTF-8 JSON of plain values (str, int, bool, None, list, dict, aware datetime as RFC 3339)."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


def _pairs_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("duplicate key")
    return made


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("not a JSON number")


def _require_plain(value: Any, depth: int, *, escapes: bool) -> None:
    """Raise BadRequest on what JSON allows and the wire does not. Without escapes no text can be odd: the decoder
    refuses control characters."""
    if isinstance(value, str):
        if escapes:
            _require_plain_text(value)
    elif isinstance(value, (dict, list)):
        if depth > MAX_DEPTH:
            raise BadRequest("nested too deeply")
        if isinstance(value, dict):
            if escapes:
                for key in value:
                    _require_plain_text(key)
            value = value.values()
        for item in value:
            _require_plain(item, depth + 1, escapes=escapes)
    elif isinstance(value, int) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise BadRequest("a number is too large")


def _require_plain_text(text: str) -> None:
    if text.isascii():
        if "\0" in text:
            raise BadRequest("NUL is not text")
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadRequest("a lone surrogate is not text") from None
    if "\0" in text:
        raise BadRequest("NUL is not text")


def _read_fraction(text: str) -> float:
    value = float(text)
    if not isfinite(value):  # 1e400
        raise ValueError("a number is too large")
    return value


_decoder = json.JSONDecoder(object_pairs_hook=_pairs_once, parse_constant=_refuse_constant, parse_float=_read_fraction)
