"""The forms of what a team's coordinators ask and change about people's ways in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from server.accounts.desk_queries import PersonSessions
from server.accounts.models import Invitation, Session
from server.accounts.rules.invitations import STATES, find_state
from server.accounts.rules.last_seen import LAST_SEEN
from server.accounts.rules.roles import INVITED_STAFF, PASSWORD_ROLES, YOUTH
from server.foundation.clock import format_instant
from server.foundation.fields import Field, Fields
from server.foundation.rest import draw_schema
from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape

_REASON: Final = Field("text", low=1, high=500)
REVOKE_SESSIONS: Final[Fields] = {
    "session": Field("uuid", required=False, nullable=True),
    "reason": _REASON,
}
CHANGE_ROLE: Final[Fields] = {"role": Field("text", low=1, high=12)}

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
_ROLE: Final[dict[str, Any]] = {"type": "string", "enum": list(PASSWORD_ROLES)}
INVITATIONS: Final = shape(
    {
        "invitations": {
            "type": "array",
            "items": shape(
                {
                    "id": UUID_TEXT,
                    "role": {"type": "string", "enum": [YOUTH, *INVITED_STAFF]},
                    "display_name": _TEXT,
                    "state": {"type": "string", "enum": list(STATES)},
                    "invited_by": shape({"id": UUID_TEXT, "display_name": _TEXT}),
                    "created_at": INSTANT,
                    "expires_at": INSTANT,
                    "used_at": nullable(INSTANT),
                    "person": nullable(UUID_TEXT),
                }
            ),
        },
        "more": {"type": "boolean"},
    }
)
PERSON_SESSIONS: Final = shape(
    {
        "count": _COUNT,
        "last_seen": {"type": "string", "enum": list(LAST_SEEN)},
        "sessions": {
            "type": ["array", "null"],
            "items": shape({"id": UUID_TEXT, "device_name": _TEXT, "created_at": INSTANT, "last_used_at": INSTANT}),
            "description": "null for youths",
        },
    }
)
SESSIONS_REVOKED: Final = shape({"ended": _COUNT})
PERSON_ROLE: Final = shape({"id": UUID_TEXT, "role": _ROLE})


def draw_role() -> dict[str, Any]:
    """Return the OpenAPI request of a change of role."""
    schema = draw_schema(CHANGE_ROLE)
    schema["properties"]["role"] = _ROLE
    return {"application/json": schema}


def shape_invitation(one: Invitation, now: datetime) -> dict[str, Any]:
    """Return an invitation as the team sees it: never its code, which nobody keeps."""
    state = find_state(used_at=one.used_at, revoked_at=one.revoked_at, expires_at=one.expires_at, now=now)
    return {
        "id": str(one.id),
        "role": one.role,
        "display_name": one.display_name,
        "state": state,
        "invited_by": {"id": str(one.invited_by_id), "display_name": one.invited_by.display_name},
        "created_at": format_instant(one.created_at),
        "expires_at": format_instant(one.expires_at),
        "used_at": format_instant(one.used_at) if one.used_at else None,
        "person": str(one.used_by_id) if one.used_by_id else None,
    }


def shape_sessions(found: PersonSessions) -> dict[str, Any]:
    """Return where somebody is signed in."""
    sessions = None if found.sessions is None else [_shape_session(one) for one in found.sessions]
    return {"count": found.count, "last_seen": found.last_seen, "sessions": sessions}


def _shape_session(session: Session) -> dict[str, Any]:
    return {
        "id": str(session.id),
        "device_name": session.device_name,
        "created_at": format_instant(session.created_at),
        "last_used_at": format_instant(session.last_used_at),
    }
