"""A passkey device in software: makes ES256 keys, and signs what a browser would hand it. Independent of the server's
library, so that the two check each other."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "http://localhost:8000"
RP_ID = "localhost"
_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def write_base64url(data: bytes) -> str:
    """Return bytes as the wire has them."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """One device with one passkey. Its origin, relying party and habits can be made wrong."""

    origin: str = ORIGIN
    rp_id: str = RP_ID
    verifies: bool = True
    counts: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, public_key: dict[str, Any], name: str = "laptop") -> dict[str, Any]:
        """Return the body that adds this passkey, as asked for by the server's options."""
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + self._write_key()
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._write_data(_ATTESTED) + attested}
        return {
            "name": name,
            "credential_id": write_base64url(self.credential_id),
            "client_data": write_base64url(self._write_client_data("webauthn.create", public_key)),
            "attestation": write_base64url(cbor2.dumps(attestation)),
        }

    def get(self, public_key: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Return the body that answers the server's question."""
        self.count += self.counts
        client_data = self._write_client_data("webauthn.get", public_key)
        data = self._write_data(0)
        signed = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return {
            "credential_id": write_base64url(self.credential_id),
            "client_data": write_base64url(client_data),
            "authenticator_data": write_base64url(data),
            "signature": write_base64url(signed),
        } | more

    def _write_data(self, more: int) -> bytes:
        flags = _PRESENT | (_VERIFIED if self.verifies else 0) | more
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _write_client_data(self, kind: str, public_key: dict[str, Any]) -> bytes:
        data = {"type": kind, "challenge": public_key["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(data).encode()

    def _write_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
