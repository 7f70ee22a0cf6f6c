"""Where pushes may go, for the room that sends them. Ids go in as UUID or text and come out as text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.accounts.models import Device
from server.accounts.rules.push_tokens import ASK_AGAIN_AFTER
from server.foundation.database import as_texts, open_pipeline


@dataclass(frozen=True, slots=True)
class DevicePlace:
    """A device of somebody's, without its token."""

    id: str
    person_id: str
    platform: str


@dataclass(frozen=True, slots=True)
class PushDevice:
    """A device as it stands now, and whose it is now. `token` leaves the house in a push and nowhere else.

    A session that was not used for too long is not `is_live`, and not `is_ended` either: nobody has signed it out.
    """

    id: str
    person_id: str
    session_id: str
    platform: str
    token: str
    token_hash: bytes
    role: str
    language: str
    is_live: bool
    is_ended: bool
    is_suspended: bool


_PLACES_SQL = (
    "SELECT d.id, d.person_id, d.platform FROM accounts_device d JOIN accounts_session s ON s.id = d.session_id "
    "WHERE d.person_id = ANY(%(people)s::uuid[]) AND s.ended_at IS NULL "
    "AND (s.idle_expires_at > %(now)s::timestamptz OR %(asleep)s::boolean)"
)
_DEVICES_SQL = (
    "SELECT d.id, d.person_id, d.session_id, d.platform, d.push_token, d.push_token_hash, p.role, p.language, "
    "s.ended_at IS NULL AND s.idle_expires_at > %(now)s::timestamptz, s.ended_at IS NOT NULL, "
    "p.suspended_at IS NOT NULL "
    "FROM accounts_device d JOIN accounts_session s ON s.id = d.session_id "
    "JOIN accounts_person p ON p.id = d.person_id WHERE d.id = ANY(%(devices)s::uuid[])"
)


def list_device_places(person_ids: Iterable[object], *, asleep: bool = False, now: datetime) -> list[DevicePlace]:
    """Return the devices of these people whose sessions live; one statement, asked for every batch of messages.

    With `asleep` also those whose session ran out because nobody used it: a call must wake whoever sleeps.
    """
    params = {"people": as_texts(person_ids), "asleep": asleep, "now": now}
    with open_pipeline() as pipeline:
        answer = pipeline.ask(_PLACES_SQL, params, "uuid uuid text")
    return [DevicePlace(*row) for row in answer.rows()]


def list_push_devices(device_ids: Iterable[object], *, now: datetime) -> dict[str, PushDevice]:
    """Return these devices by id, with their tokens; one that is registered no longer is left out. One statement."""
    params = {"devices": as_texts(device_ids), "now": now}
    with open_pipeline() as pipeline:
        answer = pipeline.ask(_DEVICES_SQL, params, "uuid uuid uuid text text bytes text text bool bool bool")
    return {row[0]: PushDevice(*row) for row in answer.rows()}


def find_registered_at(session_id: UUID) -> datetime | None:
    """Return when the app of this session last said where its pushes go, None when it has not."""
    return Device.objects.filter(session_id=session_id).values_list("registered_at", flat=True).first()


def is_to_be_asked(registered_at: datetime | None, *, now: datetime) -> bool:
    """Say whether the app should register again: it never did, or so long ago that the token may have changed."""
    return registered_at is None or registered_at <= now - ASK_AGAIN_AFTER
