"""Where a connection goes: HTTP to Django, `/ws/v1` to the socket, after the door's own checks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import SyncToAsync, ThreadSensitiveContext
from channels.routing import ProtocolTypeRouter
from django.conf import settings

from server.foundation.errors import Overloaded
from server.foundation.json_codec import encode
from server.foundation.logs import get_logger
from server.foundation.problem_json import describe_problem
from server.realtime.consumers import SocketConsumer

log = get_logger(__name__)
Application = Callable[[Any, Any, Any], Awaitable[None]]

_serve_socket: Application = SocketConsumer.as_asgi()

# Each HTTP request holds a thread and may hold a database connection: more than these wait, and far more are refused.
_REQUESTS_AT_ONCE = 12
_REQUESTS_WAITING = 2_000


def make_application(django_application: Application) -> Application:
    """Return the ASGI application."""
    sockets = OriginCheck(route_socket)
    application: Application = ProtocolTypeRouter(
        {"http": BoundedRequests(django_application), "websocket": sockets, "lifespan": answer_lifespan}
    )
    return application


async def route_socket(scope: Any, receive: Any, send: Any) -> None:
    """Serve `/ws/v1`; refuse every other path."""
    if scope["path"].rstrip("/") == "/ws/v1":
        await _serve_socket(scope, receive, send)
    else:
        await refuse_path(scope, receive, send)


class OriginCheck:
    """PROTOCOL §3: an Origin that is present must be listed or be the server's own, an absent one is allowed."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass on, or refuse the handshake with 403."""
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        if not all(is_listed_origin(origin.decode("latin-1"), scope) for origin in origins) or len(origins) > 1:
            log.warning("origin_refused")
            await refuse_path(scope, receive, send)
            return
        await self._application(scope, receive, send)


def is_listed_origin(origin: str, scope: Any) -> bool:
    """Tell whether a full origin (scheme, host, port) is in ALLOWED_ORIGINS; in dev the served host itself is."""
    if origin in settings.ALLOWED_ORIGINS:
        return True
    if settings.APP_ENV != "dev":
        return False
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    return (
        bool(host)
        and host.rpartition(":")[0].strip("[]") in ("127.0.0.1", "localhost", "::1")
        and origin
        in (
            f"http://{host}",
            f"https://{host}",
        )
    )


class BoundedRequests:
    """At most so many HTTP requests at once, each on a lane: a thread that is kept, not made for each request.

    Requests wait for a free lane; when the queue is absurd the answer is 503 at once. A lane is asgiref's own
    thread-sensitive context; Django, which opens one for each request, leaves one that is open already in place.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lanes: asyncio.Queue[ThreadSensitiveContext] | None = None
        self._waiting = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the request when there is a lane."""
        if self._lanes is None:
            self._lanes = asyncio.Queue()
            for _ in range(_REQUESTS_AT_ONCE):
                self._lanes.put_nowait(ThreadSensitiveContext())
        if self._waiting >= _REQUESTS_WAITING:
            await _answer_overloaded(send)
            return
        self._waiting += 1
        try:
            lane = await self._lanes.get()
        finally:
            self._waiting -= 1
        try:
            SyncToAsync.thread_sensitive_context.set(lane)
            await self._application(scope, receive, send)
        finally:
            self._lanes.put_nowait(lane)


async def refuse_path(scope: Any, receive: Any, send: Any) -> None:
    """Refuse a handshake: 403 before the upgrade."""
    await receive()
    await send({"type": "websocket.close"})


async def answer_lifespan(scope: Any, receive: Any, send: Any) -> None:
    """Servers that have a lifespan protocol hear that there is nothing to wait for; the hub starts by itself."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _answer_overloaded(send: Any) -> None:
    error = Overloaded()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"retry-after", b"2"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": error.http_status, "headers": headers})
    await send({"type": "http.response.body", "body": encode(describe_problem(error))})
