"""Ada writes to Ben; Eve holds the database and changes it: nothing of hers opens, and nothing says why."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import uuid
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from server.foundation import sealing
from server.foundation.keyring import Kek, KeyRing, KeyRingError, KeyState
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
ADA, CONVERSATION, MESSAGE, OTHER = (uuid.UUID(int=number) for number in (1, 2, 3, 4))
ALGORITHMS = (AES_256_GCM, CHACHA20_POLY1305)
LONG_AGO = (
    "010100000000000000000000000000000004000102030405060708090a0b1c6a86bd969a4595987400de8fb91f2f03f8"
    "cd390f301e602b792fd3bb3d6542426f67de04103c37c60d76a3d4e0aea3fdbd2f010d43c21a9eef0249225b548c6c41"
    "1765b5596d74c5daf39f9bb0eef7",
    "010200000000000000000000000000000004000102030405060708090a0bbe6b0b0c8cef75287bac0ff0c84d6b110d69"
    "abbe2dfcfe63eba2bec69b898dd20682576f7930b436a39c0aa07dbd21d9e8bca3b1b9079c42467b58bb2a6656e28761"
    "940a559899622cc9c3b808c12519",
)
FINGERPRINT_LONG_AGO = "7fe6dca189ab7f7244543df0f5350347"
TEXT = "Ben, ben je er nog? 💛".encode()


def make_ring(*states: KeyState) -> KeyRing:
    secrets = (bytes(range(start, start + 32)) for start in range(0, 224, 32))
    return KeyRing(tuple(Kek(f"kek-{at}", state, AT, next(secrets)) for at, state in enumerate(states)))


RING = make_ring(KeyState.ACTIVE)


def make_dek() -> Dek:
    return wrap_dek(RING)[0]


def make_place(dek: Dek) -> Place:
    return Place("chat.message", CONVERSATION, MESSAGE, 1, ADA, 1_772_000_000_000_000, dek.id)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_id_that_can_be_read_opens_and_names_itself(algorithm: int) -> None:
    dek = make_dek()
    blob = dek.seal_with(algorithm, TEXT, make_place(dek))
    assert blob[:18] == bytes((1, algorithm)) + dek.id.bytes
    assert dek.open(blob, make_place(dek)) == TEXT


def test_writing_chooses_aes_256_gcm() -> None:
    dek = make_dek()
    assert dek.seal(TEXT, make_place(dek))[1] == AES_256_GCM


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_any_bit_of_any_byte_flipped_breaks_the_seal(algorithm: int) -> None:
    dek = make_dek()
    blob = dek.seal_with(algorithm, TEXT, make_place(dek))
    for at in range(len(blob)):
        for bit in range(8):
            changed = bytearray(blob)
            changed[at] ^= 1 << bit
            with pytest.raises(SealBroken):
                dek.open(changed, make_place(dek))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_truncation_and_every_extension_breaks_the_seal(algorithm: int) -> None:
    dek = make_dek()
    blob = dek.seal_with(algorithm, TEXT, make_place(dek))
    for length in range(len(blob)):
        with pytest.raises(SealBroken):
            dek.open(blob[:length], make_place(dek))
    with pytest.raises(SealBroken):
        dek.open(blob + b"\0", make_place(dek))


@pytest.mark.parametrize(
    "change",
    [
        {"namespace": "chat.messages"},
        {"conversation": OTHER},
        {"message": OTHER},
        {"revision": 2},
        {"sender": OTHER},
        {"sender": None},
        {"at": 1_772_000_000_000_001},
        {"at": "1772000000000000"},
        {"dek_id": OTHER},
        {"conversation": MESSAGE, "message": CONVERSATION},
    ],
    ids=str,
)
def test_every_field_of_the_place_is_authenticated(change: dict[str, object]) -> None:
    dek = make_dek()
    blob = dek.seal(TEXT, make_place(dek))
    with pytest.raises(SealBroken):
        dek.open(blob, dataclasses.replace(make_place(dek), **change))  # type: ignore[arg-type]


def test_no_field_of_a_place_is_left_out_of_the_test_above() -> None:
    fields = {field.name for field in dataclasses.fields(Place)}
    assert fields == {"namespace", "conversation", "message", "revision", "sender", "at", "dek_id"}


def test_text_moved_between_fields_is_another_place() -> None:
    dek = make_dek()
    first = dataclasses.replace(make_place(dek), namespace="ab", at="c")
    second = dataclasses.replace(make_place(dek), namespace="a", at="bc")
    assert first.encode() != second.encode()


def test_two_rows_swapped_in_the_database_both_stay_shut() -> None:
    dek = make_dek()
    here, there = make_place(dek), dataclasses.replace(make_place(dek), message=OTHER)
    blob_here, blob_there = dek.seal(b"yes", here), dek.seal(b"no", there)
    for blob, place in ((blob_here, there), (blob_there, here)):
        with pytest.raises(SealBroken):
            dek.open(blob, place)


def test_a_uuid_and_its_text_are_the_same_id_in_any_spelling() -> None:
    dek = make_dek()
    blob = dek.seal(TEXT, make_place(dek))
    spelled = dataclasses.replace(
        make_place(dek),
        conversation=str(CONVERSATION),
        message=MESSAGE.hex.upper(),
        dek_id=str(dek.id).upper(),
    )
    assert dek.open(blob, spelled) == TEXT


@pytest.mark.parametrize(
    "change",
    [
        {"conversation": "no uuid"},
        {"message": "00"},
        {"sender": ""},
        {"revision": -1},
        {"revision": 1 << 64},
        {"at": 1 << 63},
        {"at": "\ud800"},
        {"namespace": "\ud800"},
        {"dek_id": OTHER},
    ],
    ids=ascii,
)
def test_a_place_that_cannot_be_written_down_neither_seals_nor_opens(change: dict[str, object]) -> None:
    dek = make_dek()
    blob = dek.seal(TEXT, make_place(dek))
    place = dataclasses.replace(make_place(dek), **change)  # type: ignore[arg-type]
    with pytest.raises(SealBroken):
        dek.seal(TEXT, place)
    with pytest.raises(SealBroken):
        dek.open(blob, place)


def test_another_dek_does_not_open_and_the_same_bytes_under_another_id_do_not_either() -> None:
    dek, wrapped, kek_id = wrap_dek(RING)
    blob = dek.seal(TEXT, make_place(dek))
    stolen = unwrap_dek(RING, OTHER, wrapped, kek_id)
    for wrong in (make_dek(), stolen):
        with pytest.raises(SealBroken):
            wrong.open(blob, make_place(dek))
    relabelled = blob[:2] + OTHER.bytes + blob[18:]
    with pytest.raises(SealBroken):
        stolen.open(relabelled, dataclasses.replace(make_place(dek), dek_id=OTHER))


def test_plain_authenticated_text_that_is_not_padded_as_we_pad_is_refused() -> None:
    dek = make_dek()
    place, header = make_place(dek), bytes((1, AES_256_GCM)) + dek.id.bytes
    for padded in (b"", bytes(64), b"x" * 64, b"x\x80" + bytes(63), b"x\x80", b"x\x80" + bytes(126)):
        nonce = bytes(12)
        sealed = dek._aes.encrypt(nonce, padded, header + place.encode())
        with pytest.raises(SealBroken):
            dek.open(header + nonce + sealed, place)


@pytest.mark.parametrize("length", [0, 1, 62, 63, 64, 65, 127, 128, 16_000])
def test_lengths_are_hidden_in_steps_of_64_and_come_back_exactly(length: int) -> None:
    dek = make_dek()
    blob = dek.seal(b"\0" * length, make_place(dek))
    assert len(blob) == 18 + 12 + (length // 64 + 1) * 64 + 16
    assert dek.open(blob, make_place(dek)) == b"\0" * length


@pytest.mark.parametrize("tail", [b"\x80", b"\x80\0", b"\0", b"\x80\x80\0\0"])
def test_text_that_ends_like_padding_comes_back_exactly(tail: bytes) -> None:
    dek = make_dek()
    assert dek.open(dek.seal(b"x" + tail, make_place(dek)), make_place(dek)) == b"x" + tail


def test_no_nonce_comes_twice_in_many_seals_of_one_text_at_one_place() -> None:
    dek = make_dek()
    place = make_place(dek)
    nonces = {dek.seal(b"", place)[18:30] for _ in range(20_000)}
    assert len(nonces) == 20_000


def test_a_blob_opens_in_every_form_a_database_driver_gives() -> None:
    dek = make_dek()
    blob = dek.seal(TEXT, make_place(dek))
    assert dek.open(memoryview(blob), make_place(dek)) == dek.open(bytearray(blob), make_place(dek)) == TEXT


def test_fingerprints_tell_equal_texts_only_under_one_dek() -> None:
    dek, wrapped, kek_id = wrap_dek(RING)
    again = unwrap_dek(RING, dek.id, wrapped, kek_id)
    assert len(dek.fingerprint(TEXT)) == 16
    assert dek.fingerprint(TEXT) == again.fingerprint(TEXT)
    assert dek.fingerprint(TEXT) != dek.fingerprint(TEXT + b"!")
    assert dek.fingerprint(TEXT) != make_dek().fingerprint(TEXT)


def test_a_wrapped_dek_is_40_bytes_of_rfc_3394_and_opens_again() -> None:
    dek, wrapped, kek_id = wrap_dek(RING)
    blob = dek.seal(TEXT, make_place(dek))
    again = unwrap_dek(RING, str(dek.id), memoryview(wrapped), kek_id)
    assert (len(wrapped), kek_id) == (40, "kek-0")
    assert len(aes_key_unwrap(RING.active.secret, wrapped)) == 32
    assert again.open(blob, make_place(dek)) == TEXT


def test_every_wrap_draws_a_dek_of_its_own() -> None:
    wraps = [wrap_dek(RING) for _ in range(100)]
    assert len({dek.id for dek, _, _ in wraps}) == len({wrapped for _, wrapped, _ in wraps}) == 100


def test_a_wrapped_dek_changed_in_any_byte_or_cut_does_not_unwrap() -> None:
    dek, wrapped, kek_id = wrap_dek(RING)
    damaged = [wrapped[:at] + bytes((wrapped[at] ^ 1,)) + wrapped[at + 1 :] for at in range(len(wrapped))]
    damaged += [wrapped[:length] for length in range(len(wrapped))] + [wrapped + bytes(8)]
    for wrong in damaged:
        with pytest.raises(SealBroken):
            unwrap_dek(RING, dek.id, wrong, kek_id)


def test_a_wrapped_key_of_another_size_is_no_dek() -> None:
    with pytest.raises(SealBroken):
        unwrap_dek(RING, OTHER, aes_key_wrap(RING.active.secret, bytes(16)), "kek-0")


def test_the_wrong_the_unknown_and_the_retired_kek_do_not_unwrap() -> None:
    dek, wrapped, _ = wrap_dek(RING)
    ring = make_ring(KeyState.RETIRED, KeyState.ACTIVE)
    for kek_id in ("kek-0", "kek-1", "kek-7", ""):
        with pytest.raises(SealBroken):
            unwrap_dek(ring, dek.id, wrapped, kek_id)
    with pytest.raises(SealBroken):
        unwrap_dek(RING, "no uuid", wrapped, "kek-0")


def test_rewrap_moves_the_dek_under_the_active_key_and_no_blob_changes() -> None:
    dek, wrapped, kek_id = wrap_dek(RING)
    blob = dek.seal(TEXT, make_place(dek))
    ring = make_ring(KeyState.DECRYPT_ONLY, KeyState.ACTIVE)
    rewrapped, new_id = rewrap(ring, wrapped, kek_id)
    assert (new_id, rewrapped == wrapped) == ("kek-1", False)
    assert unwrap_dek(ring, dek.id, rewrapped, new_id).open(blob, make_place(dek)) == TEXT
    with pytest.raises(SealBroken):
        rewrap(ring, rewrapped, kek_id)


def test_an_error_says_nothing_but_its_code() -> None:
    dek = make_dek()
    place = make_place(dek)
    with pytest.raises(SealBroken) as caught:
        dek.open(dek.seal(TEXT, place)[:-1], place)
    error = caught.value
    assert (error.code, error.detail, error.__cause__, error.extra) == ("seal.broken", "", None, {})
    assert error.__suppress_context__


def test_a_dek_shows_no_key_and_leaves_the_process_by_no_door() -> None:
    dek, _, _ = wrap_dek(RING)
    assert repr(dek) == str(dek) == f"Dek({dek.id})"
    for escape in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            escape(dek)
    assert not hasattr(dek, "__dict__")


def test_a_blob_written_long_ago_opens() -> None:
    """Fail when the format moves: what is in databases must open for ever."""
    place = Place("chat.message", CONVERSATION, MESSAGE, 1, ADA, 1_772_000_000_000_000, OTHER)
    dek = Dek(OTHER, bytes(range(32)))
    assert [dek.open(bytes.fromhex(blob), place) for blob in LONG_AGO] == [b"hoi", b"hoi"]
    assert dek.fingerprint(b"hoi").hex() == FINGERPRINT_LONG_AGO


def test_a_dek_that_is_not_32_bytes_is_refused() -> None:
    with pytest.raises(SealBroken):
        Dek(OTHER, bytes(31))


class Shelf:
    """A fake owner of wrapped DEKs: a dict in place of a table."""

    def __init__(self, ring: KeyRing, count: int) -> None:
        self.rows = {}
        for _ in range(count):
            dek, wrapped, kek_id = wrap_dek(ring)
            self.rows[dek.id] = (wrapped, kek_id)
        self.steps: list[int] = []

    def count_by_kek(self) -> dict[str, int]:
        ids = [kek_id for _, kek_id in self.rows.values()]
        return {kek_id: ids.count(kek_id) for kek_id in ids}

    def rewrap_some(self, ring: KeyRing, limit: int) -> int:
        behind = [dek_id for dek_id, (_, kek_id) in self.rows.items() if kek_id != ring.active.id][:limit]
        for dek_id in behind:
            self.rows[dek_id] = rewrap(ring, *self.rows[dek_id])
        self.steps.append(len(behind))
        return len(behind)


def test_an_owner_is_rewrapped_in_bounded_steps_until_nothing_is_behind() -> None:
    shelf = Shelf(RING, 7)
    owner = sealing.DekOwner("shelf", shelf.count_by_kek, shelf.rewrap_some)
    ring = make_ring(KeyState.DECRYPT_ONLY, KeyState.ACTIVE)
    assert owner.count_behind(ring) == 7
    assert owner.rewrap_all(ring, 3) == 7
    assert (shelf.steps, shelf.count_by_kek()) == ([3, 3, 1], {"kek-1": 7})
    assert owner.rewrap_all(ring, 3) == 0


def test_deks_made_under_the_old_key_meanwhile_are_rewrapped_too() -> None:
    shelf, late = Shelf(RING, 2), Shelf(RING, 1)
    ring = make_ring(KeyState.DECRYPT_ONLY, KeyState.ACTIVE)

    def rewrap_and_be_late(ring: KeyRing, limit: int) -> int:
        done = shelf.rewrap_some(ring, limit)
        shelf.rows |= late.rows
        late.rows = {}
        return done

    owner = sealing.DekOwner("shelf", shelf.count_by_kek, rewrap_and_be_late)
    assert owner.rewrap_all(ring, 10) == 3
    assert owner.count_behind(ring) == 0


def test_an_owner_that_makes_no_progress_stops_the_rotation() -> None:
    ring = make_ring(KeyState.DECRYPT_ONLY, KeyState.ACTIVE)
    for rewrapped in (0, 1):
        owner = sealing.DekOwner("stuck", lambda: {"kek-0": 2}, lambda ring, limit, done=rewrapped: done)  # type: ignore[misc]
        with pytest.raises(KeyRingError) as caught:
            owner.rewrap_all(ring, 10)
        assert caught.value.code == "keyring.rewrap_stuck"


def test_owners_register_by_name_and_the_same_name_replaces() -> None:
    for kek_id in ("kek-0", "kek-1"):
        sealing.register_dek_owner("test.shelf", lambda kek_id=kek_id: {kek_id: 1}, lambda ring, limit: 0)  # type: ignore[misc]
    found = [owner for owner in sealing.list_dek_owners() if owner.name == "test.shelf"]
    sealing.forget_dek_owner("test.shelf")
    assert [owner.count_by_kek() for owner in found] == [{"kek-1": 1}]
    assert "test.shelf" not in {owner.name for owner in sealing.list_dek_owners()}
