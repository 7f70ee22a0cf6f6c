"""The relay: hands recorded facts to their listeners, at least once, in batches; a poisoned one is parked alone.

One step is one transaction: claim due rows (`SKIP LOCKED`, so any number of workers may run), call the listeners,
delete the rows. A listener writes to the same database, so what it did and the row's end commit together. The facts of
a step are of one kind: listeners of several kinds in one transaction would take their locks in no order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import F

from server.events.facts import Fact, read_fact
from server.events.models import OutboxEvent
from server.foundation.database import open_pipeline
from server.foundation.logs import get_logger

log = get_logger(__name__)
Listener = Callable[[Sequence[Any], datetime], None]
Listeners = Mapping[type[Fact], Sequence[Listener]]

BATCH = 500
DUE = "events_outboxevent WHERE due_at <= %(now)s::timestamptz AND parked_at IS NULL"  # facts that wait
PARK_AFTER_ATTEMPTS = 8
BACK_OFF = (1, 2, 5, 15, 60, 300, 900)  # seconds before the next attempt
# deadlock_detected, lock_not_available, query_canceled (by statement_timeout): somebody was in the way.
_IN_THE_WAY = frozenset({"40P01", "55P03", "57014"})


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the facts: those of these names, or (not `among`) all others."""

    names: Collection[str] = ()
    among: bool = False

    @property
    def due(self) -> str:
        """The facts of this part that wait, as a worker loop names its rows."""
        names = ", ".join(f"'{one}'" for one in sorted(self.names))
        return f"{DUE} AND name {'' if self.among else 'NOT '}IN ({names})"


_ALL = Part()


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    name: str
    payload: dict[str, Any]


_CLAIM_SQL = (
    "SELECT id, name, payload FROM events_outboxevent WHERE due_at <= %(now)s::timestamptz AND parked_at IS NULL "
    "AND (name = ANY(%(names)s::text[])) = %(among)s::boolean "
    "ORDER BY due_at, id LIMIT %(most)s::int FOR UPDATE SKIP LOCKED"
)


def step_relay(now: datetime, listeners: Listeners, *, most: int = BATCH, part: Part = _ALL) -> bool:
    """Hand on at most `most` due facts of one kind; return whether there were any. Those of a `part` alone, if given.

    Handlers are idempotent: a crash repeats them, and so does one beside them that fails. When a batch fails, its facts
    are handed on one by one, to each listener by itself; the failing one backs off, and is parked with an alarm after
    PARK_AFTER_ATTEMPTS.
    """
    try:
        with transaction.atomic():
            due = _claim(now, most, part)
            _hand_on(due, listeners, now)
            _delete(due)
        return bool(due)
    except Exception as problem:
        if isinstance(problem, OperationalError) and not _was_in_the_way(problem):
            raise  # the database is away: no fact is to blame
        log.warning("relay_batch_failed", problem=type(problem).__name__)
    return _hand_on_singly(now, listeners, most, part)


def count_waiting(now: datetime) -> tuple[int, int, float]:
    """Return how many facts are due, how many are parked, and the age in seconds of the oldest due one."""
    waiting = OutboxEvent.objects.filter(parked_at__isnull=True, due_at__lte=now)
    oldest = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    parked = OutboxEvent.objects.filter(parked_at__isnull=False).count()
    return waiting.count(), parked, (now - oldest).total_seconds() if oldest else 0.0


def list_parked(most: int = BATCH) -> list[tuple[str, dict[str, Any]]]:
    """Return (name, payload) of at most so many parked facts, the newest first: an alarm says whom they are about."""
    parked = OutboxEvent.objects.filter(parked_at__isnull=False).order_by("-parked_at", "-id")
    return list(parked.values_list("name", "payload")[:most])


def _was_in_the_way(problem: OperationalError) -> bool:
    """Tell whether somebody else's locks made a statement fail, on a connection that goes on."""
    return getattr(problem.__cause__, "sqlstate", None) in _IN_THE_WAY and connection.is_usable()


def _claim(now: datetime, most: int, part: Part) -> list[_Due]:
    """Lock due rows and return those of the first one's kind; the commit lets go of the others."""
    with open_pipeline() as pipeline:
        params = {"now": now, "most": most, "names": sorted(part.names), "among": part.among}
        answer = pipeline.ask(_CLAIM_SQL, params, "int text json")
    due = [_Due(*row) for row in answer.rows()]
    return [one for one in due if one.name == due[0].name]


def _delete(due: Sequence[_Due]) -> None:
    with open_pipeline() as pipeline:
        pipeline.tell(
            "DELETE FROM events_outboxevent WHERE id = ANY(%(ids)s::bigint[])",
            {"ids": [one.id for one in due]},
        )


def _hand_on(due: Sequence[_Due], listeners: Listeners, now: datetime) -> None:
    facts = [read_fact(one.name, one.payload) for one in due]
    for listener in listeners.get(type(facts[0]), ()) if facts else ():
        listener(facts, now)


def _hand_on_singly(now: datetime, listeners: Listeners, most: int, part: Part) -> bool:
    with transaction.atomic():
        due = _claim(now, most, part)
        for one in due:
            problem = _hand_on_apart(one, listeners, now)
            if problem is None:
                _delete([one])
            else:
                _put_back(one, problem, now)
    return bool(due)


def _hand_on_apart(one: _Due, listeners: Listeners, now: datetime) -> Exception | None:
    """Hand a fact to each of its listeners by itself; return why it must come again, if it must.

    What one listener cannot do keeps it from no other: a push that fails must not undo what the escalation heard.
    """
    failed: Exception | None = None
    try:
        fact = read_fact(one.name, one.payload)
    except Exception as problem:
        return problem
    for listener in listeners.get(type(fact), ()):
        try:
            with transaction.atomic():
                listener([fact], now)
        except Exception as problem:
            failed = problem
    return failed


def _put_back(one: _Due, problem: Exception, now: datetime) -> None:
    row = OutboxEvent.objects.get(id=one.id)
    parked = row.attempts + 1 >= PARK_AFTER_ATTEMPTS
    pause = timedelta(seconds=BACK_OFF[min(row.attempts, len(BACK_OFF) - 1)])
    OutboxEvent.objects.filter(id=one.id).update(
        attempts=F("attempts") + 1,
        due_at=now + pause,
        parked_at=now if parked else None,
        failure=type(problem).__name__[:120],
    )
    if parked:
        log.error("fact_parked", fact=one.name, outbox_id=one.id, problem=type(problem).__name__)
    else:
        log.warning("fact_put_back", fact=one.name, outbox_id=one.id, problem=type(problem).__name__)
