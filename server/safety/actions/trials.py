"""Test pages: asked for, heard, confirmed; so that the roster is honest before the night and not in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, list_standing
from server.accounts.rules.roles import COORDINATOR
from server.foundation.ids import make_id
from server.realtime.streams import EventDraft, append_events
from server.safety.access import access_trial_page
from server.safety.errors import TrialPageOver
from server.safety.models import TrialPage
from server.safety.policies import require_answer
from server.safety.rules.trials import is_over

TESTED = "page.test"


def ask_test_page(*, actor: PersonCard, now: datetime) -> TrialPage:
    """Have a test page sent to oneself. Raises Forbidden. Publishes page.test into the own log."""
    require_answer(actor)
    return _ask(actor, [actor.id], now)[0]


def ask_test_pages(*, actor: PersonCard, now: datetime) -> list[TrialPage]:
    """Have a test page sent to every coordinator of the actor's team. Raises Forbidden. Publishes page.test."""
    require_answer(actor)
    return _ask(actor, [one.id for one in list_standing([COORDINATOR], actor.team_id)], now)


def confirm_test_page(*, actor: PersonCard, page_id: UUID | str, now: datetime) -> TrialPage:
    """Say that it came. Again it changes nothing. Raises Forbidden, NotFound, TrialPageOver."""
    page = access_trial_page(actor, page_id)
    if page.confirmed_at is None:
        if is_over(page.asked_at, now):
            raise TrialPageOver()
        TrialPage.objects.filter(id=page.id, confirmed_at=None).update(confirmed_at=now)
        page.refresh_from_db()
    return page


def _ask(actor: PersonCard, person_ids: Sequence[str], now: datetime) -> list[TrialPage]:
    team_id, asked_by = UUID(actor.team_id), UUID(actor.id)
    drafts = [
        TrialPage(id=make_id(), team_id=team_id, person_id=UUID(one), asked_by=asked_by, asked_at=now)
        for one in person_ids
    ]
    with transaction.atomic():
        made = TrialPage.objects.bulk_create(drafts)
        told = [EventDraft(str(one.person_id), TESTED, refs={"test_page": str(one.id)}) for one in made]
        append_events(told, now=now)
    return made
