"""Every coordinator's desk follows every escalation of the team: without a call, a sound or a push."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from server.accounts.queries import list_standing
from server.accounts.rules.roles import COORDINATOR
from server.realtime.streams import EventDraft
from server.safety.actions.moving import make_refs, tell_after_commit
from server.safety.models import Escalation

MOVED: Final = "escalation.moved"


def show_at_desks(*, escalation_ids: Collection[str], now: datetime) -> None:
    """Put how these escalations stand into the logs of all coordinators of their teams whom they may reach.

    The newest takes the place of the one before (a slot for each escalation): who comes back reads one line of each.
    It is a hint to look: right after the commit, so that whoever hears of the same step may still lock escalations and
    conversations, which come before streams. Idempotent. Publishes escalation.moved.
    """
    drafts = [
        EventDraft(one.id, MOVED, refs=make_refs(escalation), slot=f"desk:{escalation.id}")
        for escalation in Escalation.objects.filter(id__in=escalation_ids).order_by("id")
        for one in list_standing([COORDINATOR], escalation.team_id)
        if one.id not in escalation.excluded
    ]
    if drafts:
        tell_after_commit(drafts, now=now)
