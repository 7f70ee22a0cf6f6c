"""The one door to pyotp: codes of an authenticator app (RFC 6238: SHA-1, six digits, half a minute)."""

from __future__ import annotations

from datetime import datetime

from pyotp import TOTP, random_base32
from pyotp.exceptions import OTPVerificationError

from server.accounts.rules.codes import OTP_DIGITS, OTP_SECONDS, is_otp

_ISSUER = "Warmlijn"
_AROUND = 1  # steps before and after: a clock that is half a minute off


def make_totp_secret() -> str:
    """Return 160 random bits in base 32, as apps take them."""
    return random_base32()


def write_totp_uri(secret: str, name: str) -> str:
    """Return what the QR code says."""
    return _open(secret).provisioning_uri(name=name, issuer_name=_ISSUER)


def find_step(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """Return the half minute whose code this is, one step around now; None for no such, or not newer than `after`.

    What was used, and all before it, is never found again.
    """
    if not is_otp(code):
        return None
    try:
        step = _open(secret).verify_and_get_timecode(code, for_time=now, valid_window=_AROUND)
    except OTPVerificationError:
        return None
    return step if step > after else None


def _open(secret: str) -> TOTP:
    return TOTP(secret, digits=OTP_DIGITS, interval=OTP_SECONDS)
