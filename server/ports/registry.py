"""Where a port's answerer is bound, by the switchboard, and found, by the asker. An unbound port fails closed."""

from __future__ import annotations

from typing import Any

from server.foundation.errors import Unavailable

_answerers: dict[type[Any], Any] = {}


def bind_port(port: type[Any], answerer: Any) -> None:
    """Say who answers a port."""
    _answerers[port] = answerer


def ask_port(port: type[Any]) -> Any:
    """Return who answers the port. Raises Unavailable when nobody does: no answer is never a yes."""
    if port not in _answerers:
        raise Unavailable(f"nobody answers {port.__name__}")
    return _answerers[port]
