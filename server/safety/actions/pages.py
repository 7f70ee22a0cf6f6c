"""Pages: queued with the step that calls, put out one by one, stopped by whoever answers.

Lock order: the escalation → the page → the stream of who is paged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from server.events.facts import PageQueued
from server.events.outbox import record_facts
from server.foundation.clock import format_instant
from server.foundation.ids import make_id
from server.foundation.logs import get_logger
from server.realtime.streams import EventDraft, append_events
from server.safety.actions.moving import make_refs
from server.safety.models import Escalation, Page
from server.safety.rules.levels import may_break_silence
from server.safety.rules.stepping import CHANNEL_LEASE, PAGE_LEASE, find_retry

log = get_logger(__name__)
APP: Final = "app"
EMAIL: Final = "email"
WEBHOOK: Final = "webhook"
OUTSIDE: Final = (EMAIL, WEBHOOK)

OPENED: Final = "escalation.opened"
STEP: Final = "escalation.step"


@dataclass(frozen=True, slots=True)
class PageLease:
    """A worker's hold on one page that is due: nobody else puts it out before `until`."""

    page_id: UUID
    until: datetime


def queue_pages(
    escalation: Escalation, person_ids: Sequence[str], *, reason: str, now: datetime, outside: bool = False
) -> list[Page]:
    """Queue a page for each of these people, and with `outside` one for each channel of the last resort.

    Pages to people go out right after the commit; a worker puts out what did not. Publishes PageQueued for people.
    """
    called = [(APP, one) for one in sorted(person_ids)] + [(one, None) for one in OUTSIDE if outside]
    pages = Page.objects.bulk_create(_draft(escalation, channel, one, reason, now) for channel, one in called)
    own = [one for one in pages if one.person_id is not None]
    record_facts([_make_fact(one, now) for one in own], now=now)
    for page in own:
        transaction.on_commit(partial(put_out_page, page_id=page.id, now=now), robust=True)
    return pages


def put_out_page(*, page_id: UUID, now: datetime) -> bool:
    """Put a page into its recipient's log, unless it was stopped or is out already. Publishes escalation.opened for the
    first that reaches somebody, escalation.step for others. Locks the page, then the stream."""
    with transaction.atomic():
        waiting = Page.objects.filter(id=page_id, channel=APP, state="queued")
        if waiting.update(state="sent", ended_at=now) != 1:
            return False
        page = Page.objects.select_related("escalation").get(id=page_id)
        append_events([_make_event(page)], now=now)
    return True


def lease_page(channel: str, *, now: datetime) -> PageLease | None:
    """Take hold of one page of a channel that is due, so that no other worker puts it out; None when there is none."""
    until = now + (PAGE_LEASE if channel == APP else CHANNEL_LEASE)
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    with transaction.atomic():
        rows = Page.objects.select_for_update(skip_locked=True, no_key=True)
        due = rows.filter(free, channel=channel, state="queued", due_at__lte=now).order_by("due_at", "id").first()
        if due is None:
            return None
        Page.objects.filter(id=due.id).update(leased_until=until, tries=F("tries") + 1)
    return PageLease(due.id, until)


def find_leased_page(lease: PageLease) -> Page | None:
    """Return the page that is held, with its escalation; None when it was stopped, or is in other hands by now."""
    held = Page.objects.select_related("escalation").filter(id=lease.page_id, leased_until=lease.until, state="queued")
    return held.first()


def finish_page(lease: PageLease, *, now: datetime) -> bool:
    """Write down that a page of the last resort went out. One that was stopped meanwhile stays stopped."""
    held = Page.objects.filter(id=lease.page_id, leased_until=lease.until, state="queued")
    return held.update(state="sent", ended_at=now, leased_until=None, failure="") == 1


def put_page_back(lease: PageLease, problem: Exception, *, now: datetime) -> None:
    """Try a page that failed again later; given up after MOST_TRIES, with an alarm."""
    page = find_leased_page(lease)
    if page is None:
        return
    failure = type(problem).__name__[:60]
    again = find_retry(page.tries, now)
    held = Page.objects.filter(id=page.id, leased_until=lease.until, state="queued")
    if again is None:
        held.update(state="failed", ended_at=now, leased_until=None, failure=failure)
        log.error("page_given_up", page_id=str(page.id), channel=page.channel, problem=failure)
        return
    held.update(due_at=again, leased_until=None, failure=failure)
    log.warning("page_put_back", page_id=str(page.id), channel=page.channel, tries=page.tries, problem=failure)


def stop_pages(escalation: Escalation, *, now: datetime) -> int:
    """Stop every page that is not out yet; return how many. The caller holds the escalation."""
    waiting = Page.objects.filter(escalation=escalation, state="queued")
    return waiting.update(state="stopped", ended_at=now, leased_until=None)


def lock_waiting_pages(escalation: Escalation) -> None:
    """Lock every page that is not out yet, ascending: for who locks streams before stopping them. The caller holds the
    escalation."""
    waiting = Page.objects.select_for_update(no_key=True).filter(escalation=escalation, state="queued")
    list(waiting.order_by("id").values_list("id"))


def list_called(escalation: Escalation) -> set[str]:
    """Return whom this round of the chain has called so far."""
    called = Page.objects.filter(escalation=escalation, round=escalation.round, person_id__isnull=False)
    return {str(one) for one in called.values_list("person_id", flat=True)}


def _draft(escalation: Escalation, channel: str, person_id: str | None, reason: str, now: datetime) -> Page:
    return Page(
        id=make_id(),
        escalation=escalation,
        channel=channel,
        person_id=UUID(person_id) if person_id is not None else None,
        reason=reason,
        round=escalation.round,
        chain_at=escalation.chain_at,
        level=escalation.level,
        breaks_silence=may_break_silence(escalation.level),
        queued_at=now,
        due_at=now,
    )


def _make_fact(page: Page, now: datetime) -> PageQueued:
    return PageQueued(
        page_id=str(page.id),
        escalation_id=str(page.escalation_id),
        recipient_id=str(page.person_id),
        level=page.level,
        at=format_instant(now),
    )


def _make_event(page: Page) -> EventDraft:
    earlier = Page.objects.filter(escalation_id=page.escalation_id, person_id=page.person_id, state="sent")
    first = not earlier.exclude(id=page.id).exists()
    refs = make_refs(page.escalation) | {"page": str(page.id), "reason": page.reason}
    return EventDraft(str(page.person_id), OPENED if first else STEP, refs=refs)


def list_ids(pages: Iterable[Page]) -> list[str]:
    """Return ids as the history writes them."""
    return [str(one.id) for one in pages]
