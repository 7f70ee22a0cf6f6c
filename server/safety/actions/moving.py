"""What every change of an escalation has in common: a conditional write, a line of history, a fact, who hears.

The caller holds the escalation's row. Lock order: escalations → their pages → what ports lock → streams.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard
from server.events.facts import EscalationMoved, HelpPickedUp
from server.events.outbox import record_facts
from server.foundation.clock import format_instant
from server.realtime.streams import EventDraft, append_events
from server.safety.errors import IllegalTransition
from server.safety.keys import SAFETY_KEYS, place_history
from server.safety.models import Escalation, HistoryEntry, Page, Signal
from server.safety.states import ESCALATION

# verb → the event that is heard of it
EVENT_OF = {
    "open": "escalation.opened",
    "acknowledge": "escalation.acknowledged",
    "begin": "escalation.begun",
    "lapse": "escalation.lapsed",
    "release": "escalation.lapsed",
    "raise": "escalation.raised",
    "resolve": "escalation.resolved",
    "hand_over": "escalation.handed_over",
    "reopen": "escalation.reopened",
}
PICKED_UP: Final = "acknowledge"


def move(
    escalation: Escalation,
    verb: str,
    *,
    by: PersonCard | None,
    now: datetime,
    refs: Mapping[str, Any] | None = None,
    note: Any = None,
    **changes: Any,
) -> None:
    """Take a step of the machine with these further changes, and write it down. `note` is sealed into the history.

    A worker's hold on a step ends with it. Raises IllegalTransition. Publishes EscalationMoved.
    """
    before, to = escalation.state, ESCALATION.require_step(verb, escalation.state)
    token = escalation.step_token + 1
    changes |= {"state": to, "changed_at": now, "step_token": token, "leased_until": None}
    unchanged = Escalation.objects.filter(id=escalation.id, state=before, step_token=escalation.step_token)
    if unchanged.update(**changes) != 1:
        raise IllegalTransition(f"{verb} is not possible any more")
    for name, value in changes.items():
        setattr(escalation, name, value)
    record_history(escalation, verb, by=by, now=now, before=before, refs=refs, note=note)
    record_move(escalation, verb, now)


def record_history(
    escalation: Escalation,
    verb: str,
    *,
    by: PersonCard | None,
    now: datetime,
    before: str | None = None,
    refs: Mapping[str, Any] | None = None,
    note: Any = None,
) -> HistoryEntry:
    """Add a line to the history: what was done, by whom, with ids and codes; `note` is sealed. Never changed."""
    escalation.history_count += 1
    number = escalation.history_count
    place = place_history(escalation.id, number)
    sealed = SAFETY_KEYS.seal_json(escalation.key_id, note, place) if note is not None else None
    Escalation.objects.filter(id=escalation.id).update(history_count=number)
    return HistoryEntry.objects.create(
        escalation=escalation,
        number=number,
        verb=verb,
        from_state=escalation.state if before is None else before,
        to_state=escalation.state,
        by_id=UUID(by.id) if by is not None else None,
        role=by.role if by is not None else "",
        refs=dict(refs or {}),
        note=sealed,
        at=now,
    )


def record_move(escalation: Escalation, verb: str, now: datetime) -> None:
    """Record the fact that other rooms hear."""
    fact = EscalationMoved(
        escalation_id=str(escalation.id),
        team_id=str(escalation.team_id),
        youth_id=str(escalation.youth_id) if escalation.youth_id else None,
        conversation_id=str(escalation.conversation_id) if escalation.conversation_id else None,
        verb=verb,
        state=escalation.state,
        level=escalation.level,
        at=format_instant(now),
    )
    record_facts([fact], now=now)


def tell_moved(
    escalation: Escalation, verb: str, *, by: PersonCard | None, now: datetime, also: Sequence[str] = ()
) -> None:
    """Let everybody hear who was paged for it and who has it in hands, and the youth who signalled themselves.

    `also` are further people. What each may see of it is decided when it is shown (`events.EscalationEvents`).
    Publishes HelpPickedUp for that youth when it was acknowledged.
    """
    refs = make_refs(escalation) | ({"role": by.role} if by is not None else {})
    heard = {*list_paged(escalation), *also}
    if escalation.handler_id is not None:
        heard.add(str(escalation.handler_id))
    heard -= set(escalation.excluded)
    if is_known_to_youth(escalation):
        heard.add(str(escalation.youth_id))
        _record_picked_up(escalation, verb, now)
    append_events([EventDraft(one, EVENT_OF[verb], refs=refs) for one in sorted(heard)], now=now)


def _record_picked_up(escalation: Escalation, verb: str, now: datetime) -> None:
    if verb == PICKED_UP:
        record_facts([HelpPickedUp(str(escalation.id), str(escalation.youth_id), format_instant(now))], now=now)


def tell_raised(escalation: Escalation, *, by: PersonCard | None, now: datetime, also: Sequence[str]) -> None:
    """Let the same people hear that it became worse: the youth at once, coordinators right after the commit.

    A lock on a coordinator's log must not be able to refuse a call for help; what could not be told is logged, and the
    pages that call them are rows. `also` are further people. Locks the youth's stream.
    """
    told = {*list_paged(escalation), *also} - set(escalation.excluded)
    kind, refs = EVENT_OF["raise"], make_refs(escalation) | ({"role": by.role} if by is not None else {})
    if is_known_to_youth(escalation):
        append_events([EventDraft(str(escalation.youth_id), kind, refs=refs)], now=now)
    tell_after_commit([EventDraft(one, kind, refs=refs) for one in sorted(told)], now=now)


def tell_after_commit(drafts: Sequence[EventDraft], *, now: datetime) -> None:
    """Put events into logs right after the commit, in a transaction of its own. A failure is logged, nothing more."""
    transaction.on_commit(partial(_append, drafts, now), robust=True)


def _append(drafts: Sequence[EventDraft], now: datetime) -> None:
    with transaction.atomic():
        append_events(drafts, now=now)


def make_refs(escalation: Escalation) -> dict[str, Any]:
    """Return what every event of an escalation carries."""
    return {"escalation": str(escalation.id), "level": escalation.level, "state": escalation.state}


def is_known_to_youth(escalation: Escalation) -> bool:
    """Tell whether the youth knows of it, because they pressed the button themselves.

    Others' worries about somebody are told by a person who joins, not by an alarm on the youth's screen.
    """
    if escalation.youth_id is None:
        return False
    return Signal.objects.filter(escalation=escalation, by_id=escalation.youth_id, kind="help").exists()


def list_paged(escalation: Escalation) -> list[str]:
    """Return whom pages about it have reached."""
    sent = Page.objects.filter(escalation=escalation, state="sent", person_id__isnull=False)
    return sorted({str(one) for one in sent.values_list("person_id", flat=True)})
