"""Unanswered messages: the clock of each conversation, and the signal when it has run out.

Lock order: the conversation's timer, then what `raise_signal` locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from server.accounts.queries import PersonCard
from server.availability.queries import load_schedules
from server.availability.rules.reachability import reachability
from server.foundation.database import as_texts, open_pipeline
from server.foundation.errors import NotFound
from server.foundation.leases import do_due
from server.ports.registry import ask_port
from server.ports.talks import TalkCard, TalkKeeper
from server.safety.actions.escalations import raise_signal
from server.safety.actions.versions import SILENCE, record_version
from server.safety.file_errors import NothingToAnswer, SilenceMinutes
from server.safety.file_policies import require_answer_youths, require_keep_files
from server.safety.joining_queries import list_experts
from server.safety.models import Signal, SilenceSettings, SilenceTimer
from server.safety.rules.silence import (
    DEFAULT_MINUTES,
    LEAST_MINUTES,
    LOOK_AGAIN,
    MOST_MINUTES,
    Wait,
    answer,
    ask,
    find_due,
)
from server.safety.states import ACTIVE

_PAIR: Final = "pair"
_KINDS: Final = (_PAIR, "line")
_COLUMNS: Final = {
    "youth_id": "uuid",
    "first_seq": "bigint",
    "first_at": "timestamptz",
    "last_seq": "bigint",
    "last_at": "timestamptz",
    "answered_seq": "bigint",
    "due_at": "timestamptz",
}
_FIELDS: Final = tuple(_COLUMNS)
_LEAST: Final = timedelta(minutes=LEAST_MINUTES)


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody wrote: a youth asks, anybody else answers."""

    conversation_id: str
    seq: int
    person_id: str
    by_youth: bool
    at: datetime


@dataclass(slots=True)
class _BareTimer:
    """What a turn may change of a timer, and how far it was signalled."""

    youth_id: str | None
    first_seq: int
    first_at: datetime | None
    last_seq: int
    last_at: datetime | None
    answered_seq: int
    due_at: datetime | None
    signalled_seq: int


_BARE_KINDS: Final = "uuid uuid int time int time int time int"
_LOCK_BARE_SQL: Final = (
    f"SELECT conversation_id, {', '.join(_FIELDS)}, signalled_seq FROM safety_silencetimer "  # noqa: S608  names only
    "WHERE conversation_id = ANY(%(conversations)s::uuid[]) ORDER BY conversation_id FOR NO KEY UPDATE"
)


def note_turns(*, turns: Sequence[Turn], now: datetime) -> None:
    """Note who asked and who answered. Idempotent, and the same in any order. Locks the timers, ascending.

    Runs for every message: bare rows, and only what changed is written.
    """
    ids = as_texts(one.conversation_id for one in turns)
    with transaction.atomic(savepoint=False):
        rows = _lock_bare(ids)
        if len(rows) < len(ids):
            missing = [SilenceTimer(conversation_id=UUID(one)) for one in ids if one not in rows]
            SilenceTimer.objects.bulk_create(missing, ignore_conflicts=True)
            rows = _lock_bare(ids)
        before = {id_: replace(row) for id_, row in rows.items()}
        for turn in turns:
            _note(rows[turn.conversation_id], turn)
        changed = [(id_, *(getattr(row, name) for name in _FIELDS)) for id_, row in rows.items() if row != before[id_]]
        with open_pipeline() as pipeline:
            pipeline.update("safety_silencetimer", {"conversation_id": "uuid"}, _COLUMNS, changed)


def stop_silence(*, conversation_ids: Iterable[str], now: datetime) -> None:
    """Let nothing wait in these conversations: they were closed. Locks the timers, ascending."""
    with transaction.atomic():
        for row in _lock_timers(sorted(set(conversation_ids))).values():
            _write(row, answer(_read(row), row.last_seq))
            row.save(update_fields=_FIELDS)


def renew_silence(*, escalation_ids: Iterable[object], now: datetime) -> None:
    """Let silences count anew in the conversations whose signal joined one of these escalations, once it has ended.

    What was signalled is dealt with; what the youth wrote after it waits. Nothing happens while a signal of the
    conversation is with an escalation that is active. Idempotent. Locks the timers, ascending.
    """
    silences = Signal.objects.filter(kind="silence", conversation_id__isnull=False)
    talks = {str(one) for one in _list_places(silences.filter(escalation_id__in=list(escalation_ids)))}
    active = _list_places(silences.filter(conversation_id__in=talks, escalation__state__in=ACTIVE))
    with transaction.atomic():
        for row in _lock_timers(sorted(talks - set(map(str, active)))).values():
            _write(row, answer(_read(row), row.signalled_seq))
            row.save(update_fields=_FIELDS)


def say_no_reply_needed(*, actor: PersonCard, conversation_id: UUID | str, now: datetime) -> None:
    """Say that what the actor can see of a conversation needs no answer.

    Raises Forbidden, NotFound for who is no member, NothingToAnswer. Locks the timer.
    """
    require_answer_youths(actor)
    keeper: TalkKeeper = ask_port(TalkKeeper)
    view = keeper.find_view(person_id=actor.id, conversation_id=str(conversation_id), now=now)
    if view is None:
        raise NotFound()
    with transaction.atomic():
        row = _lock_timers([str(conversation_id)]).get(str(conversation_id))
        before = _read(row) if row is not None else Wait()
        if row is None or not before.running or before.first_seq > view[1]:
            raise NothingToAnswer()
        _write(row, answer(before, view[1]))
        row.save(update_fields=_FIELDS)


