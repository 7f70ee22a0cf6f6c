"""The chain walks: one claimed step at a time, the next due time stored, nobody on duty followed by the next at once.

Lock order: the escalation → its pages → streams. A step is claimed with a lease and a token; whoever acknowledges makes
a new token, so that a claim that went stale changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from server.accounts.queries import get_team_zone, list_standing
from server.accounts.rules.roles import COORDINATOR
from server.availability.public_holidays import list_days_off
from server.foundation.database import as_texts
from server.foundation.logs import get_logger
from server.safety.actions.moving import move, record_history, record_move, tell_moved
from server.safety.actions.pages import list_called, list_ids, queue_pages, stop_pages
from server.safety.chain_queries import find_roster, freeze_team_chain
from server.safety.models import Escalation, Page
from server.safety.rules.chains import LAST_RESORT, ON_CALL, Step, restore_chain
from server.safety.rules.levels import IDLE_AFTER, find_repeat
from server.safety.rules.rosters import Roster, choose_called
from server.safety.rules.stepping import JUST_CALLED, REMIND, STEP_LEASE, find_next_step
from server.safety.states import ACKNOWLEDGED, OPEN, TAKEN

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StepLease:
    """A worker's hold on the next step of an escalation: it counts while the row still bears this token."""

    escalation_id: UUID
    token: int


def begin_chain(escalation: Escalation, *, now: datetime, also: Sequence[str] = ()) -> None:
    """Freeze the chain in force for the level and take its first step; `also` are called with it.

    The caller holds the row of an escalation that is open. Publishes PageQueued.
    """
    stop_pages(escalation, now=now)
    escalation.chain = freeze_team_chain(escalation.team_id, escalation.level)
    escalation.round += 1
    escalation.chain_at = escalation.repeats = escalation.reminders = 0
    escalation.save(update_fields=["chain", "round", "chain_at", "repeats", "reminders"])
    take_step(escalation, now=now, also=also)


def take_step(escalation: Escalation, *, now: datetime, also: Sequence[str] = ()) -> None:
    """Call whom the next step calls. A step that finds nobody is written down and followed by the next at once.

    The caller holds the row of an escalation that is open. Publishes PageQueued.
    """
    steps = restore_chain(escalation.chain["steps"])
    if escalation.chain_at >= len(steps):
        _repeat(escalation, now)
        return
    roster = _find_roster(escalation, now)
    for step in steps[escalation.chain_at :]:
        escalation.chain_at += 1
        called = choose_called(step, roster, list_called(escalation), escalation.excluded)
        if called or step.kind == LAST_RESORT:
            break
        _fail_step(escalation, step, now)
    _call(escalation, step, {*called, *_keep_standing(roster, also)}, now)
    zone = get_team_zone(escalation.team_id)
    escalation.step_at = find_next_step(step, escalation.level, now, zone, list_days_off(now.year))
    escalation.save(update_fields=["chain_at", "step_at"])


def lease_step(*, now: datetime) -> StepLease | None:
    """Take hold of one step that is due, so that no other worker takes it; None when there is none.

    Locks the escalation; one that is locked is in somebody else's hands.
    """
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    with transaction.atomic():
        rows = Escalation.objects.select_for_update(skip_locked=True, no_key=True)
        due = rows.filter(free, step_at__lte=now).order_by("step_at", "id").first()
        if due is None:
            return None
        token = due.step_token + 1
        Escalation.objects.filter(id=due.id).update(step_token=token, leased_until=now + STEP_LEASE)
    return StepLease(due.id, token)


def run_step(*, lease: StepLease, now: datetime) -> bool:
    """Take the step that is held: call the next, remind who promised, or end a promise that was not kept. What is in
    the hands of somebody who may not answer any more is open again, whatever was due.

    False when it was no longer to be done: somebody acknowledged, or another worker has it by now. Publishes
    PageQueued, and when it is open again EscalationMoved. Locks the escalation, its pages, then streams.
    """
    with transaction.atomic():
        rows = Escalation.objects.select_for_update(no_key=True)
        escalation = rows.filter(id=lease.escalation_id, step_token=lease.token, step_at__lte=now).first()
        if escalation is None:
            return False
        if escalation.state == OPEN:
            take_step(escalation, now=now)
        elif not _may_answer(escalation):
            _let_go(escalation, "release", now)
        elif escalation.state == ACKNOWLEDGED:
            _look_at_promise(escalation, now)
        else:
            _look_at_work(escalation, now)
        # Whoever still holds an older lease finds another token.
        Escalation.objects.filter(id=escalation.id, step_token=lease.token).update(
            step_token=lease.token + 1, leased_until=None
        )
    return True


