"""The one door to `webauthn`: what a browser is asked to sign, and whether its answer is one (WebAuthn Level 2).

Discoverable credentials with user verification: the device asks for a finger or a PIN, so a passkey alone is two
factors. Attestation is not asked for: which make a device is of is nobody's business here.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from webauthn import generate_authentication_options, generate_registration_options
from webauthn import verify_authentication_response as verify_authentication
from webauthn import verify_registration_response as verify_registration
from webauthn.helpers import bytes_to_base64url, options_to_json_dict, parse_client_data_json
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server.accounts.errors import PasskeyInvalid
from server.accounts.rules.factors import CHALLENGE_LIFETIME

_VERIFIED = UserVerificationRequirement.REQUIRED
_NAME = "Warmlijn"
_PATIENCE = int(CHALLENGE_LIFETIME.total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class Attestation:
    """A browser's answer to being asked for a new passkey; base64url texts."""

    credential_id: str
    client_data: str
    attestation: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """A browser's answer to being asked for a passkey it has; base64url texts."""

    credential_id: str
    client_data: str
    authenticator_data: str
    signature: str
    user_handle: str | None = None


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What is kept of a new passkey."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def draw_creation(challenge: bytes, person_id: UUID, name: str, known: Iterable[bytes]) -> dict[str, Any]:
    """Return the options for `navigator.credentials.create`; devices that hold one of the `known` refuse."""
    options = generate_registration_options(
        rp_id=settings.PASSKEY_RP_ID,
        rp_name=_NAME,
        user_id=person_id.bytes,
        user_name=name,
        challenge=challenge,
        timeout=_PATIENCE,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return options_to_json_dict(options)


def draw_request(challenge: bytes, known: Iterable[bytes] = ()) -> dict[str, Any]:
    """Return the options for `navigator.credentials.get`; without `known` the device offers what it has."""
    options = generate_authentication_options(
        rp_id=settings.PASSKEY_RP_ID,
        challenge=challenge,
        timeout=_PATIENCE,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        user_verification=_VERIFIED,
    )
    return options_to_json_dict(options)


def read_binary(text: str) -> bytes:
    """Return the bytes of a base64url text. Raises PasskeyInvalid."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise PasskeyInvalid() from None


def read_challenge(client_data: str) -> bytes:
    """Return the question that a browser says it answers; whether it was asked is for the caller to find out."""
    data = read_binary(client_data)
    try:
        return parse_client_data_json(data).challenge
    except Exception:  # the library raises several kinds for JSON that is of another form
        raise PasskeyInvalid() from None


def check_attestation(given: Attestation, challenge: bytes) -> NewPasskey:
    """Return the new passkey. Raises PasskeyInvalid for any other origin, question, relying party or form."""
    credential_id = read_binary(given.credential_id)
    response = AuthenticatorAttestationResponse(
        client_data_json=read_binary(given.client_data), attestation_object=read_binary(given.attestation)
    )
    credential = RegistrationCredential(id=bytes_to_base64url(credential_id), raw_id=credential_id, response=response)
    try:
        found = verify_registration(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=settings.PASSKEY_RP_ID,
            expected_origin=settings.PASSKEY_ORIGINS,
            require_user_verification=True,
        )
    except Exception:  # its own errors, and those of CBOR and keys that are of another form
        raise PasskeyInvalid() from None
    if found.credential_id != credential_id:
        raise PasskeyInvalid()
    return NewPasskey(found.credential_id, found.credential_public_key, found.sign_count)


def check_assertion(given: Assertion, challenge: bytes, *, public_key: bytes, sign_count: int) -> int:
    """Return the new count of a passkey that signed. Raises PasskeyInvalid, also for a count that does not rise."""
    credential_id = read_binary(given.credential_id)
    response = AuthenticatorAssertionResponse(
        client_data_json=read_binary(given.client_data),
        authenticator_data=read_binary(given.authenticator_data),
        signature=read_binary(given.signature),
    )
    credential = AuthenticationCredential(id=bytes_to_base64url(credential_id), raw_id=credential_id, response=response)
    try:
        found = verify_authentication(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=settings.PASSKEY_RP_ID,
            expected_origin=settings.PASSKEY_ORIGINS,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except Exception:  # its own errors, and those of keys and signatures that are of another form
        raise PasskeyInvalid() from None
    return found.new_sign_count
