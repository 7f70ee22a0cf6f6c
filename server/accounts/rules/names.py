"""What a person or a device may be called."""

from __future__ import annotations

import re
import unicodedata

from server.foundation.errors import BadRequest

MAX_NAME_LENGTH = 80
# One sign of the at between a name and a host with a dot in it; whether somebody reads it only a letter could say.
_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]]{1,64}@[^\s@.]+(\.[^\s@.]+)+")
# Marks that turn the reading direction around: with them one name can be made to look like another.
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_name(text: str, *, field: str) -> str:
    """Return the name in NFC, single spaces. Raises BadRequest when nothing, too much or a trick is left."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        raise BadRequest(f"{field}: a text of 1 to {MAX_NAME_LENGTH} characters was expected")
    if any(mark in _TURNING or unicodedata.category(mark) in ("Cc", "Cs") for mark in name):
        raise BadRequest(f"{field}: control characters are not part of a name")
    return name


def clean_email(text: str) -> str:
    """Return an e-mail address as accounts are found by it: without blanks around it, in lower case."""
    return text.strip().lower()


def is_address(text: str) -> bool:
    """Tell whether a cleaned e-mail address has the form of one."""
    return _ADDRESS.fullmatch(text) is not None
