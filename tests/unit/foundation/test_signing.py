"""Mara's server signs; Eve changes a byte of anything, and it is no longer signed."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from server.foundation.keyring import Kek, KeyRingError, KeyState
from server.foundation.signing import PUBLIC_KEY_BYTES, SIGNATURE_BYTES, is_signed, read_public_key, sign

KEY = Kek("kek-1", KeyState.ACTIVE, datetime(2026, 3, 1, tzinfo=UTC), bytes(range(32)))
OTHERS = [dataclasses.replace(KEY, id="kek-2"), dataclasses.replace(KEY, secret=bytes(range(1, 33)))]
MESSAGE = b"warmlijn/test/1 a message"
PUBLIC_KEY = "bd9917710f3c60741d978cb5f0aeabe24a6396fd577890c038762a07615efcc9"
SIGNATURE = (
    "3d8868bb9eb6352f9646651e45db1eeb9fb13b0cae1a1cd98ca0ad37513b942d"
    "7535ab04517ce6935b47bc8595e59272e00c8e6a13455c9adb3c83b0c776a707"
)


def flip(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def test_what_was_signed_is_signed_and_nothing_else_is() -> None:
    public_key, signature = read_public_key(KEY), sign(KEY, MESSAGE)
    assert (len(public_key), len(signature)) == (PUBLIC_KEY_BYTES, SIGNATURE_BYTES)
    assert is_signed(public_key, signature, MESSAGE)
    assert not any(is_signed(public_key, flip(signature, at), MESSAGE) for at in range(SIGNATURE_BYTES))
    assert not any(is_signed(public_key, signature, flip(MESSAGE, at)) for at in range(len(MESSAGE)))
    assert not any(is_signed(flip(public_key, at), signature, MESSAGE) for at in range(PUBLIC_KEY_BYTES))


@pytest.mark.parametrize("noise", [b"", b"short", b"\0" * 32, b"\xff" * 64, b"\0" * 65], ids=len)
def test_bytes_of_any_length_are_no_signature_and_no_key(noise: bytes) -> None:
    assert not is_signed(read_public_key(KEY), noise, MESSAGE)
    assert not is_signed(noise, sign(KEY, MESSAGE), MESSAGE)


def test_a_key_of_another_id_or_other_bytes_signs_as_another() -> None:
    assert not any(is_signed(read_public_key(other), sign(KEY, MESSAGE), MESSAGE) for other in OTHERS)


def test_a_signature_made_long_ago_still_counts() -> None:
    assert read_public_key(KEY).hex() == PUBLIC_KEY
    assert sign(KEY, MESSAGE).hex() == SIGNATURE


def test_a_retired_key_does_not_sign() -> None:
    retired = dataclasses.replace(KEY, state=KeyState.RETIRED, secret=b"")
    with pytest.raises(KeyRingError, match="retired"):
        sign(retired, MESSAGE)
    with pytest.raises(KeyRingError, match="retired"):
        read_public_key(retired)
