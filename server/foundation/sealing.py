"""Seal text at rest: the door to `cryptography` (`signing.py` is the other: it seals nothing).

A blob is version(1) · algorithm(1) · dek id(16) · nonce(12) · ciphertext and tag. Its place (whose,
which row, which revision, when) is authenticated with it, so that a blob moved to another row does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from server.foundation.errors import WarmlijnError
from server.foundation.ids import make_id
from server.foundation.keyring import KeyRing, KeyRingError

VERSION: Final = 1
AES_256_GCM: Final = 1
CHACHA20_POLY1305: Final = 2
WRITES: Final = AES_256_GCM
STEP: Final = 64
DEK_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
_HEADER_BYTES: Final = 18
_TEXT_AT: Final = _HEADER_BYTES + NONCE_BYTES
_VERSION_BYTE: Final = bytes((VERSION,))
_ID_LENGTH: Final = (16).to_bytes(4)
_NUMBER_LENGTH: Final = (8).to_bytes(4)
_PADDINGS: Final = tuple(b"\x80" + bytes(STEP - 1 - used) for used in range(STEP))

Data: TypeAlias = bytes | bytearray | memoryview
Id: TypeAlias = uuid.UUID | str


class SealBroken(WarmlijnError):
    """Say that a seal did not open or close; never why, and never what was inside."""

    code, title = "seal.broken", "This text cannot be read"

    def __init__(self) -> None:
        super().__init__()


@dataclass(frozen=True, slots=True)
class Place:
    """Say where a sealed text belongs; `sender` None is the system. A UUID and its text are the same id.

    `at` is microseconds since 1970 or one ISO string: in the form that sealed it must it be given to open it.
    """

    namespace: str
    conversation: Id
    message: Id
    revision: int
    sender: Id | None
    at: int | str
    dek_id: Id

    def encode(self) -> bytes:
        """Return the length-prefixed fields, the DEK's id last: two places never give the same bytes.

        Raises ValueError, OverflowError for an id that is no UUID and numbers beyond 64 bits.
        """
        namespace = self.namespace.encode()
        at = b"i" + self.at.to_bytes(8, signed=True) if type(self.at) is int else b"s" + str(self.at).encode()
        sender = b"" if self.sender is None else _id_bytes(self.sender)
        return b"".join(
            (
                len(namespace).to_bytes(4),
                namespace,
                _ID_LENGTH,
                _id_bytes(self.conversation),
                _ID_LENGTH,
                _id_bytes(self.message),
                _NUMBER_LENGTH,
                self.revision.to_bytes(8),
                len(sender).to_bytes(4),
                sender,
                len(at).to_bytes(4),
                at,
                _ID_LENGTH,
                _id_bytes(self.dek_id),
            )
        )


class Dek:
    """Seal and open with one data-encryption key, which stays inside: never printed, copied or pickled."""

    __slots__ = ("_aes", "_chacha", "_fingerprint_key", "_header", "_id_bytes", "id")

    def __init__(self, dek_id: uuid.UUID, secret: bytes) -> None:
        if len(secret) != DEK_BYTES:
            raise SealBroken
        self.id: Final = dek_id
        self._id_bytes: Final = dek_id.bytes
        self._header = bytes((VERSION, WRITES)) + dek_id.bytes
        self._aes = AESGCM(_subkey(secret, b"aes-256-gcm", dek_id))
        self._chacha = ChaCha20Poly1305(_subkey(secret, b"chacha20-poly1305", dek_id))
        self._fingerprint_key = _subkey(secret, b"fingerprint", dek_id)

    def __repr__(self) -> str:
        return f"Dek({self.id})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a Dek stays in its process")

    def seal(self, plaintext: bytes, place: Place) -> bytes:
        """Return the blob of this text at this place. Raises SealBroken for another DEK's place."""
        return self._seal(self._header, self._aes, plaintext, place)

    def seal_with(self, algorithm: int, plaintext: bytes, place: Place) -> bytes:
        """Seal with a chosen algorithm id, as a change of algorithm needs it; `seal` is the everyday way."""
        header = bytes((VERSION, algorithm)) + self._id_bytes
        return self._seal(header, self._cipher(algorithm), plaintext, place)

    def open(self, blob: Data, place: Place) -> bytes:
        """Return the text that was sealed at this place. Raises SealBroken, whatever is wrong."""
        blob = bytes(blob)
        header, nonce, sealed = blob[:_HEADER_BYTES], blob[_HEADER_BYTES:_TEXT_AT], blob[_TEXT_AT:]
        try:
            if header[:1] != _VERSION_BYTE or header[2:] != self._id_bytes:
                raise SealBroken
            return _unpad(self._cipher(header[1]).decrypt(nonce, sealed, header + self._locate(place)))
        except (InvalidTag, ValueError, OverflowError):
            raise SealBroken from None

    def fingerprint(self, data: bytes) -> bytes:
        """Return 16 bytes that tell whether two texts are equal, and tell nothing without the key."""
        return hashlib.blake2b(data, digest_size=16, key=self._fingerprint_key).digest()

    def _seal(self, header: bytes, cipher: AESGCM | ChaCha20Poly1305, plaintext: bytes, place: Place) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        padded = plaintext + _PADDINGS[len(plaintext) % STEP]
        try:
            return header + nonce + cipher.encrypt(nonce, padded, header + self._locate(place))
        except (ValueError, OverflowError):
            raise SealBroken from None

    def _locate(self, place: Place) -> bytes:
        encoded = place.encode()
        if encoded[-16:] != self._id_bytes:
            raise SealBroken
        return encoded

    def _cipher(self, algorithm: int) -> AESGCM | ChaCha20Poly1305:
        if algorithm == AES_256_GCM:
            return self._aes
        if algorithm == CHACHA20_POLY1305:
            return self._chacha
        raise SealBroken


