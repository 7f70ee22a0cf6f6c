"""What replaces what on a device: an opaque name, the same for every repeat, that says nothing to who carries it."""

from __future__ import annotations

from hashlib import sha256

_LENGTH = 32


def name_collapse(kind: str, person_id: str, about: str = "") -> str:
    """Return the collapse id of a kind of push for a person about one conversation, call or request.

    A page and a message never replace each other, and neither do two people's on one phone.
    """
    return sha256(f"{kind}:{person_id}:{about}".encode()).hexdigest()[:_LENGTH]
