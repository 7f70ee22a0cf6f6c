"""What there is of somebody's second factors. A secret is unsealed by one function, which is called to check a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.accounts.keys import FACTOR_KEYS, place_secret
from server.accounts.models import Passkey, RecoveryCode, Totp
from server.accounts.rules.factors import PASSKEY, RECOVERY_CODE, TOTP


@dataclass(frozen=True, slots=True)
class Factor:
    """One second factor as its owner sees it; `kind` is totp or passkey, an authenticator app has no name."""

    id: str
    kind: str
    name: str
    added_at: datetime
    last_used_at: datetime | None


def list_factors(person_id: UUID | str) -> list[Factor]:
    """Return somebody's factors, the one added first first; an app that was not confirmed is none."""
    apps = Totp.objects.filter(person_id=person_id, confirmed_at__isnull=False)
    keys = Passkey.objects.filter(person_id=person_id)
    found = [*map(show_totp, apps), *map(show_passkey, keys)]
    return sorted(found, key=lambda one: (one.added_at, one.id))


def list_factor_kinds(person_id: UUID | str) -> list[str]:
    """Return by which kinds of factor somebody may go on: totp, passkey, recovery_code."""
    kinds = {one.kind for one in list_factors(person_id)}
    codes = {RECOVERY_CODE} if count_recovery_codes(person_id) else set()
    return [one for one in (TOTP, PASSKEY, RECOVERY_CODE) if one in kinds | codes]


def count_recovery_codes(person_id: UUID | str) -> int:
    """Return how many recovery codes somebody has left."""
    return RecoveryCode.objects.filter(person_id=person_id).count()


def find_code_made_at(person_id: UUID | str) -> datetime | None:
    """Return when the recovery codes that work now were made, or None without one."""
    return RecoveryCode.objects.filter(person_id=person_id).values_list("made_at", flat=True).first()


def find_totp(person_id: UUID | str) -> Totp | None:
    """Return somebody's authenticator app, confirmed or not, or None."""
    return Totp.objects.filter(person_id=person_id).first()


def list_credential_ids(person_id: UUID | str) -> list[bytes]:
    """Return by which names somebody's devices know their passkeys."""
    found = Passkey.objects.filter(person_id=person_id).order_by("added_at")
    return [bytes(one) for one in found.values_list("credential_id", flat=True)]


def read_totp_secret(totp: Totp) -> str:
    """Return the secret of an authenticator app. Raises SealBroken."""
    return str(FACTOR_KEYS.open_json(totp.key_id, totp.secret, place_secret(totp.person_id, totp.id)))


def show_totp(totp: Totp) -> Factor:
    """Return an authenticator app as its owner sees it."""
    return Factor(str(totp.id), TOTP, "", totp.confirmed_at or totp.begun_at, totp.last_used_at)


def show_passkey(passkey: Passkey) -> Factor:
    """Return a passkey as its owner sees it."""
    return Factor(str(passkey.id), PASSKEY, passkey.name, passkey.added_at, passkey.last_used_at)
