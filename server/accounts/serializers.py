"""The forms of requests (tables of fields) and of answers (functions, and the same as schemas)."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from server.accounts.models import Person, Session
from server.accounts.rules.lifetimes import INVITATION_DAYS
from server.accounts.rules.names import MAX_NAME_LENGTH
from server.accounts.rules.platforms import PLATFORMS
from server.accounts.rules.roles import INVITED_STAFF, ROLES, YOUTH
from server.foundation.clock import format_instant
from server.foundation.fields import Field, Fields
from server.foundation.rest import draw_schema
from server.foundation.schemas import nullable

_NAME: Final = Field("text", low=1, high=MAX_NAME_LENGTH)
_PASSWORD: Final = Field("text", low=1, high=256)

_EMAIL: Final = Field("text", low=1, high=254)

ENROL: Final[Fields] = {"code": Field("text", low=1, high=128), "display_name": _NAME, "device_name": _NAME}
ENROL_STAFF: Final[Fields] = {**ENROL, "email": _EMAIL, "password": _PASSWORD}
SIGN_IN: Final[Fields] = {
    "email": _EMAIL,
    "password": _PASSWORD,
    "otp": Field("text", required=False, nullable=True, high=64),
    "device_name": _NAME,
}
CHANGE_PASSWORD: Final[Fields] = {"old_password": _PASSWORD, "new_password": _PASSWORD}
INVITE: Final[Fields] = {
    "display_name": Field("text", required=False, nullable=True, high=MAX_NAME_LENGTH),
    "expires_in_days": Field("integer", required=False, nullable=True, low=INVITATION_DAYS[0], high=INVITATION_DAYS[1]),
    "role": Field("text", required=False, nullable=True, low=1, high=12),
}
REGISTER_DEVICE: Final[Fields] = {
    "push_token": Field("text", low=1, high=4096),
    "platform": Field("text", low=1, high=8),
}
SUSPEND: Final[Fields] = {"reason": Field("text", required=False, nullable=True, high=500)}


def shape_person(person: Person) -> dict[str, Any]:
    """Return a person as they see themselves."""
    return {
        "id": str(person.id),
        "role": person.role,
        "display_name": person.display_name,
        "team": {"id": str(person.team_id), "name": person.team.name},
        "language": person.language,
        "zone": person.zone,
    }


def shape_session(session: Session, current: Session) -> dict[str, Any]:
    """Return one line of a person's list of sessions; never anything that the session could be used with."""
    return {
        "id": str(session.id),
        "device_name": session.device_name,
        "created_at": format_instant(session.created_at),
        "last_used_at": format_instant(session.last_used_at),
        "expires_at": format_instant(session.idle_expires_at),
        "current": session.id == current.id,
        "recovered": session.recovered,
    }


def shape_invitation_link(root: str, role: str, code: str) -> str:
    """Return the link that who is invited opens. The code stands behind `#`: browsers never send that part on."""
    return f"{root.rstrip('/')}/#{'code' if role == YOUTH else 'staff'}={quote(code, safe='')}"


def draw_body(fields: Fields) -> dict[str, Any]:
    """Return the OpenAPI request of a table of fields."""
    schema = draw_schema(fields)
    if "platform" in fields:
        schema["properties"]["platform"]["enum"] = list(PLATFORMS)
    if fields is INVITE:
        schema["properties"]["role"] = {"type": ["string", "null"], "enum": [YOUTH, *INVITED_STAFF, None]}
    return {"application/json": schema}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


_TEXT: Final[dict[str, Any]] = {"type": "string"}
_ID: Final[dict[str, Any]] = {"type": "string", "format": "uuid"}
_INSTANT: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}

PERSON_SCHEMA: Final = _object(
    id=_ID,
    role={"type": "string", "enum": list(ROLES)},
    display_name=_TEXT,
    team=_object(id=_ID, name=_TEXT),
    language={"type": "string", "enum": ["nl", "en"]},
    zone=_TEXT,
)
ME_SCHEMA: Final = PERSON_SCHEMA | {
    "required": [*PERSON_SCHEMA["required"], "push"],
    "properties": PERSON_SCHEMA["properties"]
    | {"push": _object(registered={"type": "boolean"}, ask_again={"type": "boolean"})},
}
SIGNED_IN_SCHEMA: Final = _object(token=_TEXT, user=PERSON_SCHEMA)
SESSIONS_SCHEMA: Final = _object(
    sessions={
        "type": "array",
        "items": _object(
            id=_ID,
            device_name=_TEXT,
            created_at=_INSTANT,
            last_used_at=_INSTANT,
            expires_at=_INSTANT,
            current={"type": "boolean"},
            recovered={"type": "boolean", "description": "begun with a recovery code"},
        ),
    },
    recovery_code_made_at=nullable(_INSTANT),
)
TICKET_SCHEMA: Final = _object(ticket=_TEXT, expires_at=_INSTANT)
INVITATION_SCHEMA: Final = _object(code=_TEXT, link={"type": "string", "format": "uri"}, expires_at=_INSTANT)
DEVICE_SCHEMA: Final = _object(platform={"type": "string", "enum": list(PLATFORMS)}, registered_at=_INSTANT)
