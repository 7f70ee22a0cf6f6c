"""Test pages: asked for, heard, confirmed; so that the roster is honest before the night and not in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, list_standing
from server.accounts.rules.roles import COORDINATOR
from server.events.facts import TestPageAsked
from server.events.outbox import record_facts
from server.foundation.clock import format_instant
from server.foundation.ids import make_id
from server.realtime.streams import EventDraft, append_events
from server.safety.access import access_trial_page
from server.safety.errors import TrialPageOver
from server.safety.models import TrialPage
from server.safety.policies import require_answer
from server.safety.queries import list_due_for_trial
from server.safety.rules.trials import LEFT_IN_PEACE_FOR, is_over

TESTED: Final = "page.test"
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class _Trial:
    """Who is to show that a page reaches them, and who asks for it."""

    team_id: str
    person_id: str
    asked_by: str


def ask_test_page(*, actor: PersonCard, now: datetime) -> TrialPage:
    """Have a test page sent to oneself. Raises Forbidden. Publishes page.test into the own log, TestPageAsked."""
    require_answer(actor)
    return _ask([_Trial(actor.team_id, actor.id, actor.id)], now)[0]


def ask_test_pages(*, actor: PersonCard, now: datetime) -> list[TrialPage]:
    """Have a test page sent to every coordinator of the actor's team; return everybody's newest.

    Whoever was asked within LEFT_IN_PEACE_FOR is not rung again. Raises Forbidden. Publishes page.test, TestPageAsked.
    """
    require_answer(actor)
    standing = [one.id for one in list_standing([COORDINATOR], actor.team_id)]
    newest = _list_asked_since(standing, now - LEFT_IN_PEACE_FOR)
    trials = [_Trial(actor.team_id, one, actor.id) for one in standing if one not in newest]
    newest |= {str(one.person_id): one for one in (_ask(trials, now) if trials else ())}
    return [newest[one] for one in standing]


def ask_due_test_pages(*, now: datetime) -> list[TrialPage]:
    """Have a test page sent to everybody on call in the weeks ahead who is due for one (`rules.trials`), a bounded
    number; return them. Publishes page.test, TestPageAsked."""
    people = list_due_for_trial(now=now)
    return _ask([_Trial(one.team_id, one.id, one.id) for one in people[:_AT_ONCE]], now) if people else []


def confirm_test_page(*, actor: PersonCard, page_id: UUID | str, now: datetime) -> TrialPage:
    """Say that it came. Again it changes nothing. Raises Forbidden, NotFound, TrialPageOver."""
    page = access_trial_page(actor, page_id)
    if page.confirmed_at is None:
        if is_over(page.asked_at, now):
            raise TrialPageOver()
        TrialPage.objects.filter(id=page.id, confirmed_at=None).update(confirmed_at=now)
        page.refresh_from_db()
    return page


def _list_asked_since(person_ids: Sequence[str], since: datetime) -> dict[str, TrialPage]:
    """Return the newest test page of each of these people who was asked for one after an instant."""
    found = TrialPage.objects.filter(person_id__in=person_ids, asked_at__gt=since).order_by("asked_at")
    return {str(one.person_id): one for one in found}


def _ask(trials: Sequence[_Trial], now: datetime) -> list[TrialPage]:
    drafts = [
        TrialPage(
            id=make_id(),
            team_id=UUID(one.team_id),
            person_id=UUID(one.person_id),
            asked_by=UUID(one.asked_by),
            asked_at=now,
        )
        for one in trials
    ]
    with transaction.atomic():
        made = TrialPage.objects.bulk_create(drafts)
        told = [EventDraft(str(one.person_id), TESTED, refs={"test_page": str(one.id)}) for one in made]
        append_events(told, now=now)
        record_facts([TestPageAsked(str(one.id), str(one.person_id), format_instant(now)) for one in made], now=now)
    return made
