"""Identifiers and secrets: ids are time-ordered UUIDs (never a permission), secrets come from the system's CSPRNG."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
import uuid


def make_id() -> uuid.UUID:
    """Return a UUID version 7 (RFC 9562): rising in time, so that indexes grow at one end."""
    milliseconds = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80
    value |= 0x7 << 76 | ((tail >> 64) & 0xFFF) << 64
    value |= 0b10 << 62 | (tail & 0x3FFFFFFFFFFFFFFF)
    return uuid.UUID(int=value)


def make_secret() -> str:
    """Return 256 random bits, URL-safe: session tokens, tickets, invitation codes."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """Return the 32-byte SHA-256 under which a secret of full entropy is stored (no stretching is needed)."""
    return hashlib.sha256(secret.encode()).digest()
