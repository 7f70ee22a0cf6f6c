"""Stopping a backend whose configuration is wrong, and going on when it works again. Nothing is lost meanwhile."""

from __future__ import annotations

from datetime import datetime

from server.foundation.logs import get_logger
from server.push.models import StoppedBackend
from server.push.rules.retrying import PROBE_EVERY

log = get_logger(__name__)


def stop_backend(*, backend: str, cause: str, now: datetime) -> None:
    """Send no more by a backend; an alarm each time that it was tried in vain. `/readyz` shows it."""
    values = {"cause": cause[:40], "probe_at": now + PROBE_EVERY}
    StoppedBackend.objects.update_or_create(
        backend=backend, defaults=values, create_defaults=values | {"stopped_at": now}
    )
    log.error("push_stopped", backend=backend, cause=cause)


def resume_backend(*, backend: str) -> None:
    """Send by a backend again, if it was stopped."""
    if StoppedBackend.objects.filter(backend=backend).delete()[0]:
        log.warning("push_resumed", backend=backend)
