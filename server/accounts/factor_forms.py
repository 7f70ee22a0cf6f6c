"""The forms of requests about second factors, proofs and recovery (tables of fields), and of their answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from server.accounts.factor_queries import Factor
from server.accounts.passkeys import Assertion, Attestation
from server.accounts.rules.factors import CHANGES, PASSKEY, TOTP
from server.accounts.rules.names import MAX_NAME_LENGTH
from server.accounts.serializers import PERSON_SCHEMA
from server.audit.queries import Change
from server.foundation.clock import format_instant
from server.foundation.fields import Field, Fields
from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape

_NAME: Final = Field("text", low=1, high=MAX_NAME_LENGTH)
_CODE: Final = Field("text", low=1, high=64)
_ID_BYTES: Final = Field("text", low=1, high=1400)  # 1,023 bytes in base64url: the most that WebAuthn has
_BYTES: Final = Field("text", low=1, high=4096)

CONFIRM_TOTP: Final[Fields] = {"otp": _CODE}
ADD_PASSKEY: Final[Fields] = {
    "name": _NAME,
    "credential_id": _ID_BYTES,
    "client_data": _BYTES,
    "attestation": Field("text", low=1, high=16_384),
}
ASSERTION: Final[Fields] = {
    "credential_id": _ID_BYTES,
    "client_data": _BYTES,
    "authenticator_data": _BYTES,
    "signature": _BYTES,
    "user_handle": Field("text", required=False, nullable=True, high=128),
}
PASSKEY_SIGN_IN: Final[Fields] = {**ASSERTION, "device_name": _NAME}
STEP_UP: Final[Fields] = {
    "password": Field("text", low=1, high=256),
    "otp": Field("text", required=False, nullable=True, high=64),
}
RECOVER: Final[Fields] = {"code": _CODE, "device_name": _NAME}

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_NUMBER: Final[dict[str, Any]] = {"type": "integer"}
_CODES: Final[dict[str, Any]] = {"type": "array", "items": _TEXT}
_DESCRIPTORS: Final[dict[str, Any]] = {"type": "array", "items": shape({"type": _TEXT, "id": _TEXT})}

FACTOR: Final = shape(
    {
        "id": UUID_TEXT,
        "kind": {"type": "string", "enum": [TOTP, PASSKEY]},
        "name": _TEXT,
        "added_at": INSTANT,
        "last_used_at": nullable(INSTANT),
    }
)
CHANGE: Final = shape({"what": {"type": "string", "enum": [*CHANGES]}, "at": INSTANT, "own": {"type": "boolean"}})
FACTORS: Final = shape(
    {
        "factors": {"type": "array", "items": FACTOR},
        "recovery_codes_left": {"type": "integer", "minimum": 0},
        "required": {"type": "boolean"},
        "changes": {"type": "array", "items": CHANGE},
    }
)
TOTP_BEGUN: Final = shape({"secret": _TEXT, "uri": _TEXT})
FACTOR_ADDED: Final = shape({"factor": FACTOR, "recovery_codes": nullable(_CODES)})
RECOVERY_CODES: Final = shape({"recovery_codes": _CODES})
RECOVERY_CODE: Final = shape({"recovery_code": _TEXT})
RECOVERED: Final = shape({"token": _TEXT, "user": PERSON_SCHEMA, "recovery_code": _TEXT})
PROVED: Final = shape({"token": _TEXT, "proved_at": INSTANT})
# WebAuthn's own words: what a browser takes as PublicKeyCredentialCreationOptionsJSON and …RequestOptionsJSON.
CREATION: Final = shape(
    {
        "public_key": shape(
            {
                "rp": shape({"id": _TEXT, "name": _TEXT}),
                "user": shape({"id": _TEXT, "name": _TEXT, "displayName": _TEXT}),
                "challenge": _TEXT,
                "pubKeyCredParams": {"type": "array", "items": shape({"type": _TEXT, "alg": _NUMBER})},
                "timeout": _NUMBER,
                "excludeCredentials": _DESCRIPTORS,
                "authenticatorSelection": shape(
                    {"residentKey": _TEXT, "requireResidentKey": {"type": "boolean"}, "userVerification": _TEXT}
                ),
                "attestation": _TEXT,
            }
        )
    }
)
REQUEST: Final = shape(
    {
        "public_key": shape(
            {
                "challenge": _TEXT,
                "timeout": _NUMBER,
                "rpId": _TEXT,
                "allowCredentials": _DESCRIPTORS,
                "userVerification": _TEXT,
            }
        )
    }
)


def read_attestation(given: dict[str, Any]) -> Attestation:
    """Return the new passkey of a body."""
    return Attestation(given["credential_id"], given["client_data"], given["attestation"])


def read_assertion(given: dict[str, Any]) -> Assertion:
    """Return the signature of a body."""
    return Assertion(**{name: given[name] for name in ASSERTION})


def shape_factors(
    factors: Sequence[Factor], changes: Sequence[Change], *, codes: int, required: bool
) -> dict[str, Any]:
    """Return somebody's own factors and what was changed about them; nothing that could be signed in with."""
    return {
        "factors": [shape_factor(one) for one in factors],
        "recovery_codes_left": codes,
        "required": required,
        "changes": [{"what": one.action, "at": format_instant(one.at), "own": one.is_own} for one in changes],
    }


def shape_factor(factor: Factor) -> dict[str, Any]:
    """Return one factor."""
    return {
        "id": factor.id,
        "kind": factor.kind,
        "name": factor.name,
        "added_at": format_instant(factor.added_at),
        "last_used_at": format_instant(factor.last_used_at) if factor.last_used_at else None,
    }
