"""Where pushes go: one registration per session, one session per push token."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from server.accounts.models import Device, Session
from server.accounts.rules.platforms import PLATFORMS
from server.foundation.errors import BadRequest, NotSignedIn
from server.foundation.ids import hash_secret
from server.realtime.streams import lock_streams


def register_device(*, session: Session, push_token: str, platform: str, now: datetime) -> Device:
    """Send the pushes of this session's person to this token from now on, and to nobody else's any more.

    A phone that changes hands keeps its push token, so a token that another person had moves at once. Locks
    the person's stream. Raises BadRequest on an unknown platform, NotSignedIn when the session has ended
    meanwhile.
    """
    if platform not in PLATFORMS:
        raise BadRequest(f"platform: one of {', '.join(PLATFORMS)} was expected")
    device = Device(
        session_id=session.id,
        person_id=session.person_id,
        push_token=push_token,
        push_token_hash=hash_secret(push_token),
        platform=platform,
        registered_at=now,
    )
    with transaction.atomic():
        lock_streams([session.person_id])
        if not Session.objects.filter(id=session.id, ended_at=None).exists():
            raise NotSignedIn()
        Device.objects.filter(~Q(push_token_hash=device.push_token_hash), session_id=session.id).delete()
        _upsert(device)
    return device


def remove_device(*, session: Session) -> bool:
    """Send no more pushes to this session's device; False when there was no registration."""
    return bool(Device.objects.filter(session_id=session.id).delete()[0])


def _upsert(device: Device) -> None:
    # ON CONFLICT, not look-then-write: two people may register one token at once.
    Device.objects.bulk_create(
        [device],
        update_conflicts=True,
        unique_fields=["push_token_hash"],
        update_fields=["session", "person", "push_token", "platform", "registered_at"],
    )
