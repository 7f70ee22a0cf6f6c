"""What a second factor is, and for how long a question to a passkey waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

TOTP: Final = "totp"
PASSKEY: Final = "passkey"
RECOVERY_CODE: Final = "recovery_code"
CHALLENGE_LIFETIME: Final = timedelta(minutes=5)
MOST_PASSKEYS: Final = 10
# How somebody changes by which ways they come in, as the audit log names it; what others did to it comes after.
OWN_CHANGES: Final = ("factor.added", "factor.removed", "recovery_codes.made", "person.recovered")
CHANGES: Final = (*OWN_CHANGES, "factor.reset")
MOST_CHANGES: Final = 10
# What a passkey's answer is for: an answer to one question is none to another.
ENROL: Final = "enrol"
SIGN_IN: Final = "sign_in"
STEP_UP: Final = "step_up"
