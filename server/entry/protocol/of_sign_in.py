"""What the calls about second factors, proofs, recovery and people's ways in refuse beside what every one does."""

from __future__ import annotations

from typing import Final

from server.accounts import errors as accounts
from server.foundation.errors import Forbidden, NotFound, WarmlijnError
from server.foundation.sealing import SealBroken

_PROVED: Final = (Forbidden, accounts.StepUpRequired)
_ADDS: Final = (*_PROVED, accounts.FactorExists)
OF_SIGN_IN: Final[dict[str, tuple[type[WarmlijnError], ...]]] = {
    "sign_in": (accounts.CredentialsInvalid, accounts.OtpRequired, accounts.OtpInvalid, SealBroken),
    "ask_passkey": (),
    "sign_in_with_passkey": (accounts.PasskeyInvalid,),
    "recover": (accounts.RecoveryInvalid,),
    "step_up": (Forbidden, accounts.CredentialsInvalid, accounts.OtpRequired, accounts.OtpInvalid, SealBroken),
    "ask_passkey_step_up": (Forbidden,),
    "step_up_with_passkey": (accounts.PasskeyInvalid,),
    "list_factors": (Forbidden,),
    "begin_totp": _ADDS,
    "confirm_totp": (*_PROVED, accounts.OtpInvalid, SealBroken),
    "begin_passkey": (*_PROVED, accounts.TooManyFactors),
    "add_passkey": (*_ADDS, accounts.PasskeyInvalid, accounts.TooManyFactors),
    "remove_factor": _PROVED,
    "renew_recovery_codes": _PROVED,
    "make_recovery_code": (Forbidden,),
    "list_invitations": (Forbidden,),
    "revoke_invitation": (Forbidden, NotFound, accounts.InvitationUsed),
    "list_person_sessions": (Forbidden, NotFound),
    "revoke_person_sessions": (*_PROVED, NotFound),
    "change_role": (*_PROVED, NotFound, accounts.LastAdmin),
    "reset_factors": (*_PROVED, NotFound),
}
# Whoever must have a second factor and has none may call these, and nothing else.
BEFORE_FACTOR: Final = (
    "get_me",
    "sign_out",
    "step_up",
    "ask_passkey_step_up",
    "step_up_with_passkey",
    "list_factors",
    "begin_totp",
    "confirm_totp",
    "begin_passkey",
    "add_passkey",
    "remove_factor",
)
