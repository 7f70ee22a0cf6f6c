"""Starting and ending sessions. A token is shown once, when it is made; the table holds its hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from server.accounts.models import Device, Person, Session
from server.accounts.rules.lifetimes import plan_session
from server.accounts.rules.names import clean_name
from server.events.facts import SessionEnded
from server.events.outbox import tell_facts
from server.foundation.database import open_pipeline
from server.foundation.errors import NotSignedIn
from server.foundation.ids import hash_secret, make_secret
from server.realtime.streams import EventDraft, StreamHead, lock_streams, place_events


def start_session(*, person_id: UUID | str, device_name: str, now: datetime) -> tuple[Session, str]:
    """Return a new session and its token. Locks the person's stream. Raises NotSignedIn if suspended."""
    return start_sessions(person_ids=[person_id], device_name=device_name, now=now)[0]


def start_sessions(*, person_ids: Sequence[UUID | str], device_name: str, now: datetime) -> list[tuple[Session, str]]:
    """Return a new session and its token for each person, in order. Locks their streams.

    Raises NotSignedIn when one of them does not exist or is suspended; then none is started.
    """
    name = clean_name(device_name, field="device_name")
    with transaction.atomic():
        lock_streams(person_ids)
        found = {str(one.id): one for one in Person.objects.filter(id__in=person_ids, suspended_at=None)}
        if any(str(one) not in found for one in person_ids):
            raise NotSignedIn()
        return insert_locked_sessions([found[str(one)] for one in person_ids], name, now)


def insert_locked_sessions(
    people: Sequence[Person], device_name: str, now: datetime, *, recovered: bool = False
) -> list[tuple[Session, str]]:
    """Insert a session for each person; the caller holds their streams and read their standing after."""
    made = [(_draft(person, device_name, token := make_secret(), now), token) for person in people]
    for session, _ in made:
        session.recovered = recovered
    Session.objects.bulk_create([session for session, _ in made], batch_size=1000)
    return made


def require_locked_session(session: Session, *, now: datetime) -> Person:
    """Return the person of a session as they are now; the caller holds their stream. Raises NotSignedIn unless both
    are as live as when they were let in."""
    live = Session.objects.filter(id=session.id, ended_at=None, idle_expires_at__gt=now, person__suspended_at=None)
    found = live.select_related("person").first()
    if found is None or found.person.role != session.person.role:
        raise NotSignedIn()
    return found.person


def renew_locked_session(session: Session, *, now: datetime) -> str:
    """Note that the person of a session showed who they are; returns its new token. The caller holds their stream."""
    token = make_secret()
    Session.objects.filter(id=session.id).update(token_hash=hash_secret(token), proved_at=now)
    return token


def end_session(*, session_id: UUID | str, reason: str, now: datetime) -> bool:
    """End one session; False when it had ended before. Locks the person's stream. Publishes SessionEnded."""
    with transaction.atomic():
        person_id = Session.objects.filter(id=session_id).values_list("person_id", flat=True).first()
        if person_id is None:
            return False
        heads = lock_streams([person_id])
        return bool(end_locked_sessions(heads, person_id, only=session_id, reason=reason, now=now))


def end_other_sessions(*, person_id: UUID | str, keep: UUID | str, reason: str, now: datetime) -> int:
    """End all sessions of a person but one; returns how many. Locks their stream. Publishes SessionEnded."""
    with transaction.atomic():
        heads = lock_streams([person_id])
        return len(end_locked_sessions(heads, person_id, keep=keep, reason=reason, now=now))


def end_all_sessions(*, person_id: UUID | str, reason: str, now: datetime) -> int:
    """End all sessions of a person; returns how many. Locks their stream. Publishes SessionEnded."""
    with transaction.atomic():
        heads = lock_streams([person_id])
        return len(end_locked_sessions(heads, person_id, reason=reason, now=now))


def end_locked_sessions(
    heads: Mapping[str, StreamHead],
    person_id: UUID | str,
    *,
    reason: str,
    now: datetime,
    only: UUID | str | None = None,
    keep: UUID | str | None = None,
) -> list[str]:
    """End sessions of a person whose stream (`heads`) the caller has locked; returns their ids.

    Their push registrations go with them: a signed-out device must not light up. Each end is appended to the
    person's log as `session.revoked` and recorded as SessionEnded.
    """
    live = Session.objects.filter(person_id=person_id, ended_at=None).order_by("id")
    live = live.filter(id=only) if only else live
    live = live.exclude(id=keep) if keep else live
    ended = [str(one) for one in live.values_list("id", flat=True)]
    if ended:
        Session.objects.filter(id__in=ended, ended_at=None).update(ended_at=now, end_reason=reason)
        Device.objects.filter(session_id__in=ended).delete()
        _tell_ends(heads, str(person_id), ended, reason, now)
    return ended


def _tell_ends(
    heads: Mapping[str, StreamHead], person_id: str, ended: Sequence[str], reason: str, now: datetime
) -> None:
    events = [EventDraft(person_id, "session.revoked", refs={"session": one, "reason": reason}) for one in ended]
    with open_pipeline() as pipeline:
        place_events(pipeline, heads, events, now=now)
        tell_facts(pipeline, [SessionEnded(one, person_id, reason) for one in ended], now=now)


def _draft(person: Person, device_name: str, token: str, now: datetime) -> Session:
    idle_end, end = plan_session(settings.SESSION_LIFETIMES, person.role, now)
    return Session(
        person=person,
        token_hash=hash_secret(token),
        device_name=device_name,
        created_at=now,
        last_used_at=now,
        proved_at=now,
        idle_expires_at=idle_end,
        expires_at=end,
    )
