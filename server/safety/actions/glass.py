"""Breaking the glass: a coordinator reads one conversation for a while, colleagues and the youth are told, somebody
else reviews it.

Lock order: the openings → streams → the audit's stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard
from server.audit.actions import record_entries
from server.foundation.ids import make_id
from server.foundation.leases import do_due
from server.realtime.streams import EventDraft, append_events, lock_streams
from server.safety.keys import SAFETY_KEYS
from server.safety.models import GlassOpening
from server.safety.reading_access import YouthTalk, access_opening, access_youth_talk, require_standing
from server.safety.reading_audit import make_glass_entry, make_system_entry
from server.safety.reading_errors import GlassAlreadyOpen, GlassMember, GlassOwnReview, GlassReviewed
from server.safety.reading_policies import require_break_glass, require_review_glass
from server.safety.reading_queries import (
    GLASS_OPENED,
    GLASS_REVIEW_DUE,
    list_reviewers,
    list_witnesses,
    place_glass_text,
)
from server.safety.rules.glass import (
    ENDED,
    EXPIRED,
    NOT_JUSTIFIED,
    NOW,
    REMIND_EVERY,
    REVIEW_WITHIN,
    REVOKED,
    TELL_WITHIN,
    GlassRequest,
    read_request,
    read_review,
)


def break_glass(
    *,
    actor: PersonCard,
    conversation_id: UUID | str,
    reason_code: str | None,
    reason: str | None,
    minutes: int | None,
    tell_youth: str | None = None,
    safety_reason: str | None = None,
    now: datetime,
) -> GlassOpening:
    """Let the actor read one conversation of their team for 1 to 60 minutes.

    A second coordinator is told at once: who is on call, else the others, else the team's admins; with nobody there it
    is recorded as alone. The youth is told now, or later with a safety reason. Raises Forbidden, what
    `rules.glass.read_request` raises, NotFound, GlassMember, GlassAlreadyOpen, NotSignedIn. Publishes glass.opened.
    Locks in the order of this module.
    """
    require_break_glass(actor)
    request = read_request(
        reason_code=reason_code, reason=reason, minutes=minutes, tell_youth=tell_youth, safety_reason=safety_reason
    )
    talk = access_youth_talk(actor, conversation_id)
    if actor.id in talk.card.member_ids:
        raise GlassMember()
    witnesses = list_witnesses(actor, now=now)
    with transaction.atomic():
        ended = _end_expired(actor.id, now)
        lock_streams([actor.id, talk.youth_id, *witnesses])
        require_standing(actor)
        if GlassOpening.objects.filter(coordinator_id=actor.id, ended_at=None).exists():
            raise GlassAlreadyOpen()
        opening = _write(actor, talk, request, witnesses, now)
        told = [*witnesses, talk.youth_id] if opening.told_at else witnesses
        append_events([_draft(one, GLASS_OPENED, opening) for one in told], now=now)
        shown_from = None if opening.told_at else opening.tell_at
        entries = [make_system_entry(one, "break_glass.ended") for one in ended]
        entries.append(make_glass_entry(opening, "break_glass.opened", actor=actor, shown_from=shown_from))
        record_entries(entries, now=now)
    return opening


def end_glass(*, actor: PersonCard, opening_id: UUID | str, now: datetime) -> None:
    """End a reading early: the actor's own, or a colleague's. Idempotent. Raises Forbidden, NotFound.

    Locks the opening, then the audit's stream.
    """
    require_review_glass(actor)
    with transaction.atomic():
        opening = access_opening(actor, opening_id, lock=True)
        if opening.ended_at is None and opening.until > now:
            _end(opening, ENDED, now)
            record_entries([make_glass_entry(opening, "break_glass.ended", actor=actor)], now=now)


def review_glass(
    *,
    actor: PersonCard,
    opening_id: UUID | str,
    outcome: str,
    note: str | None,
    tell_youth: str | None = None,
    now: datetime,
) -> GlassOpening:
    """Say whether a colleague's reading was justified; what was not ends at once. With `now` the youth is told now.

    Raises Forbidden, what `rules.glass.read_review` raises, NotFound, GlassOwnReview, GlassReviewed. Publishes
    glass.opened to a youth who had not been told. Locks in the order of this module.
    """
    require_review_glass(actor)
    words = read_review(outcome=outcome, note=note, tell_youth=tell_youth)
    with transaction.atomic():
        opening = access_opening(actor, opening_id, lock=True)
        _require_reviewable(opening, actor)
        _write_review(opening, actor, outcome, words, now)
        entries = [make_glass_entry(opening, "break_glass.reviewed", actor=actor)]
        if outcome == NOT_JUSTIFIED and opening.ended_at is None and opening.until > now:
            _end(opening, REVOKED, now)
            entries.append(make_glass_entry(opening, "break_glass.ended", actor=actor))
        if tell_youth == NOW and opening.told_at is None:
            _tell_youth(opening, now)
            entries.append(make_glass_entry(opening, "break_glass.telling_moved", actor=actor, shown_from=now))
        record_entries(entries, now=now)
    return opening


def tell_due_youth(*, now: datetime) -> bool:
    """Tell one youth who was to be told later; False when nobody is due.

    Publishes glass.opened. Locks the opening, then the stream.
    """
    return do_due(GlassOpening.objects.all(), "tell_due_at", partial(_tell_youth, now=now), now=now)


def end_due_reading(*, now: datetime) -> bool:
    """Write down that one reading's time was over; False when there is none. Locks the opening, the audit's stream."""
    return do_due(GlassOpening.objects.all(), "end_due_at", partial(_end_over, now=now), now=now)


def remind_due_review(*, now: datetime) -> bool:
    """Remind colleagues of one review that is overdue, once a day until it is done; False when none is due.

    Publishes glass.review_due. Locks the opening, then the streams.
    """
    unreviewed = GlassOpening.objects.filter(reviewed_at=None)
    return do_due(unreviewed, "remind_at", partial(_remind_reviewers, now=now), now=now)


def lock_readings(*, person_ids: Iterable[UUID | str]) -> list[GlassOpening]:
    """Lock and return what these people read and nobody has ended, in order. Needs an open transaction."""
    rows = GlassOpening.objects.select_for_update(no_key=True).filter(coordinator_id__in=list(person_ids))
    return list(rows.filter(ended_at=None).order_by("id"))


def revoke_readings(*, person_ids: Iterable[UUID | str], now: datetime) -> None:
    """End what these people read who may no longer. Idempotent. Locks all their openings, then the audit's streams."""
    with transaction.atomic():
        running = [one for one in lock_readings(person_ids=person_ids) if one.until > now]
        for opening in running:
            _end(opening, REVOKED, now)
        record_entries([make_system_entry(opening, "break_glass.ended") for opening in running], now=now)