def hasten_step(escalation: Escalation, *, now: datetime) -> None:
    """Let the next step of an open escalation be due now, or once who was just called had JUST_CALLED to answer.

    It is never later than it was, and repeats after the end of the chain keep their times. The caller holds its row.
    """
    if escalation.state != OPEN or escalation.chain_at >= len(escalation.chain["steps"]):
        return
    newest = Page.objects.filter(escalation=escalation).aggregate(at=Max("queued_at"))["at"]
    due = max(now, newest + JUST_CALLED) if newest is not None else now
    if escalation.step_at is None or due < escalation.step_at:
        Escalation.objects.filter(id=escalation.id).update(step_at=due)
        escalation.step_at = due


def look_again(escalation_ids: Collection[object], *, now: datetime) -> None:
    """Let what is next to be done for these be due now: who has them in hands may not answer any more.

    The caller holds their rows. Those that are open keep their time.
    """
    Escalation.objects.filter(id__in=as_texts(escalation_ids), state__in=TAKEN, step_at__gt=now).update(step_at=now)


# --- one step


def _call(escalation: Escalation, step: Step, people: set[str], now: datetime) -> None:
    last = step.kind == LAST_RESORT
    pages = queue_pages(escalation, sorted(people), reason=step.kind, now=now, outside=last)
    refs = {"round": escalation.round, "step": escalation.chain_at, "kind": step.kind, "pages": list_ids(pages)}
    record_history(escalation, "page", by=None, now=now, refs=refs)


def _fail_step(escalation: Escalation, step: Step, now: datetime) -> None:
    """Nobody is there: written down, shown, an alarm in the log. The next follows at once."""
    refs = {"round": escalation.round, "step": escalation.chain_at, "kind": step.kind}
    record_history(escalation, "step_failed", by=None, now=now, refs=refs)
    record_move(escalation, "step_failed", now)
    log.error("nobody_on_duty", escalation_id=str(escalation.id), team_id=str(escalation.team_id), step=step.kind)


def _repeat(escalation: Escalation, now: datetime) -> None:
    """Begin the last resort again, and call whoever is on call by now."""
    roster = _find_roster(escalation, now)
    called = choose_called(Step(ON_CALL), roster, (), escalation.excluded)
    pages = queue_pages(escalation, called, reason="repeat", now=now, outside=True)
    escalation.repeats += 1
    escalation.step_at = now + find_repeat(escalation.level, escalation.repeats)
    escalation.save(update_fields=["repeats", "step_at"])
    refs = {"times": escalation.repeats, "pages": list_ids(pages)}
    record_history(escalation, "repeat", by=None, now=now, refs=refs)
    log.error("still_unanswered", escalation_id=str(escalation.id), times=escalation.repeats)


def _look_at_promise(escalation: Escalation, now: datetime) -> None:
    until = escalation.promise_until
    if until is not None and now < until:
        _remind(escalation, [str(escalation.handler_id)], now)
        escalation.step_at = until
        escalation.save(update_fields=["step_at"])
        return
    _let_go(escalation, "lapse", now)


def _may_answer(escalation: Escalation) -> bool:
    standing = list_standing([COORDINATOR], escalation.team_id)
    return str(escalation.handler_id) in {one.id for one in standing}


def _let_go(escalation: Escalation, verb: str, now: datetime) -> None:
    """Open it again without who had it in hands, and go on with the chain where it was."""
    handler = str(escalation.handler_id)
    changes = {"handler_id": None, "promise_until": None, "step_at": now}
    move(escalation, verb, by=None, now=now, refs={"handler": handler}, **changes)
    tell_moved(escalation, verb, by=None, now=now, also=[handler])
    take_step(escalation, now=now)


def _look_at_work(escalation: Escalation, now: datetime) -> None:
    """Nothing was heard of it for long: ask who has it in hands, and from the second time on who is on call as well."""
    asked = {str(escalation.handler_id)}
    if escalation.reminders:
        asked |= set(choose_called(Step(ON_CALL), _find_roster(escalation, now), (), escalation.excluded))
    _remind(escalation, sorted(asked), now)
    escalation.step_at = now + IDLE_AFTER[escalation.level]
    escalation.save(update_fields=["step_at"])


def _remind(escalation: Escalation, people: Sequence[str], now: datetime) -> None:
    pages = queue_pages(escalation, people, reason=REMIND, now=now)
    escalation.reminders += 1
    escalation.save(update_fields=["reminders"])
    record_history(escalation, "remind", by=None, now=now, refs={"pages": list_ids(pages)})


def _find_roster(escalation: Escalation, now: datetime) -> Roster:
    """Return who could be called. A roster that cannot be read is one without anybody: the chain goes on to its end."""
    try:
        with transaction.atomic():
            return find_roster(escalation.team_id, now=now)
    except Exception as problem:
        log.error("roster_unreadable", escalation_id=str(escalation.id), problem=type(problem).__name__)
        return Roster(())


def _keep_standing(roster: Roster, people: Sequence[str]) -> list[str]:
    return [one for one in people if one in roster.coordinators]
