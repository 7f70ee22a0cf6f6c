"""Sending a batch: ask, decide, write down what is not sent, send outside any transaction, write down how it went.

At least once: a worker that dies between sending and writing lets go after its lease, and the repeat has the same
collapse id, so that the phone shows one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError

from server.accounts.actions.devices import forget_dead_token
from server.accounts.device_queries import PushDevice
from server.foundation.logs import get_logger
from server.push.actions.leasing import Taken
from server.push.actions.settling import RETRY, Settled, settle
from server.push.actions.stopping import resume_backend, stop_backend
from server.push.asking import Asked, ask_cases
from server.push.backends.port import Outcome, Push, PushBackend, Verdict
from server.push.rules.deciding import BROKEN, NO_BACKEND, SEND, SENT, TOKEN_GONE, Ruling, decide, drop, fail
from server.push.rules.kinds import KINDS
from server.push.rules.retrying import find_retry

log = get_logger(__name__)
FindBackend = Callable[[str], PushBackend]
# These answers show that the configuration is right.
_WORKS = frozenset({Verdict.SENT, Verdict.GONE, Verdict.BROKEN})
_LATE_AGAIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Allowed:
    """A delivery that may go out, and by which rule."""

    taken: Taken
    device: PushDevice
    ruling: Ruling


def send_deliveries(taken: Sequence[Taken], find_backend: FindBackend, *, now: datetime, probing: bool = False) -> bool:
    """Send what may be sent of deliveries that this worker holds; return whether anything was handed to a backend.

    When one of them makes the batch fail, each is done alone: that one is parked, with an alarm, the others go on.
    With `probing` a backend that takes it goes on as well.
    """
    try:
        return _send(taken, find_backend, now, probing)
    except (OperationalError, InterfaceError):
        raise  # the database is away: no delivery is to blame, and all come back after the lease
    except Exception as problem:
        if len(taken) == 1:
            _park(taken[0], problem, now)
            return False
        log.warning("push_batch_failed", problem=type(problem).__name__)
    alone = [send_deliveries([one], find_backend, now=now, probing=probing) for one in taken]
    return any(alone)


def _send(taken: Sequence[Taken], find_backend: FindBackend, now: datetime, probing: bool) -> bool:
    rulings = [(one, decide(one.case)) for one in ask_cases(taken, now=now)]
    allowed = [_allow(one, ruling) for one, ruling in rulings if ruling.decision == SEND]
    settle([Settled(one.taken, ruling) for one, ruling in rulings if ruling.decision != SEND], now=now)
    for backend, group in _group(allowed, find_backend):
        outcomes = backend.send([_write_push(one) for one in group])
        _take_outcomes(backend.name, list(zip(group, outcomes, strict=True)), now)
        if probing and any(one.verdict in _WORKS for one in outcomes):
            resume_backend(backend=backend.name)
    return bool(allowed)


def _allow(asked: Asked, ruling: Ruling) -> _Allowed:
    if asked.device is None:
        raise RuntimeError("nothing may be sent to nobody")
    return _Allowed(asked.taken, asked.device, ruling)


def _group(allowed: Sequence[_Allowed], find_backend: FindBackend) -> list[tuple[PushBackend, list[_Allowed]]]:
    groups: dict[str, tuple[PushBackend, list[_Allowed]]] = {}
    for one in allowed:
        backend = find_backend(one.device.platform)
        groups.setdefault(backend.name, (backend, []))[1].append(one)
    return list(groups.values())


def _write_push(one: _Allowed) -> Push:
    return Push(
        delivery_id=one.taken.id,
        token=one.device.token,
        platform=one.device.platform,
        kind=one.taken.kind,
        language=one.device.language,
        collapse_id=one.taken.collapse,
        subject=one.taken.subject,
        breaks_silence=one.taken.breaks_silence,
        ttl_seconds=one.ruling.ttl_seconds,
        may_until=one.ruling.until or one.taken.expires_at,
    )


def _take_outcomes(backend: str, sent: Sequence[tuple[_Allowed, Outcome]], now: datetime) -> None:
    stopped = [outcome.cause for _, outcome in sent if outcome.verdict == Verdict.STOPPED]
    if stopped:
        stop_backend(backend=backend, cause=stopped[0], now=now)
    for one, outcome in sent:
        if outcome.verdict == Verdict.GONE:
            forget_dead_token(push_token_hash=one.device.token_hash, not_after=now)
    settle([_judge(one, outcome, now) for one, outcome in sent], now=now)


def _judge(one: _Allowed, outcome: Outcome, now: datetime) -> Settled:
    """Return what a backend's answer makes of a delivery."""
    taken, rule_id = one.taken, one.ruling.rule_id
    match outcome.verdict:
        case Verdict.SENT:
            return Settled(taken, Ruling(SENT, one.ruling.reason, rule_id))
        case Verdict.GONE:
            return Settled(taken, drop(TOKEN_GONE))
        case Verdict.BROKEN:
            log.error("push_parked", delivery=taken.id, cause=outcome.cause)
            return Settled(taken, fail(outcome.cause or BROKEN))
        case Verdict.UNREACHED:
            # A call that rings nowhere is an alarm; of every message on such a device nobody has to hear.
            return Settled(taken, fail(NO_BACKEND) if KINDS[taken.kind].wakes else drop(NO_BACKEND))
        case Verdict.LATE:
            return Settled(taken, Ruling(RETRY, outcome.cause, rule_id, now + _LATE_AGAIN), taken.tries)
        case Verdict.STOPPED:
            return Settled(taken, Ruling(RETRY, outcome.cause, rule_id, now), taken.tries)
        case _:
            again = _find_again(taken, outcome.retry_after, now)
            log.warning("push_put_back", delivery=taken.id, cause=outcome.cause, tries=taken.tries + 1)
            return Settled(taken, Ruling(RETRY, outcome.cause, rule_id, again), taken.tries + 1)


def _find_again(taken: Taken, retry_after: float | None, now: datetime) -> datetime:
    return find_retry(
        tries=taken.tries + 1,
        urgent=taken.urgent,
        retry_after=retry_after,
        spread=(UUID(taken.id).int & 0xFF) / 0xFF,
        now=now,
        expires_at=taken.expires_at,
    )


def _park(taken: Taken, problem: Exception, now: datetime) -> None:
    log.error("push_parked", delivery=taken.id, cause=type(problem).__name__)
    settle([Settled(taken, fail(BROKEN))], now=now)
