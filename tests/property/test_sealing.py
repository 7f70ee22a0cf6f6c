"""Whatever is written comes back exactly, and whatever is changed comes back not at all."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from server.foundation.keyring import Kek, KeyRing, KeyState
from server.foundation.sealing import (
    AES_256_GCM,
    CHACHA20_POLY1305,
    Dek,
    Place,
    SealBroken,
    rewrap,
    unwrap_dek,
    wrap_dek,
)

AT = datetime(2026, 3, 1, 20, 15, tzinfo=UTC)
OLD, NEW = (Kek(name, KeyState.ACTIVE, AT, bytes(range(at, at + 32))) for at, name in enumerate(("old", "new")))
RING = KeyRing((OLD,))
ROTATED = KeyRing((dataclasses.replace(OLD, state=KeyState.DECRYPT_ONLY), NEW))
DEK_ID = uuid.UUID(int=7)
DEK = Dek(DEK_ID, bytes(range(32)))

NAMES = st.text(st.characters(codec="utf-8"), max_size=40)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "namespace": NAMES,
    "conversation": st.uuids(),
    "message": st.uuids(),
    "revision": st.integers(0, 2**64 - 1),
    "sender": st.none() | st.uuids(),
    "at": st.integers(-(2**63), 2**63 - 1) | NAMES,
}
PLACES = st.builds(Place, dek_id=st.just(DEK_ID), **FIELDS)
TEXTS = st.binary(max_size=300)
ALGORITHMS = st.sampled_from((AES_256_GCM, CHACHA20_POLY1305))


@given(TEXTS, PLACES, ALGORITHMS)
def test_what_is_sealed_opens_at_its_place_in_whole_steps(text: bytes, place: Place, algorithm: int) -> None:
    blob = DEK.seal_with(algorithm, text, place)
    assert DEK.open(blob, place) == text
    assert (len(blob) - 46) % 64 == 0
    assert 0 < len(blob) - 46 - len(text) <= 64


@given(TEXTS, PLACES, st.data())
def test_one_field_changed_and_it_does_not_open(text: bytes, place: Place, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(FIELDS)))
    value = data.draw(FIELDS[field])
    assume(value != getattr(place, field))
    with pytest.raises(SealBroken):
        DEK.open(DEK.seal(text, place), dataclasses.replace(place, **{field: value}))


@given(PLACES, PLACES)
def test_two_places_have_one_encoding_only_when_they_are_one_place(here: Place, there: Place) -> None:
    assert (here.encode() == there.encode()) == (here == there)


@given(TEXTS, PLACES, ALGORITHMS, st.data())
def test_one_byte_changed_and_it_does_not_open(text: bytes, place: Place, algorithm: int, data: st.DataObject) -> None:
    blob = bytearray(DEK.seal_with(algorithm, text, place))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        DEK.open(blob, place)


@given(st.binary(max_size=400), PLACES)
def test_bytes_that_nobody_sealed_do_not_open(noise: bytes, place: Place) -> None:
    for blob in (noise, bytes((1, 1)) + DEK_ID.bytes + noise):
        with pytest.raises(SealBroken):
            DEK.open(blob, place)


@given(TEXTS, PLACES)
def test_a_rewrapped_dek_opens_what_the_old_wrap_sealed(text: bytes, place: Place) -> None:
    dek, wrapped, kek_id = wrap_dek(RING)
    place = dataclasses.replace(place, dek_id=dek.id)
    again = unwrap_dek(ROTATED, dek.id, *rewrap(ROTATED, wrapped, kek_id))
    assert again.open(dek.seal(text, place), place) == text


@given(st.binary(max_size=60), st.sampled_from(("old", "new", "none")))
def test_bytes_that_nobody_wrapped_do_not_unwrap(noise: bytes, kek_id: str) -> None:
    with pytest.raises(SealBroken):
        unwrap_dek(ROTATED, DEK_ID, noise, kek_id)


@given(TEXTS, TEXTS)
def test_fingerprints_are_equal_when_texts_are(first: bytes, second: bytes) -> None:
    assert (DEK.fingerprint(first) == DEK.fingerprint(second)) == (first == second)
