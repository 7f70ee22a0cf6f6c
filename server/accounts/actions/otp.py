"""Using a second factor up: a code of an authenticator app, or one of the recovery codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from secrets import randbits
from uuid import UUID

from server.accounts.errors import OtpInvalid, OtpRequired
from server.accounts.factor_queries import find_totp, list_factor_kinds, read_totp_secret
from server.accounts.models import Person, RecoveryCode, Totp
from server.accounts.rules.codes import ALPHABET, LENGTH, clean_code, write_code
from server.accounts.totp import find_step
from server.foundation.ids import hash_secret
from server.foundation.rate_limits import get_limiter

_CODE_BITS = LENGTH * (len(ALPHABET) - 1).bit_length()


def count_otp(person: Person, otp: str | None) -> None:
    """Count a try at somebody's second factor. Raises RateLimited.

    Asked once the password was right: else whoever knows an address could use up its tries, and shut its owner out.
    """
    if otp and person.factor_since is not None:
        get_limiter().require_door_rate("otp_account", hash_secret(str(person.id)).hex())


def use_otp(person: Person, otp: str | None, *, now: datetime) -> None:
    """Use a code up, where the person has a second factor; the caller holds their stream and read them after.

    Six digits are the app's, everything else is a recovery code. Each is good once, of two at once for one. Raises
    OtpRequired without a code, OtpInvalid for a wrong, an old or a used one, SealBroken.
    """
    if person.factor_since is None:
        return
    if not otp:
        raise OtpRequired(list_factor_kinds(person.id))
    if not (_use_totp(person.id, otp.strip(), now) or use_recovery_code(person.id, otp)):
        raise OtpInvalid()


def use_step(totp: Totp, otp: str, *, now: datetime) -> bool:
    """Use the half minute up whose code this is; False for none, and for one that was used."""
    step = find_step(read_totp_secret(totp), otp, after=totp.last_step, now=now)
    newer = Totp.objects.filter(id=totp.id, last_step__lt=step if step is not None else 0)
    return step is not None and newer.update(last_step=step, last_used_at=now) == 1


def use_recovery_code(person_id: UUID, code: str) -> bool:
    """Use a recovery code of this person up; False when it is none. One conditional delete: of two, one finds it."""
    return RecoveryCode.objects.filter(hash=_hash(code), person_id=person_id).delete()[0] == 1


def replace_recovery_codes(person_id: UUID, count: int, *, now: datetime) -> list[str]:
    """Make so many new codes, each 130 random bits; those before are dead. They are shown once and kept hashed."""
    codes = [write_code(randbits(_CODE_BITS)) for _ in range(count)]
    RecoveryCode.objects.filter(person_id=person_id).delete()
    RecoveryCode.objects.bulk_create(_draft(person_id, codes, now))
    return codes


def find_code_owner(code: str) -> UUID | None:
    """Return whose recovery code this is, or None."""
    return RecoveryCode.objects.filter(hash=_hash(code)).values_list("person_id", flat=True).first()


def _use_totp(person_id: UUID, otp: str, now: datetime) -> bool:
    totp = find_totp(person_id)
    return totp is not None and totp.confirmed_at is not None and use_step(totp, otp, now=now)


def _draft(person_id: UUID, codes: Iterable[str], now: datetime) -> Iterable[RecoveryCode]:
    return (RecoveryCode(hash=_hash(code), person_id=person_id, made_at=now) for code in codes)


def _hash(code: str) -> bytes:
    cleaned = clean_code(code)
    # What UTF-8 cannot say is no code of ours: it is merely unknown.
    return hash_secret(cleaned if cleaned.isascii() else "")
