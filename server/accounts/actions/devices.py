"""Where pushes go: one registration per session, one session per push token, ten devices per person."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from server.accounts.errors import PushTokenInvalid
from server.accounts.models import Device, Session
from server.accounts.rules.platforms import PLATFORMS
from server.accounts.rules.push_tokens import DROPPED_AFTER, MOST_DEVICES, clean_push_token
from server.foundation.errors import BadRequest, NotSignedIn
from server.foundation.ids import hash_secret
from server.realtime.streams import lock_streams

_DROPPED_AT_ONCE: Final = 500


def register_device(*, session: Session, push_token: str, platform: str, now: datetime) -> Device:
    """Send the pushes of this session's person to this token from now on, and to nobody else's any more.

    A phone that changes hands keeps its push token, so a token that another person had moves at once. Beyond
    MOST_DEVICES the person's device that was unused longest goes: refusing would leave them without pushes on the
    phone in their hand. Locks the person's stream. Raises BadRequest on an unknown platform, PushTokenInvalid,
    NotSignedIn when the session has ended meanwhile.
    """
    device = _draft(session, push_token, platform, now)
    with transaction.atomic():
        lock_streams([session.person_id])
        if not Session.objects.filter(id=session.id, ended_at=None).exists():
            raise NotSignedIn()
        _renew_token(device)
        _upsert(device)
        _forget_unused(session)
    return device


def remove_device(*, session: Session) -> bool:
    """Send no more pushes to this session's device; False when there was no registration."""
    return bool(Device.objects.filter(session_id=session.id).delete()[0])


def forget_dead_token(*, push_token_hash: bytes, not_after: datetime) -> bool:
    """Forget a token that the push service calls dead; False when it is gone already, or was registered after
    `not_after`, when the push that failed was sent: then the app has said since that it lives."""
    dead = Device.objects.filter(push_token_hash=push_token_hash, registered_at__lte=not_after)
    return bool(dead.delete()[0])


def forget_old_devices(*, now: datetime) -> int:
    """Forget a bounded number of registrations that no app has renewed for DROPPED_AFTER; return how many."""
    old = Device.objects.filter(registered_at__lt=now - DROPPED_AFTER).order_by("registered_at")
    return Device.objects.filter(id__in=list(old.values_list("id", flat=True)[:_DROPPED_AT_ONCE])).delete()[0]


def _draft(session: Session, push_token: str, platform: str, now: datetime) -> Device:
    if platform not in PLATFORMS:
        raise BadRequest(f"platform: one of {', '.join(PLATFORMS)} was expected")
    plain = "webpush" not in settings.PUSH_BACKEND  # only then is a subscription of use to nobody
    token = clean_push_token(push_token, platform, settings.WEBPUSH_HOSTS, plain_web=plain)
    if token is None:
        raise PushTokenInvalid()
    return Device(
        session_id=session.id,
        person_id=session.person_id,
        push_token=token,
        push_token_hash=hash_secret(token),
        platform=platform,
        registered_at=now,
    )


def _renew_token(device: Device) -> None:
    """Give the session's row its new token; without the row when somebody's is registered under that token already.

    The row stays the same one, since pushes that wait for this phone wait for it.
    """
    own = Device.objects.filter(~Q(push_token_hash=device.push_token_hash), session_id=device.session_id)
    try:
        with transaction.atomic():
            own.update(push_token=device.push_token, push_token_hash=device.push_token_hash)
    except IntegrityError:
        own.delete()


def _upsert(device: Device) -> None:
    # ON CONFLICT, not look-then-write: two people may register one token at once.
    Device.objects.bulk_create(
        [device],
        update_conflicts=True,
        unique_fields=["push_token_hash"],
        update_fields=["session", "person", "push_token", "platform", "registered_at"],
    )


def _forget_unused(session: Session) -> None:
    others = Device.objects.filter(person_id=session.person_id).exclude(session_id=session.id)
    kept: list[UUID] = list(
        others.order_by("-session__last_used_at", "-registered_at", "id").values_list("id", flat=True)[:MOST_DEVICES]
    )
    if len(kept) >= MOST_DEVICES:
        others.exclude(id__in=kept[: MOST_DEVICES - 1]).delete()
