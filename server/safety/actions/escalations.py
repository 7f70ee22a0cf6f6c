"""From a sign of worry to somebody who answers: raising, acknowledging, being at work on it, ending it.

Lock order: the escalation → its pages → what ports lock → streams.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from server.accounts.queries import PersonCard
from server.foundation.errors import Unavailable
from server.foundation.ids import make_id
from server.realtime.streams import EventDraft, append_events
from server.safety.access import lock_escalation
from server.safety.actions.moving import (
    is_known_to_youth,
    make_refs,
    move,
    record_history,
    record_move,
    tell_after_commit,
    tell_moved,
    tell_raised,
)
from server.safety.actions.pages import stop_pages
from server.safety.actions.stepping import begin_chain
from server.safety.chain_queries import freeze_team_chain, get_safety_settings
from server.safety.errors import AlreadyOpen, NoteTooLong, OutcomeMissing
from server.safety.keys import SAFETY_KEYS, place_note
from server.safety.models import Escalation, SafetyKey, Signal
from server.safety.rules.levels import HAND_OVER_TO, IDLE_AFTER, OTHER, OUTCOMES, is_higher
from server.safety.states import ACKNOWLEDGED, ACTIVE, IN_PROGRESS, OPEN

MOST_NOTE: Final = 4_000  # characters
# Who has it in hands hears of further signals, not of every press.
_TOLD_AGAIN_AFTER: Final = timedelta(minutes=1)
_SIGNALLED: Final = "escalation.signalled"


@dataclass(frozen=True, slots=True)
class Raised:
    """The escalation that a signal opened or joined."""

    escalation: Escalation
    is_new: bool


def raise_signal(
    *,
    team_id: UUID | str,
    youth_id: UUID | str | None,
    kind: str,
    level: str,
    by: PersonCard | None,
    conversation_id: UUID | str | None = None,
    seqs: Sequence[int] = (),
    note: str | None = None,
    key: str | None = None,
    excluded: Sequence[str] = (),
    now: datetime,
) -> Raised:
    """Signal a worry: open an escalation and page the first of its chain, or join the one that is active for the youth.

    A level above its own raises it and begins the chain of that level at once. `by` is None for what the server itself
    noticed. `key` names the cause: the same key signals once, for ever. Without a youth one is active for each kind in
    a team. `excluded` are people whom nothing of it may reach, because it is about them; it then stays apart from
    the youth's own, by kind and key. Needs no Redis, no worker and no push. Raises NoteTooLong. Publishes
    EscalationMoved, PageQueued. Locks the escalation, its pages, then the youth's stream.
    """
    if note is not None and len(note) > MOST_NOTE:
        raise NoteTooLong()
    subject = _name_subject(youth_id, kind, key, excluded)
    signal = Signal(
        id=make_id(),
        kind=kind,
        level=level,
        by_id=UUID(by.id) if by is not None else None,
        role=by.role if by is not None else "",
        conversation_id=_read_id(conversation_id),
        seqs=list(seqs),
        dedupe_key=key,
        at=now,
    )
    with transaction.atomic():
        if (known := _find_signalled(key)) is not None:
            return Raised(known, is_new=False)
        escalation, is_new = _lock_or_open(subject, UUID(str(team_id)), _read_id(youth_id), signal, excluded)
        if not is_new and (known := _find_signalled(key)) is not None:
            return Raised(known, is_new=False)  # the same cause, on another thread
        before = escalation.signalled_at
        _store_signal(escalation, signal, note)
        if is_new:
            _begin(escalation, by, now)
        elif is_higher(level, escalation.level):
            _raise_level(escalation, level, by, now)
        elif escalation.state != OPEN and now - before >= _TOLD_AGAIN_AFTER:
            _tell_handler(escalation, kind, now)
        return Raised(escalation, is_new)


def acknowledge(*, actor: PersonCard, escalation_id: UUID | str, now: datetime) -> Escalation:
    """Promise to be at work on it within the team's minutes for the level; every page that is not out yet stops.

    Again by the same person it changes nothing. Raises Forbidden, NotFound, IllegalTransition. Publishes
    EscalationMoved.
    """
    with transaction.atomic():
        escalation = lock_escalation(actor, escalation_id)
        if escalation.state == ACKNOWLEDGED and str(escalation.handler_id) == actor.id:
            return escalation
        promise = get_safety_settings(escalation.team_id).find_promise(escalation.level)
        move(
            escalation,
            "acknowledge",
            by=actor,
            now=now,
            handler_id=UUID(actor.id),
            promise_until=now + promise,
            reminders=0,
            step_at=now + promise / 2,
        )
        _stop_and_tell(escalation, "acknowledge", actor, now)
    return escalation


def begin_escalation(*, actor: PersonCard, escalation_id: UUID | str, now: datetime) -> Escalation:
    """Be at work on it: the promise is kept, its clock ends. Inside the transaction of who joins the conversation.

    Whoever begins an open one acknowledges it by that. One that is in hands already stays in them. Raises Forbidden,
    NotFound, IllegalTransition. Publishes EscalationMoved.
    """
    with transaction.atomic():
        escalation = lock_escalation(actor, escalation_id)
        if escalation.state == IN_PROGRESS:
            return escalation
        if escalation.state == OPEN:
            escalation = acknowledge(actor=actor, escalation_id=escalation_id, now=now)
        move(
            escalation,
            "begin",
            by=actor,
            now=now,
            handler_id=UUID(actor.id),
            promise_until=None,
            reminders=0,
            step_at=now + IDLE_AFTER[escalation.level],
        )
        _stop_and_tell(escalation, "begin", actor, now)
    return escalation


def hand_over(
    *, actor: PersonCard, escalation_id: UUID | str, to: str | None, told: Sequence[str], now: datetime
) -> Escalation:
    """Give it into other hands: `to` is a word of HAND_OVER_TO or the coordinator's own, `told` what they were told.

    What was told and own words are sealed. Raises Forbidden, NotFound, NoteTooLong, IllegalTransition. Publishes
    EscalationMoved.
    """
    with transaction.atomic():
        escalation = lock_escalation(actor, escalation_id)
        if sum(map(len, told)) > MOST_NOTE:
            raise NoteTooLong()
        word, own = _choose_word(to or OTHER, HAND_OVER_TO)
        note = ({"to": own} if own else {}) | {"told": [one for one in told if one.strip()]}
        ended = {"promise_until": None, "step_at": None, "ended_at": now}
        move(escalation, "hand_over", by=actor, now=now, refs={"to": word}, note=note, **ended)
        _stop_and_tell(escalation, "hand_over", actor, now)
    return escalation


def resolve(
    *, actor: PersonCard, escalation_id: UUID | str, outcome: str | None, note: str | None = None, now: datetime
) -> Escalation:
    """End it: `outcome` is a word of OUTCOMES or the coordinator's own, `note` says more; both are sealed.

    Raises Forbidden, NotFound, OutcomeMissing, NoteTooLong, IllegalTransition. Publishes EscalationMoved.
    """
    with transaction.atomic():
        escalation = lock_escalation(actor, escalation_id)
        if outcome is None or not outcome.strip():
            raise OutcomeMissing()
        if note is not None and len(note) > MOST_NOTE:
            raise NoteTooLong()
        word, own = _choose_word(outcome, OUTCOMES)
        ended = {"promise_until": None, "step_at": None, "ended_at": now, "outcome": word}
        sealed = {name: text for name, text in (("outcome", own), ("note", note)) if text}
        move(escalation, "resolve", by=actor, now=now, refs={"outcome": word}, note=sealed or None, **ended)
        _stop_and_tell(escalation, "resolve", actor, now)
    return escalation


def _choose_word(text: str, words: Sequence[str]) -> tuple[str, str]:
    """Return the word of a list, and what was said in own words instead."""
    word = text.strip()
    return (word, "") if word in words else (OTHER, word)


def reopen(*, actor: PersonCard, escalation_id: UUID | str, now: datetime) -> Escalation:
    """Take one up again that has ended; its chain begins anew, as it is in force now.

    Raises Forbidden, NotFound, IllegalTransition, AlreadyOpen. Publishes EscalationMoved, PageQueued.
    """
    with transaction.atomic():
        escalation = lock_escalation(actor, escalation_id)
        begun: dict[str, Any] = {"handler_id": None, "ended_at": None, "outcome": "", "step_at": now}
        try:
            with transaction.atomic():
                move(escalation, "reopen", by=actor, now=now, **begun)
        except IntegrityError:
            raise AlreadyOpen() from None
        begin_chain(escalation, now=now)
        tell_moved(escalation, "reopen", by=actor, now=now)
    return escalation


def note_work(escalation: Escalation, verb: str, *, by: PersonCard, refs: dict[str, str], now: datetime) -> None:
    """Write down that somebody did something for it (took over, handed back, called …): the idle clock begins anew.

    The caller holds the escalation's row.
    """
    record_history(escalation, verb, by=by, now=now, refs=refs)
    if escalation.state == IN_PROGRESS:
        escalation.step_at, escalation.reminders = now + IDLE_AFTER[escalation.level], 0
        escalation.save(update_fields=["step_at", "reminders"])


# --- raising


def _name_subject(youth_id: UUID | str | None, kind: str, key: str | None, excluded: Sequence[str]) -> str:
    if youth_id is not None and not excluded:
        return str(youth_id)
    return f"{kind}:{key}"[:100] if excluded else kind


def _find_signalled(key: str | None) -> Escalation | None:
    if key is None:
        return None
    signal = Signal.objects.select_related("escalation").filter(dedupe_key=key).first()
    return signal.escalation if signal is not None else None


def _lock_or_open(
    subject: str, team_id: UUID, youth_id: UUID | None, signal: Signal, excluded: Sequence[str]
) -> tuple[Escalation, bool]:
    """Return the subject's active escalation, locked, and whether this call made it.

    Of many at once one makes it; the others wait for its row. It may end between two looks: then the next is made.
    """
    active = Escalation.objects.select_for_update(no_key=True).filter(
        team_id=team_id, subject=subject, state__in=ACTIVE
    )
    for _ in range(3):
        if (found := active.first()) is not None:
            return found, False
        made = _make(subject, team_id, youth_id, signal, excluded)
        Escalation.objects.bulk_create([made], ignore_conflicts=True)
        found = active.first()
        if found is not None and found.id != made.id:
            SafetyKey.objects.filter(id=made.key_id).delete()  # somebody else's is used
        if found is not None:
            return found, found.id == made.id
    raise Unavailable("this escalation ends and begins at the same moment")


def _make(subject: str, team_id: UUID, youth_id: UUID | None, signal: Signal, excluded: Sequence[str]) -> Escalation:
    return Escalation(
        id=make_id(),
        team_id=team_id,
        subject=subject,
        youth_id=youth_id,
        conversation_id=signal.conversation_id,
        kind=signal.kind,
        level=signal.level,
        state=OPEN,
        key_id=SAFETY_KEYS.make(now=signal.at)[0].id,
        excluded=sorted({str(one) for one in excluded}),
        opened_at=signal.at,
        changed_at=signal.at,
        signalled_at=signal.at,
        chain=freeze_team_chain(team_id, signal.level),
        step_at=signal.at,
    )


def _store_signal(escalation: Escalation, signal: Signal, note: str | None) -> None:
    signal.escalation = escalation
    if note:
        signal.note = SAFETY_KEYS.seal_json(escalation.key_id, note, place_note(escalation.id, signal.id))
    signal.save(force_insert=True)
    escalation.signal_count += 1
    escalation.signalled_at = signal.at
    if escalation.conversation_id is None:
        escalation.conversation_id = signal.conversation_id
    escalation.save(update_fields=["signal_count", "signalled_at", "conversation_id"])


def _begin(escalation: Escalation, by: PersonCard | None, now: datetime) -> None:
    refs = {"kind": escalation.kind, "level": escalation.level}
    record_history(escalation, "open", by=by, now=now, before="", refs=refs)
    record_move(escalation, "open", now)
    begin_chain(escalation, now=now)
    if is_known_to_youth(escalation):
        append_events([EventDraft(str(escalation.youth_id), "escalation.opened", refs=make_refs(escalation))], now=now)


def _raise_level(escalation: Escalation, level: str, by: PersonCard | None, now: datetime) -> None:
    """Begin the chain of a worse level. What was promised at the lesser one is called again with it."""
    handler = [str(escalation.handler_id)] if escalation.handler_id else []
    refs = {"from": escalation.level, "to": level}
    changes = {"level": level, "handler_id": None, "promise_until": None, "step_at": now}
    move(escalation, "raise", by=by, now=now, refs=refs, **changes)
    tell_raised(escalation, by=by, now=now, also=handler)
    begin_chain(escalation, now=now, also=handler)


def _tell_handler(escalation: Escalation, kind: str, now: datetime) -> None:
    refs = make_refs(escalation) | {"signal": kind}
    tell_after_commit([EventDraft(str(escalation.handler_id), _SIGNALLED, refs=refs)], now=now)


def _stop_and_tell(escalation: Escalation, verb: str, actor: PersonCard, now: datetime) -> None:
    stop_pages(escalation, now=now)
    tell_moved(escalation, verb, by=actor, now=now, also=[actor.id])


def _read_id(value: UUID | str | None) -> UUID | None:
    return UUID(str(value)) if value is not None else None
