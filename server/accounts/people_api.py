"""Everybody of a team over REST: parse, one query, shape."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.authentication import get_caller, require_caller_rate
from server.accounts.people import MOST_PEOPLE, PersonLine, list_people
from server.accounts.policies import require_see_people
from server.accounts.rules.last_seen import LAST_SEEN
from server.accounts.rules.roles import ROLES
from server.foundation.clock import format_instant, read_clock
from server.foundation.errors import BadRequest
from server.foundation.rest import read_number, read_place, require_known_query
from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape

_USUAL_PAGE: Final = 200
PERSON_LINE: Final = shape(
    {
        "id": UUID_TEXT,
        "display_name": {"type": "string"},
        "role": {"type": "string", "enum": list(ROLES)},
        "standing": {"type": "string", "enum": ["good", "suspended"]},
        "suspended_at": nullable(INSTANT),
        "suspended_because": {"type": "string"},
        "created_at": INSTANT,
        "last_seen": {"type": ["string", "null"], "enum": [*LAST_SEEN, None], "description": "null for youths"},
        "devices": {"type": ["integer", "null"], "minimum": 0, "description": "that pushes reach; null for youths"},
    }
)
PEOPLE: Final = shape({"people": {"type": "array", "items": PERSON_LINE}, "more": {"type": "boolean"}})


class PeopleView(APIView):
    """`/people`."""

    @extend_schema(
        operation_id="list_people",
        parameters=[
            OpenApiParameter("role", str, enum=list(ROLES)),
            OpenApiParameter("after", UUID),
            OpenApiParameter("limit", int),
        ],
        responses={200: PEOPLE},
    )
    def get(self, request: Request) -> Response:
        """Return a page of the team's people in the order in which they came; `after` is the last one seen."""
        require_caller_rate(request, "query")
        require_known_query(request, "role", "after", "limit")
        actor, _ = get_caller(request)
        require_see_people(actor)
        limit = read_number(request, "limit", default=_USUAL_PAGE, low=1, high=MOST_PEOPLE) or _USUAL_PAGE
        lines, more = list_people(
            actor.team_id,
            role=_read_role(request),
            after=read_place(request, "after", UUID),
            limit=limit,
            now=read_clock(),
        )
        return Response({"people": [_show_line(one) for one in lines], "more": more})


def _show_line(line: PersonLine) -> dict[str, Any]:
    person, suspension = line.person, line.suspension
    return {
        "id": str(person.id),
        "display_name": person.display_name,
        "role": person.role,
        "standing": "suspended" if person.suspended_at else "good",
        "suspended_at": format_instant(person.suspended_at) if person.suspended_at else None,
        "suspended_because": suspension.reason if suspension else "",
        "created_at": format_instant(person.created_at),
        "last_seen": line.last_seen,
        "devices": line.devices,
    }


def _read_role(request: Request) -> str | None:
    role = request.query_params.get("role")
    if role is not None and role not in ROLES:
        raise BadRequest(f"role: one of {', '.join(ROLES)} was expected")
    return role
