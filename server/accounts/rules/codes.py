"""Codes that people keep and type: how they are written, and which kind somebody typed."""

from __future__ import annotations

from typing import Final

# Crockford's base 32: no letter that looks like a digit. 26 of them are 130 bits (ASVS V11.5.1 asks for 128).
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 26
_GROUP: Final = 5
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": "", "\u2013": "", "\u00a0": ""})
STAFF_CODES: Final = 10
OTP_DIGITS: Final = 6
OTP_SECONDS: Final = 30  # RFC 6238 §5.2


def write_code(number: int) -> str:
    """Return a number below 2**130 as a code in groups of five: `0J4Z9-…`."""
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
    return "-".join(letters[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))


def clean_code(text: str) -> str:
    """Return a recovery code as it is stored under: in capitals, without marks, misread letters put right."""
    return text.upper().translate(_MISREAD)


def is_otp(text: str) -> bool:
    """Tell whether this is the code of an authenticator app rather than a recovery code."""
    return len(text) == OTP_DIGITS and text.isascii() and text.isdigit()
