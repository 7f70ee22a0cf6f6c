"""What the edges of this room share: who calls."""

from __future__ import annotations

from rest_framework.request import Request

from server.accounts.authentication import get_caller_card, require_caller_rate
from server.accounts.queries import PersonCard
from server.foundation.rest import require_known_query


def read_caller(request: Request, rate: str = "write") -> PersonCard:
    """Return who calls, after counting the call. Raises NotSignedIn, RateLimited."""
    require_caller_rate(request, rate)
    return get_caller_card(request)


def read_query_caller(request: Request, *names: str) -> PersonCard:
    """Return who calls a call that only reads, with no parameters but these. Raises BadRequest as well."""
    actor = read_caller(request, "query")
    require_known_query(request, *names)
    return actor
