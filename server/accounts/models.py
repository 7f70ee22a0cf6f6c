"""Tables of the accounts room. Ids are never a permission; secrets are kept as SHA-256 of 256 random bits."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models.functions import Lower

from server.accounts.rules.roles import INVITED_STAFF, ROLES, YOUTH
from server.foundation.ids import make_id
from server.foundation.key_store import DataKey

_NAME_LENGTH = 80


class Team(models.Model):
    """The tenant boundary: people see and reach people of their own team only."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    name = models.CharField(max_length=_NAME_LENGTH)
    slug = models.CharField(max_length=_NAME_LENGTH, unique=True)
    locale = models.CharField(max_length=8, default="nl")
    zone = models.CharField(max_length=64, default="Europe/Amsterdam")
    created_at = models.DateTimeField()


class Person(AbstractBaseUser):
    """Somebody with one role in one team. A youth has no e-mail address and no password."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="people")
    role = models.CharField(max_length=12)
    display_name = models.CharField(max_length=_NAME_LENGTH)
    email = models.CharField(max_length=254, null=True, unique=True)
    language = models.CharField(max_length=2, default="nl")
    zone = models.CharField(max_length=64, default="Europe/Amsterdam")
    created_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)
    # Since when a second factor is asked at sign-in; kept with the factors, under the lock on the person's stream.
    factor_since = models.DateTimeField(null=True)

    last_login = None

    objects: ClassVar[models.Manager[Person]] = models.Manager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=ROLES), name="person_role_known"),
            models.CheckConstraint(condition=models.Q(language__in=("nl", "en")), name="person_language_known"),
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) | models.Q(email=Lower("email")),
                name="person_email_lower",
            ),
        ]

    def __str__(self) -> str:
        """Return the id: a youth has no e-mail address, and nobody's name belongs into a log."""
        return str(self.id)


class Invitation(models.Model):
    """A way in with a role: one code, one use, an end. Open until used, revoked or expired: see the columns."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, default=YOUTH)
    code_hash = models.BinaryField(max_length=32, unique=True)
    display_name = models.CharField(max_length=_NAME_LENGTH, default="")
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True, used_by__isnull=True)
                | models.Q(used_at__isnull=False, used_by__isnull=False, revoked_at__isnull=True),
                name="invitation_used_or_revoked",
            ),
            models.CheckConstraint(condition=models.Q(role__in=(YOUTH, *INVITED_STAFF)), name="invitation_role_known"),
        ]


class Session(models.Model):
    """One sign-in on one device.

    Live while not ended and before `idle_expires_at`, which never lies beyond `expires_at`. `proved_at` is when the
    person last showed here who they are: at sign-in, and at each step-up. `recovered`: begun with a recovery code.
    """

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sessions")
    token_hash = models.BinaryField(max_length=32, unique=True)
    device_name = models.CharField(max_length=_NAME_LENGTH)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    proved_at = models.DateTimeField()
    idle_expires_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, db_index=True)
    end_reason = models.CharField(max_length=12, default="")
    recovered = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(idle_expires_at__lte=models.F("expires_at")), name="session_idle_end_first"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, end_reason="")
                | models.Q(ended_at__isnull=False, end_reason__in=("signed_out", "revoked", "suspended", "expired")),
                name="session_end_has_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["idle_expires_at"],
                name="session_running_out",
                condition=models.Q(ended_at__isnull=True),
            )
        ]


class Ticket(models.Model):
    """Opens one socket for one session within 30 seconds."""

    hash = models.BinaryField(max_length=32, primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)


class Device(models.Model):
    """Where pushes for a session go. Gone with its session; a push token belongs to one session only."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    push_token = models.TextField()
    push_token_hash = models.BinaryField(max_length=32, unique=True)
    platform = models.CharField(max_length=8)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(platform__in=("android", "ios", "web")), name="device_platform_known"
            )
        ]


class Block(models.Model):
    """Somebody wants no contact with somebody, from `placed_at` until `lifted_at`; it counts both ways."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    blocker = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    blocked = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["blocker", "blocked"],
                condition=models.Q(lifted_at__isnull=True),
                name="block_live_once",
            ),
            models.CheckConstraint(condition=~models.Q(blocker=models.F("blocked")), name="block_of_another"),
        ]


class Suspension(models.Model):
    """Somebody is shut out from `suspended_at` until `lifted_at`; the team may read why."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    suspended_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, default="")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(lifted_at__isnull=True), name="suspension_live_once"
            )
        ]


class Revocation(models.Model):
    """A coordinator ended sessions of somebody, such as on a lost phone; the team may read why."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    ended = models.IntegerField()
    at = models.DateTimeField()


class FactorKey(DataKey):
    """The data key of one secret of an authenticator app; destroyed with it."""


class Totp(models.Model):
    """Somebody's authenticator app. Counts from `confirmed_at` on; `last_step` is the newest half minute used."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    key = models.ForeignKey(FactorKey, on_delete=models.PROTECT, related_name="+")
    secret = models.BinaryField()
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)


class Passkey(models.Model):
    """The public half of a key on somebody's device; `sign_count` is what the device last counted."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    name = models.CharField(max_length=_NAME_LENGTH)
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)


class Challenge(models.Model):
    """What a passkey is asked to sign, once, within a few minutes; `session` is None at the door."""

    hash = models.BinaryField(max_length=32, primary_key=True)
    purpose = models.CharField(max_length=8)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, related_name="+")
    expires_at = models.DateTimeField(db_index=True)


class RecoveryCode(models.Model):
    """A way in without the device: staff have ten instead of a second factor, a youth one. Gone when used."""

    hash = models.BinaryField(max_length=32, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
