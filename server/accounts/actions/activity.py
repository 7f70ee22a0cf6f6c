"""Moving the idle clock of sessions over which a person did something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from server.accounts.rules.lifetimes import ACTIVITY_STEP, move_idle_end
from server.foundation.database import as_texts, open_pipeline

_DUE_SQL = (
    "SELECT s.id, p.role, s.expires_at FROM accounts_session s JOIN accounts_person p ON p.id = s.person_id "
    "WHERE s.id = ANY(%(sessions)s::uuid[]) AND s.ended_at IS NULL "
    "AND s.last_used_at <= %(due)s::timestamptz AND s.idle_expires_at > %(now)s::timestamptz ORDER BY s.id"
)


def note_activity(*, session_ids: Iterable[object], now: datetime) -> None:
    """Move the idle clocks of live sessions, each at most once per ACTIVITY_STEP: at most two statements."""
    params = {"sessions": as_texts(session_ids), "due": now - ACTIVITY_STEP, "now": now}
    with open_pipeline() as pipeline:
        moved = [
            (session_id, now, move_idle_end(settings.SESSION_LIFETIMES, role, expires_at, now))
            for session_id, role, expires_at in pipeline.ask(_DUE_SQL, params, "uuid text time").rows()
        ]
        columns = {"last_used_at": "timestamptz", "idle_expires_at": "timestamptz"}
        pipeline.update("accounts_session", {"id": "uuid"}, columns, moved)
