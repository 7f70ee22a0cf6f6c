"""Checkpoints: "stream S had entry N with hash H at T", signed; a line of JSON each, in a file outside the database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from server.audit.rules.framing import frame

# What may be lost unseen when somebody cuts a tail: at most so many entries, or so long.
EVERY_ENTRIES: Final = 100
EVERY: Final = timedelta(minutes=5)
# Longer than any line of ours (about 420 bytes).
LINE_LIMIT: Final = 2_000
_DOMAIN: Final = "warmlijn/audit/checkpoint/1"
_SIGNER_DOMAIN: Final = "warmlijn/audit/signer/1"
_FIELDS: Final = {"v", "stream", "number", "hash", "at", "key", "signature"}


class UnreadableLine(ValueError):
    """A line that is no checkpoint: a write that a crash cut off, or something else altogether."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was signed; `key_id` is the key of the ring whose signing key did it, `hash` that of entry `number`."""

    stream_id: UUID
    number: int
    hash: bytes
    at: datetime
    key_id: str
    signature: bytes = b""

    def encode(self) -> bytes:
        """Return the bytes that are signed: everything but the signature."""
        return frame(_DOMAIN, self.stream_id, self.number, self.hash, self.at, self.key_id)


def encode_signer(key_id: str, public_key: bytes) -> bytes:
    """Return the bytes by which one signing key vouches for another (or itself)."""
    return frame(_SIGNER_DOMAIN, key_id, public_key)


def write_line(checkpoint: Checkpoint) -> str:
    """Return a checkpoint as one line of JSON with its end."""
    shown = {
        "v": 1,
        "stream": str(checkpoint.stream_id),
        "number": checkpoint.number,
        "hash": checkpoint.hash.hex(),
        "at": checkpoint.at.isoformat(),
        "key": checkpoint.key_id,
        "signature": checkpoint.signature.hex(),
    }
    return json.dumps(shown, separators=(",", ":")) + "\n"


def read_line(line: str) -> Checkpoint:
    """Return the checkpoint of a line. Raises UnreadableLine."""
    try:
        held = json.loads(line)
        if not isinstance(held, dict) or held.keys() != _FIELDS or held["v"] != 1:
            raise UnreadableLine
        return _read_fields(held)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise UnreadableLine from None


def _read_fields(held: dict[str, object]) -> Checkpoint:
    number, at = held["number"], datetime.fromisoformat(str(held["at"]))
    if type(number) is not int or not 0 < number < 2**63 or at.tzinfo is None:
        raise UnreadableLine
    stream_id, hash_, signature = UUID(str(held["stream"])), bytes.fromhex(str(held["hash"])), str(held["signature"])
    return Checkpoint(stream_id, number, hash_, at, str(held["key"]), bytes.fromhex(signature))
