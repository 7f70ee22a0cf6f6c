"""Sign with a key that is derived from a key of the ring: Ed25519, the other door to `cryptography` beside sealing.

A key-encryption key never signs itself: its signing key is HMAC-SHA256 of it over a name of its own, so that no key
serves two algorithms. Whoever calls gives bytes that begin with a domain: what is signed for one purpose must not
be taken for another.
"""

from __future__ import annotations

import hmac
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from server.foundation.keyring import Kek, KeyRingError

PUBLIC_KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
_PURPOSE: Final = b"warmlijn/keyring/ed25519/1"


def sign(key: Kek, message: bytes) -> bytes:
    """Return the signature, 64 bytes. Raises KeyRingError for a retired key."""
    return _derive(key).sign(message)


def read_public_key(key: Kek) -> bytes:
    """Return the public half of a ring key's signing key, 32 bytes. Raises KeyRingError for a retired key."""
    return _derive(key).public_key().public_bytes_raw()


def is_signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether the private half of this key signed this message; False for any other bytes whatsoever."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def make_rsa_pair() -> tuple[str, str]:
    """Return a new RSA key of 2048 bits, private and public half as PEM: what a made-up service account signs with."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def _derive(key: Kek) -> Ed25519PrivateKey:
    if not key.secret:
        raise KeyRingError("keyring.unknown_key", f"{key.id} is retired")
    seed = hmac.digest(key.secret, _PURPOSE + b"\0" + key.id.encode(), "sha256")
    return Ed25519PrivateKey.from_private_bytes(seed)