# --- the row


def _end_expired(person_id: str, now: datetime) -> list[GlassOpening]:
    """End what the actor read before and whose time is over, so that they may read another conversation; return it."""
    over = GlassOpening.objects.select_for_update(no_key=True)
    openings = list(over.filter(coordinator_id=person_id, ended_at=None, until__lte=now))
    for opening in openings:
        _end(opening, EXPIRED, opening.until)
    return openings


def _write(
    actor: PersonCard, talk: YouthTalk, request: GlassRequest, witnesses: Sequence[str], now: datetime
) -> GlassOpening:
    id_, key = make_id(), SAFETY_KEYS.make(now=now)[0]
    later = request.safety_reason is not None
    return GlassOpening.objects.create(
        id=id_,
        team_id=UUID(actor.team_id),
        conversation_id=UUID(talk.card.id),
        youth_id=UUID(talk.youth_id),
        coordinator_id=UUID(actor.id),
        reason_code=request.reason_code,
        key=key,
        reason=SAFETY_KEYS.seal_json(key.id, request.reason, place_glass_text(id_, "reason")),
        safety_reason=(
            SAFETY_KEYS.seal_json(key.id, request.safety_reason, place_glass_text(id_, "safety_reason"))
            if later
            else None
        ),
        told_ids=list(witnesses),
        opened_at=now,
        until=now + timedelta(minutes=request.minutes),
        tell_at=now + TELL_WITHIN if later else now,
        told_at=None if later else now,
        tell_due_at=now + TELL_WITHIN if later else None,
        end_due_at=now + timedelta(minutes=request.minutes),
        review_due_at=now + REVIEW_WITHIN,
        remind_at=now + REVIEW_WITHIN,
    )


def _require_reviewable(opening: GlassOpening, actor: PersonCard) -> None:
    if str(opening.coordinator_id) == actor.id:
        raise GlassOwnReview()
    if opening.reviewed_at is not None:
        raise GlassReviewed()


def _write_review(opening: GlassOpening, actor: PersonCard, outcome: str, words: str, now: datetime) -> None:
    opening.reviewed_at, opening.reviewed_by, opening.review_outcome = now, UUID(actor.id), outcome
    opening.review_note = SAFETY_KEYS.seal_json(opening.key_id, words, place_glass_text(opening.id, "review_note"))
    opening.save(update_fields=["reviewed_at", "reviewed_by", "review_outcome", "review_note"])


def _tell_youth(opening: GlassOpening, now: datetime) -> None:
    opening.told_at, opening.tell_due_at = now, None
    opening.save(update_fields=["told_at", "tell_due_at"])
    append_events([_draft(str(opening.youth_id), GLASS_OPENED, opening)], now=now)


def _remind_reviewers(opening: GlassOpening, now: datetime) -> None:
    opening.remind_at = now + REMIND_EVERY
    opening.save(update_fields=["remind_at"])
    if opening.reviewed_at is not None:
        return
    reviewers = list_reviewers(str(opening.team_id), besides=str(opening.coordinator_id))
    append_events([_draft(one, GLASS_REVIEW_DUE, opening) for one in reviewers], now=now)


def _end_over(opening: GlassOpening, now: datetime) -> None:
    _end(opening, EXPIRED, opening.until)
    record_entries([make_system_entry(opening, "break_glass.ended")], now=now)


def _end(opening: GlassOpening, reason: str, at: datetime) -> None:
    opening.ended_at, opening.end_reason, opening.end_due_at = at, reason, None
    opening.save(update_fields=["ended_at", "end_reason", "end_due_at"])


def _draft(person_id: str, kind: str, opening: GlassOpening) -> EventDraft:
    return EventDraft(person_id, kind, None, None, {"glass": str(opening.id)})
