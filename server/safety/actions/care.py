"""How it was: asked of the youth and of the experts who worried, when an escalation has ended. Nobody has to answer.

Lock order: the row of the question, then hours and what they lock (for an expert's rest), then streams.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import EXPERT, YOUTH
from server.availability.actions import declare_rest
from server.availability.queries import find_reachability
from server.foundation.errors import NotFound
from server.foundation.leases import do_due
from server.realtime.streams import EventDraft, append_events
from server.safety.actions.worries import find_next_try
from server.safety.file_errors import CareAnswered, Heaviness
from server.safety.file_policies import require_be_cared_for, require_keep_files
from server.safety.models import AfterCare, Escalation, Joining, Signal, Worry
from server.safety.rules.care import HEAVIEST, LIGHTEST, wants_rest
from server.safety.rules.joining import HELP
from server.safety.states import HANDED_OVER, RESOLVED

ASKED: Final = "care.asked"
_ENDED: Final = (RESOLVED, HANDED_OVER)


def ask_how_it_was(*, escalation_ids: Iterable[object], now: datetime) -> None:
    """Ask the experts who worried about each of these escalations that has ended, and the youth who knows of it.

    Once each.
    """
    for one in Escalation.objects.filter(id__in=list(escalation_ids), state__in=_ENDED).order_by("id"):
        asked = [(expert, EXPERT) for expert in _list_experts(one)] + [(youth, YOUTH) for youth in _list_youths(one)]
        AfterCare.objects.bulk_create(
            [
                AfterCare(
                    team_id=one.team_id, escalation_id=one.id, person_id=person, role=role, asked_at=now, tell_at=now
                )
                for person, role in asked
            ],
            ignore_conflicts=True,
        )


def tell_after_care(*, now: datetime) -> bool:
    """Put one question into somebody's log: an expert's within their hours only, else at their next opening.

    False when nobody is to be asked. Publishes care.asked. Locks the question, then the stream.
    """
    return do_due(AfterCare.objects.all(), "tell_at", partial(_ask, now=now), now=now)


def _ask(care: AfterCare, now: datetime) -> None:
    hours = find_reachability(care.person_id, now) if care.role == EXPERT else None
    if hours is None or hours.open:
        care.tell_at = None
        refs = {"after_care": str(care.id), "escalation": str(care.escalation_id)}
        append_events([EventDraft(str(care.person_id), ASKED, None, None, refs)], now=now)
    else:
        care.tell_at = find_next_try(care.asked_at, hours.next_opening, now)
    care.save(update_fields=("tell_at",))


def answer_after_care(
    *,
    actor: PersonCard,
    care_id: UUID | str,
    heaviness: int,
    call_back: bool,
    rest: bool | None = None,
    now: datetime,
) -> tuple[AfterCare, datetime | None]:
    """Say how it was, and whether a coordinator may call back; return the question and until when the actor rests.

    An expert for whom it was heavy (from 4 on) gets rest unless they say no; anybody else none. Raises Forbidden,
    NotFound, Heaviness, CareAnswered. Publishes HoursChanged with the rest. Locks in the order of this module.
    """
    require_be_cared_for(actor)
    if not LIGHTEST <= heaviness <= HEAVIEST:
        raise Heaviness()
    with transaction.atomic():
        care = _lock_care({"id": care_id, "person_id": actor.id})
        if care.answered_at is not None:
            raise CareAnswered()
        care.answered_at, care.heaviness, care.call_back, care.tell_at = now, heaviness, call_back, None
        care.save(update_fields=("answered_at", "heaviness", "call_back", "tell_at"))
        resting = actor.role == EXPERT and wants_rest(heaviness, rest)
        return care, declare_rest(actor=actor, now=now) if resting else None


def note_call_back(*, actor: PersonCard, care_id: UUID | str, now: datetime) -> AfterCare:
    """Write down that the actor has called somebody back who asked for it.

    Raises Forbidden, NotFound for another team's and where no call was asked for, CareAnswered. Locks the question.
    """
    require_keep_files(actor)
    with transaction.atomic():
        care = _lock_care({"id": care_id, "team_id": actor.team_id, "call_back": True})
        if care.called_at is not None:
            raise CareAnswered()
        care.called_at, care.called_by = now, UUID(actor.id)
        care.save(update_fields=("called_at", "called_by"))
        return care


def _lock_care(where: dict[str, object]) -> AfterCare:
    care = AfterCare.objects.select_for_update(no_key=True).filter(**where).first()
    if care is None:
        raise NotFound()
    return care


def _list_experts(escalation: Escalation) -> list[UUID]:
    found = Worry.objects.filter(escalation_id=escalation.id)
    return list(found.order_by("expert_id").values_list("expert_id", flat=True))


def _list_youths(escalation: Escalation) -> list[UUID]:
    """Return the youth who pressed the button, or whom a coordinator came to: to anybody else it would be news."""
    if escalation.youth_id is None:
        return []
    pressed = Signal.objects.filter(escalation_id=escalation.id, by_id=escalation.youth_id, kind=HELP).exists()
    known = pressed or Joining.objects.filter(escalation_id=escalation.id).exists()
    return [escalation.youth_id] if known else []
