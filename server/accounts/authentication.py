"""Who calls: `Authorization: Bearer TOKEN`, nothing else. Cookies are never looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from server.accounts.actions.activity import note_activity
from server.accounts.models import Person, Session
from server.accounts.policies import require_factor, require_fresh_proof
from server.accounts.queries import PersonCard, find_live_session
from server.accounts.rules.lifetimes import ACTIVITY_STEP
from server.foundation.clock import read_clock
from server.foundation.errors import NotSignedIn
from server.foundation.rate_limits import get_limiter

_MAX_TOKEN_LENGTH = 128


class BearerAuthentication(BaseAuthentication):
    """Sets `request.user` to the Person and `request.auth` to the Session.

    One query; every ten minutes a write, for the idle clock. Who must have a second factor and has none is refused,
    save by the few views that say `lets_in_without_factor`.
    """

    def authenticate(self, request: Request) -> tuple[Person, Session] | None:
        """Return who calls, None without an Authorization header. Raises NotSignedIn for any other, FactorRequired."""
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        now = read_clock()
        session = _require_session(read_bearer(header), now)
        if not getattr(request.parser_context["view"], "lets_in_without_factor", False):
            require_factor(session.person)
        if session.last_used_at <= now - ACTIVITY_STEP:
            note_activity(session_ids=[session.id], now=now)
        request._request.person_id = session.person_id  # type: ignore[attr-defined]  # for the log line
        return session.person, session

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401."""
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI file names it."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the security scheme."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of POST /enrol or POST /sessions.",
        }


def read_bearer(header: str) -> str | None:
    """Return the token of an Authorization header, None when it is of another kind or form."""
    scheme, _, token = header.partition(" ")
    fits = scheme.lower() == "bearer" and token.isascii() and 0 < len(token) <= _MAX_TOKEN_LENGTH
    return token if fits else None


def get_caller(request: Request) -> tuple[Person, Session]:
    """Return who calls and over which session. Raises NotSignedIn where there is neither."""
    if not isinstance(request.user, Person) or not isinstance(request.auth, Session):
        raise NotSignedIn()
    return request.user, request.auth


def get_caller_card(request: Request) -> PersonCard:
    """Return the card of who calls: what actions of other rooms know an actor by. Raises NotSignedIn."""
    person, session = get_caller(request)
    return PersonCard(str(person.id), person.display_name, person.role, str(person.team_id), str(session.id))


def require_fresh_caller(request: Request, *, now: datetime) -> None:
    """Ask for a proof of who calls that is not old: before broken glass, an export, a change of what somebody may do.

    Raises StepUpRequired, NotSignedIn.
    """
    require_fresh_proof(get_caller(request)[1], now=now)


def require_caller_rate(request: Request, action: str) -> None:
    """Count one `action` for the caller's session and person. Raises RateLimited."""
    person, session = get_caller(request)
    get_limiter().require_device_rate(action, device=str(session.id), user=str(person.id))


def _require_session(token: str | None, now: datetime) -> Session:
    session = find_live_session(token, now=now) if token else None
    if session is None:
        raise NotSignedIn()
    return session
