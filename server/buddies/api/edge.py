"""What the edges of this room share: who calls, and in which language they read."""

from __future__ import annotations

from rest_framework.request import Request

from server.accounts.authentication import get_caller_card, require_caller_rate
from server.accounts.queries import PersonCard, list_voices
from server.foundation.rest import require_known_query


def read_caller(request: Request) -> PersonCard:
    """Return who calls, after counting the call as one that changes something. Raises NotSignedIn, RateLimited."""
    require_caller_rate(request, "write")
    return get_caller_card(request)


def read_query_caller(request: Request, *names: str) -> PersonCard:
    """Return who calls a call that only reads, with no parameters but these. Raises BadRequest as well."""
    require_caller_rate(request, "query")
    require_known_query(request, *names)
    return get_caller_card(request)


def find_language(actor: PersonCard) -> str:
    """Return the language (nl, en) in which somebody reads."""
    return list_voices([actor.id])[actor.id].language
