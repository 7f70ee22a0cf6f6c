"""`/healthz` and `/readyz`: component names with ok or not, nothing else."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from server.events.relay import count_waiting
from server.foundation.clock import read_clock, read_machine_clock
from server.foundation.redis import is_redis_alive
from server.push.queries import list_stopped_backends
from server.realtime.hub import get_hub
from server.realtime.queries import has_live_process
from server.safety.actions.watching import has_beaten

# A fact that has waited so long means that no worker relays: somebody should look.
_MOST_BACKLOG_SECONDS = 60.0
_WORKER_SEEN_WITHIN = timedelta(seconds=30)


def answer_healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"server": "ok"})


def answer_readyz(_request: HttpRequest) -> HttpResponse:
    """What the process leans on answers; 503 when something does not, or while it drains."""
    found = _look()
    ready = all(found.values()) and not get_hub().draining
    shown = {name: "ok" if good else "not ok" for name, good in found.items()}
    return JsonResponse(shown, status=200 if ready else 503)


def _look() -> dict[str, bool]:
    now = read_clock()
    try:
        _, parked, age = count_waiting(now)
        worker = has_live_process("worker", since=read_machine_clock() - _WORKER_SEEN_WITHIN)
        escalation = has_beaten(now=now)
        push = not list_stopped_backends()
        database, backlog = True, age < _MOST_BACKLOG_SECONDS and parked == 0
    except DatabaseError:
        database = worker = backlog = escalation = push = False
    return {
        "database": database,
        "redis": is_redis_alive(),
        "worker": worker,
        "backlog": backlog,
        "escalation": escalation,
        "push": push,
    }