def set_silence(*, actor: PersonCard, minutes: int | None, level: str, now: datetime) -> SilenceSettings:
    """Give the actor's team these open minutes and this level; without minutes the level's own.

    What waits already goes by it when it is next looked at; what was agreed before stays as history. Raises Forbidden,
    SilenceMinutes. Locks the team's row.
    """
    require_keep_files(actor)
    if level not in DEFAULT_MINUTES:
        raise SilenceMinutes()
    chosen = DEFAULT_MINUTES[level] if minutes is None else minutes
    if not LEAST_MINUTES <= chosen <= MOST_MINUTES:
        raise SilenceMinutes()
    values = {"minutes": chosen, "level": level, "changed_at": now, "changed_by": UUID(actor.id)}
    with transaction.atomic():
        row, _ = SilenceSettings.objects.update_or_create(team_id=UUID(actor.team_id), defaults=values)
        shown = {"level": level, "minutes": chosen}
        record_version(team_id=row.team_id, what=SILENCE, settings=shown, by=row.changed_by, now=now)
    return row


def get_silence(team_id: UUID | str) -> tuple[int, str]:
    """Return a team's open minutes and level; the house's own where it has set none."""
    row = SilenceSettings.objects.filter(team_id=team_id).first()
    return (row.minutes, row.level) if row else (DEFAULT_MINUTES["concern"], "concern")


def look_at_silence(*, now: datetime) -> bool:
    """Look at one clock that is due: give the signal when the open minutes have passed, else say when to look again.

    False when none is due. Publishes what `raise_signal` publishes. Locks the timer, then as `raise_signal`.
    """
    return do_due(SilenceTimer.objects.all(), "due_at", partial(_look, now=now), now=now)


def _look(row: SilenceTimer, now: datetime) -> None:
    keeper: TalkKeeper = ask_port(TalkKeeper)
    talk = keeper.find_talk(str(row.conversation_id))
    experts = list_experts(talk)
    if row.first_at is None or talk is None or not _is_answer_promised(talk, experts):
        row.due_at = None
    else:
        minutes, level = get_silence(talk.team_id)
        due = _find_due(row.first_at, minutes, experts, now)
        if due is not None and due <= now:
            _signal(row, talk, level, now)
        row.due_at = None if row.signalled_seq >= row.first_seq else min(due or now + LOOK_AGAIN, now + LOOK_AGAIN)
    row.save(update_fields=("due_at", "signalled_seq"))


def _signal(row: SilenceTimer, talk: TalkCard, level: str, now: datetime) -> None:
    raise_signal(
        team_id=talk.team_id,
        youth_id=str(row.youth_id),
        kind="silence",
        level=level,
        by=None,
        conversation_id=talk.id,
        seqs=(row.first_seq,),
        key=f"silence:{talk.id}:{row.first_seq}",
        now=now,
    )
    row.signalled_seq = row.last_seq


def _is_answer_promised(talk: TalkCard, experts: Sequence[str]) -> bool:
    """Tell whether somebody is to answer here: always in a pair, even while nobody is there to; else an expert."""
    return talk.state == "open" and talk.kind in _KINDS and (bool(experts) or talk.kind == _PAIR)


def _find_due(since: datetime, minutes: int, experts: Sequence[str], now: datetime) -> datetime | None:
    """Return when so many open minutes have passed; without an expert nobody can answer, and all minutes count."""
    if not experts:
        return since + timedelta(minutes=minutes)
    schedules = load_schedules(experts, now=now).values()
    return find_due(since, minutes, lambda at: [reachability(one, at) for one in schedules])


def _list_places(signals: QuerySet[Signal]) -> list[UUID | None]:
    return list(signals.values_list("conversation_id", flat=True).distinct())


def _lock_timers(conversation_ids: Sequence[str]) -> dict[str, SilenceTimer]:
    rows = SilenceTimer.objects.select_for_update(no_key=True).filter(conversation_id__in=conversation_ids)
    return {str(row.conversation_id): row for row in rows.order_by("conversation_id")}


def _lock_bare(conversation_ids: Sequence[str]) -> dict[str, _BareTimer]:
    with open_pipeline() as pipeline:
        answer = pipeline.ask(_LOCK_BARE_SQL, {"conversations": list(conversation_ids)}, _BARE_KINDS)
    return {row[0]: _BareTimer(*row[1:]) for row in answer.rows()}


def _note(row: _BareTimer, turn: Turn) -> None:
    if turn.by_youth:
        row.youth_id = turn.person_id
        _write(row, ask(_read(row), turn.seq, turn.at))
    else:
        _write(row, answer(_read(row), turn.seq))


def _read(row: SilenceTimer | _BareTimer) -> Wait:
    return Wait(row.first_seq, row.first_at, row.last_seq, row.last_at, row.answered_seq)


def _write(row: SilenceTimer | _BareTimer, wait: Wait) -> None:
    """Put the wait into the row. A clock that begins, or that was let go while somebody waits, is looked at after the
    shortest time that a team may choose.
    """
    begun = wait.first_at is not None and wait.first_at != row.first_at
    row.first_seq, row.first_at, row.answered_seq = wait.first_seq, wait.first_at, wait.answered_seq
    row.last_seq, row.last_at = wait.last_seq, wait.last_at
    if wait.first_at is None or wait.first_seq <= row.signalled_seq:
        row.due_at = None
    elif begun or row.due_at is None:
        row.due_at = wait.first_at + _LEAST