def wrap_dek(keyring: KeyRing) -> tuple[Dek, bytes, str]:
    """Draw a DEK; return it with its wrapped bytes and the id of the active key that wrapped it."""
    secret = secrets.token_bytes(DEK_BYTES)
    key = keyring.active
    return Dek(make_id(), secret), aes_key_wrap(key.secret, secret), key.id


def unwrap_dek(keyring: KeyRing, dek_id: Id, wrapped: Data, kek_id: str) -> Dek:
    """Return the DEK of a row. Raises SealBroken, also for a key that this ring lacks or has retired."""
    secret = _unwrap(keyring, bytes(wrapped), kek_id)
    try:
        return Dek(uuid.UUID(bytes=_id_bytes(dek_id)), secret)
    except ValueError:
        raise SealBroken from None


def rewrap(keyring: KeyRing, wrapped: Data, kek_id: str) -> tuple[bytes, str]:
    """Wrap the same DEK under the active key; no blob changes. Raises SealBroken."""
    secret = _unwrap(keyring, bytes(wrapped), kek_id)
    key = keyring.active
    return aes_key_wrap(key.secret, secret), key.id


def _unwrap(keyring: KeyRing, wrapped: bytes, kek_id: str) -> bytes:
    try:
        secret = aes_key_unwrap(keyring.get(kek_id).secret, wrapped)
    except (InvalidUnwrap, KeyRingError, ValueError):
        raise SealBroken from None
    if len(secret) != DEK_BYTES:
        raise SealBroken
    return secret


def _id_bytes(id_: Id) -> bytes:
    """Return the 16 bytes of a UUID or of its text, in any spelling. Raises ValueError."""
    if isinstance(id_, uuid.UUID):
        return id_.bytes
    found = bytes.fromhex(id_.replace("-", ""))
    if len(found) != 16:
        raise ValueError
    return found


def _unpad(padded: bytes) -> bytes:
    text = padded.rstrip(b"\0")
    if len(padded) % STEP or not text.endswith(b"\x80") or len(padded) - len(text) >= STEP:
        raise SealBroken
    return text[:-1]


def _subkey(secret: bytes, purpose: bytes, dek_id: uuid.UUID) -> bytes:
    """Derive a key for one purpose and one DEK id: a wrapped key in another row is another key."""
    return hmac.digest(secret, b"warmlijn/dek/1/" + purpose + b"\0" + dek_id.bytes, "sha256")


# ---- who keeps wrapped DEKs --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DekOwner:
    """Name a table that keeps wrapped DEKs.

    `count_by_kek()` gives kek id → how many rows; `rewrap_some(ring, limit)` rewraps at most `limit` rows
    that are not under the active key, in a transaction of its own, and returns how many: 0 when none is left.
    """

    name: str
    count_by_kek: Callable[[], Mapping[str, int]]
    rewrap_some: Callable[[KeyRing, int], int]

    def count_behind(self, keyring: KeyRing) -> int:
        """Return how many rows are not under the active key."""
        return sum(count for kek_id, count in self.count_by_kek().items() if kek_id != keyring.active.id)

    def rewrap_all(self, keyring: KeyRing, limit: int) -> int:
        """Rewrap in steps of `limit` until no row is behind; return how many. May be stopped and run again.

        Raises KeyRingError keyring.rewrap_stuck when a whole round leaves as many rows behind as before.
        """
        done, behind = 0, self.count_behind(keyring)
        while behind:
            done += self._rewrap_round(keyring, limit, behind)
            left = self.count_behind(keyring)
            if left >= behind:
                raise KeyRingError("keyring.rewrap_stuck", f"{self.name}: {left} DEKs do not rewrap")
            behind = left
        return done

    def _rewrap_round(self, keyring: KeyRing, limit: int, behind: int) -> int:
        done = 0
        while done < behind and (step := self.rewrap_some(keyring, limit)) > 0:
            done += step
        return done


_owners: dict[str, DekOwner] = {}


def register_dek_owner(
    name: str, count_by_kek: Callable[[], Mapping[str, int]], rewrap_some: Callable[[KeyRing, int], int]
) -> None:
    """Tell the ring who keeps wrapped DEKs; the same name again replaces."""
    _owners[name] = DekOwner(name, count_by_kek, rewrap_some)


def forget_dek_owner(name: str) -> None:
    """Undo register_dek_owner; a name that is not registered is left alone."""
    _owners.pop(name, None)


def list_dek_owners() -> tuple[DekOwner, ...]:
    """Return the owners by name."""
    return tuple(_owners[name] for name in sorted(_owners))
