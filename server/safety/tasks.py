"""What is due for escalations: one bounded step at a time, safe with any number of workers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from server.foundation.logs import get_logger
from server.safety.actions.pages import (
    APP,
    EMAIL,
    WEBHOOK,
    find_leased_page,
    finish_page,
    lease_page,
    put_out_page,
    put_page_back,
)
from server.safety.actions.stepping import lease_step, run_step
from server.safety.actions.trials import ask_due_test_pages
from server.safety.actions.watching import beat, count_late, lease_call, lease_turn
from server.safety.chain_queries import get_safety_settings
from server.safety.channels import ChannelFailed
from server.safety.channels.choosing import find_channel, write_message
from server.safety.channels.webhook import call_url
from server.safety.models import Page
from server.safety.shapes import find_reference

log = get_logger(__name__)
_FREE: Final = "(leased_until IS NULL OR leased_until <= %(now)s::timestamptz)"
_QUEUED: Final = f"state = 'queued' AND due_at <= %(now)s::timestamptz AND {_FREE}"
DUE_STEPS: Final = f"safety_escalation WHERE step_at <= %(now)s::timestamptz AND {_FREE}"
DUE_PAGES: Final = f"safety_page WHERE channel = '{APP}' AND {_QUEUED}"
DUE_LETTERS: Final = f"safety_page WHERE channel = '{EMAIL}' AND {_QUEUED}"
DUE_WEBHOOKS: Final = f"safety_page WHERE channel = '{WEBHOOK}' AND {_QUEUED}"
_CALL_EVERY: Final = timedelta(seconds=55)
_TRIALS: Final = "trials"
_TRIALS_EVERY: Final = timedelta(hours=1)


def step_escalations(now: datetime) -> bool:
    """Take one step of a chain that is due; say whether there was one.

    The lease is committed first: a step that fails is tried again after it, and holds up no other escalation.
    """
    lease = lease_step(now=now)
    if lease is None:
        return False
    run_step(lease=lease, now=now)
    return True


def step_pages(now: datetime) -> bool:
    """Put out one page to a person that did not go out with its step; say whether there was one."""
    lease = lease_page(APP, now=now)
    if lease is None:
        return False
    try:
        put_out_page(page_id=lease.page_id, now=now)
    except Exception as problem:
        put_page_back(lease, problem, now=now)
    return True


def step_letters(now: datetime) -> bool:
    """Send one letter of the last resort that is due; say whether there was one."""
    return _send_one(EMAIL, now)


def step_webhooks(now: datetime) -> bool:
    """Make one call of the second channel that is due; say whether there was one."""
    return _send_one(WEBHOOK, now)


def step_trials(now: datetime) -> bool:
    """Ask for the test pages that are due this month, once an hour, whichever worker comes first; never finds work."""
    if lease_turn(_TRIALS, now=now, every=_TRIALS_EVERY):
        ask_due_test_pages(now=now)
    return False


def step_watch(now: datetime) -> bool:
    """Prove that no step and no page is late, and only then beat the heartbeat, inside and outside; never finds work.

    Silence is the alarm: `/readyz` and the monitor behind HEARTBEAT_URL look at it.
    """
    steps, pages = count_late(now=now)
    if steps or pages:
        log.error("escalations_late", steps=steps, pages=pages)
        return False
    beat(now=now)
    if settings.HEARTBEAT_URL and lease_call(now=now, every=_CALL_EVERY):
        _call_monitor()
    return False


def _send_one(channel: str, now: datetime) -> bool:
    """Claim, send outside any transaction, then write it down: at least once, and never while rows are locked."""
    lease = lease_page(channel, now=now)
    if lease is None:
        return False
    page = find_leased_page(lease)
    if page is None:
        return True  # somebody answered between the two
    try:
        _send(page)
    except Exception as problem:
        put_page_back(lease, problem, now=now)
    else:
        finish_page(lease, now=now)
    return True


def _send(page: Page) -> None:
    to = get_safety_settings(page.escalation.team_id).standing_email if page.channel == EMAIL else ""
    message = write_message(page_id=str(page.id), reference=find_reference(page.escalation), level=page.level, to=to)
    find_channel(page.channel).send(message)


def _call_monitor() -> None:
    try:
        call_url(settings.HEARTBEAT_URL)
    except (ChannelFailed, OSError) as problem:
        log.warning("heartbeat_call_failed", problem=type(problem).__name__)
