"""What the edges of this room share: who calls, and what a query string says about time."""

from __future__ import annotations

from datetime import datetime, timedelta

from rest_framework.request import Request

from server.accounts.authentication import get_caller_card, require_caller_rate
from server.accounts.queries import PersonCard
from server.availability.errors import DateMalformed
from server.availability.rules.reading import is_date, read_date, read_instant
from server.availability.rules.wall_clock import find_instant
from server.foundation.errors import BadRequest
from server.foundation.rest import require_known_query

_DAY = timedelta(days=1)


def read_caller(request: Request, rate: str = "write") -> PersonCard:
    """Return who calls, after counting the call. Raises NotSignedIn, RateLimited."""
    require_caller_rate(request, rate)
    return get_caller_card(request)


def read_query_caller(request: Request, *names: str) -> PersonCard:
    """Return who calls a call that only reads, with no parameters but these. Raises BadRequest as well."""
    actor = read_caller(request, "query")
    require_known_query(request, *names)
    return actor


def read_span(
    request: Request, zone: str, *, begin: datetime, end: datetime, most_days: int
) -> tuple[datetime, datetime]:
    """Return the instants `from` and `to` of the query string, each an instant or a whole local date.

    `begin` and `end` stand in for what is not given. Raises DateMalformed, BadRequest when it is backwards or too long.
    """
    first = _read_edge(request.query_params.get("from"), zone, begin, timedelta(0))
    last = _read_edge(request.query_params.get("to"), zone, end, _DAY)
    if last <= first or last - first > most_days * _DAY + _DAY:
        raise BadRequest(f"from, to: at most {most_days} days, forwards, were expected")
    return first, last


def read_at(request: Request, name: str, default: datetime) -> datetime:
    """Return an instant of the query string. Raises DateMalformed."""
    text = request.query_params.get(name)
    return default if text is None else _read_instant(text)


def _read_edge(text: str | None, zone: str, default: datetime, more: timedelta) -> datetime:
    if text is None:
        return default
    if not is_date(text):
        return _read_instant(text)
    return find_instant(datetime.combine(read_date(text) + more, datetime.min.time()), zone)


def _read_instant(text: str) -> datetime:
    try:
        return read_instant(text)
    except DateMalformed:
        # In a query string a `+` that nobody escaped arrives as a blank.
        return read_instant(text.replace(" ", "+"))
