"""What the calls share for which nobody has to be signed in: how they are counted, from where they come."""

from __future__ import annotations

from rest_framework.request import Request

from server.foundation.ids import hash_secret
from server.foundation.rate_limits import get_limiter


def require_door_rate(action: str, name: str) -> None:
    """Count one `action` for an account or an address. Raises RateLimited.

    Hashed: neither addresses of accounts nor of networks lie about in Redis.
    """
    get_limiter().require_door_rate(action, hash_secret(name).hex())


def read_address(request: Request) -> str:
    """Return from which address a call comes. Behind a trusted proxy the server has put the client's there; no header
    is looked at here."""
    return str(request.META.get("REMOTE_ADDR", ""))
