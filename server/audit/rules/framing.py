"""Bytes that say one thing only: each value with its kind and its length before it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

Value = UUID | str | bytes | int | datetime | None
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def frame(domain: str, *values: Value) -> bytes:
    """Return the values as bytes: kind (1), length (4, big-endian), content. Two different lists never give the same.

    `domain` comes first and holds the version, so that no bytes made for one purpose serve another.
    """
    return b"".join(_frame_one(value) for value in (domain, *values))


def _frame_one(value: Value) -> bytes:
    kind, content = _encode(value)
    return kind + len(content).to_bytes(4) + content


def _encode(value: Value) -> tuple[bytes, bytes]:
    match value:
        case None:
            return b"0", b""
        case UUID():
            return b"u", value.bytes
        case str():
            return b"s", value.encode()
        case bool():
            return b"b", b"\x01" if value else b"\x00"
        case int():
            return b"i", value.to_bytes(8, signed=True)
        case datetime():
            return b"t", ((value - _EPOCH) // _MICROSECOND).to_bytes(8, signed=True)
    return b"y", bytes(value)
