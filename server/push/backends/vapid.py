"""The key with which this installation signs its web pushes (VAPID, RFC 8292): push services know the sender by it."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Final

from py_vapid import Vapid02

_READ_BY_OTHERS: Final = 0o077


class VapidKeyError(Exception):
    """The key's file cannot be used; the message says why, in one line and without a secret."""


def make_vapid_key(file: Path) -> str:
    """Write a new private key, for its owner alone; return the public half. Raises FileExistsError: a key that
    is in use must never be overwritten, for every browser's subscription hangs on it."""
    key = Vapid02()
    key.generate_keys()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(key.private_pem())
    return read_public_half(key)


def read_vapid_key(file: Path | None) -> Vapid02:
    """Return the key of a PEM file. Raises VapidKeyError."""
    if file is None:
        raise VapidKeyError("VAPID_KEY_FILE is not set")
    try:
        content = file.read_bytes()
        open_to_others = bool(file.stat().st_mode & _READ_BY_OTHERS)
    except OSError as problem:
        raise VapidKeyError(f"the file of VAPID_KEY_FILE cannot be read: {problem.strerror}") from None
    if open_to_others:
        raise VapidKeyError("the file of VAPID_KEY_FILE is open to others: chmod 600")
    try:
        return Vapid02.from_pem(content)
    except Exception:  # py_vapid lets every error of the libraries below through
        raise VapidKeyError("the file of VAPID_KEY_FILE holds no P-256 key in PEM form") from None


def read_public_half(key: Vapid02) -> str:
    """Return what a browser's `applicationServerKey` takes: the uncompressed point in base64url, 87 characters."""
    numbers = key.public_key.public_numbers()
    point = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
