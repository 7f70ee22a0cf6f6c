"""Values as PostgreSQL writes them: parameters out, columns in, both as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import psycopg

Encoder = Callable[[Any], bytes | None]


def find_encoder(kind: str) -> Encoder:
    """Return what writes a parameter as text. It raises psycopg.DataError on NUL: libpq would cut the text there."""
    if kind.endswith("[]"):
        return _encode_plain_list if kind[:-2] in _PLAIN else _list_encoder(_ITEMS.get(kind[:-2], _quote))
    if kind in _PLAIN:
        return lambda value: None if value is None else str(value).encode()
    write = _WRITERS.get(kind, str)
    return lambda value: None if value is None else _refuse_nul(write(value).encode())


def _encode_plain_list(values: Sequence[Any]) -> bytes:
    return ("{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}").encode()


def _list_encoder(write: Callable[[Any], str]) -> Encoder:
    def encode(values: Sequence[Any]) -> bytes:
        items = ",".join(["NULL" if value is None else write(value) for value in values])
        return _refuse_nul(("{" + items + "}").encode())

    return encode


def _refuse_nul(encoded: bytes) -> bytes:
    if b"\0" in encoded:
        raise psycopg.DataError("NUL is not text")
    return encoded


def _quote(value: Any) -> str:
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


_write_instant = lru_cache(maxsize=64)(datetime.isoformat)  # most statements of a batch hold the same one

_WRITERS: dict[str, Callable[[Any], str]] = {
    "bytea": lambda value: f"\\x{bytes(value).hex()}",
    "timestamptz": _write_instant,
}
_PLAIN = ("uuid", "bigint", "int", "smallint")  # items that need no quotes
_ITEMS: dict[str, Callable[[Any], str]] = {
    "bytea": lambda value: f'"\\\\x{bytes(value).hex()}"',
    "timestamptz": lambda value: f'"{_write_instant(value)}"',
}


def _read_time(raw: bytes) -> datetime:
    return datetime.fromisoformat(raw.decode()).astimezone(UTC)


READERS: dict[str, Callable[[bytes], Any]] = {
    "uuid": bytes.decode,
    "text": bytes.decode,
    "int": int,
    "bool": lambda raw: raw == b"t",
    "time": _read_time,
    "bytes": lambda raw: bytes.fromhex(raw[2:].decode()),
    "json": json.loads,
}
