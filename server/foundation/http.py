"""What every HTTP answer carries, and the one log line of every request."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix
from django.utils.http import http_date

from server.foundation.clock import read_clock, read_monotonic
from server.foundation.ids import make_id
from server.foundation.logs import get_logger

log = get_logger(__name__)
_HEALTH_PATHS = ("/healthz", "/readyz", "/metrics")  # asked by address, from inside
GetResponse = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self' {sockets}; manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


class RequestContext:
    """Gives each request an id, binds it to every log line, and logs the request once, by its route."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; the log holds the route's pattern, never the path with its ids."""
        request_id, began = str(make_id()), read_monotonic()
        request.META["REMOTE_ADDR"] = find_client_address(
            request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
        )
        if request.path not in _HEALTH_PATHS:
            request.get_host()  # raises DisallowedHost, which becomes a 400, whoever asks for the host later
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self._get_response(request)
            route = request.resolver_match.route if request.resolver_match else "unmatched"
            log.info(
                "request",
                method=request.method if request.method in _METHODS else "other",
                route=route,
                http_status=response.status_code,
                milliseconds=round((read_monotonic() - began) * 1000, 1),
                person=str(getattr(request, "person_id", "") or ""),
            )
        response["X-Request-Id"] = request_id
        return response


class SecurityHeaders:
    """Sets the headers of PROTOCOL §2 on every answer: pages, API, static files and errors alike."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the headers added; an API answer is never stored anywhere."""
        response = self._get_response(request)
        response["Date"] = http_date(read_clock().timestamp())  # Daphne sends none, and phones' clocks are wrong
        response["X-Content-Type-Options"] = "nosniff"
        response["Referrer-Policy"] = "no-referrer"
        response["Content-Security-Policy"] = _policy_for(request)
        response["Cross-Origin-Opener-Policy"] = "same-origin"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
        if not request.path.startswith(settings.STATIC_URL):
            response["Cache-Control"] = "no-store"
        if settings.APP_ENV == "prod":
            response["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains; preload"
        return response


def find_client_address(peer: str, forwarded_for: str) -> str:
    """Return the address of who really calls: what a trusted proxy in front says last, else the peer itself."""
    last = forwarded_for.rpartition(",")[2].strip()
    if not last or not any(_lies_in(peer, network) for network in settings.TRUSTED_PROXIES):
        return peer
    try:
        return str(ip_address(last))
    except ValueError:
        return peer


def _lies_in(peer: str, network: str) -> bool:
    try:
        return ip_address(peer) in ip_network(network, strict=False)
    except ValueError:
        return False


def answer_empty() -> HttpResponse:
    """Return 204."""
    return HttpResponse(status=204)


class OneHopHandler(ASGIHandler):
    """Django's ASGI handler, with one hop to a thread for all that a request needs there.

    As it comes there is a hop for the signal at the start, one for the view and one for the end, and one there and
    back for each synchronous middleware. It also watches for a client that leaves, to cancel the view: a view in a
    thread cannot be cancelled, so here nobody watches.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        """Build the chain as a synchronous server would."""
        super().load_middleware(is_async=False)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request in the lane that it has."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        try:
            response = await sync_to_async(self._answer, thread_sensitive=True)(scope, body)
        finally:
            body.close()
        await self.send_response(response, send)

    def _answer(self, scope: Any, body: Any) -> HttpResponse:
        """Run the whole chain and close what it used: its connection is free before the answer leaves.

        A file is read here: Django would take it into memory as well, for a server that is asynchronous.
        """
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=type(self), scope=scope)
        request, problem = self.create_request(scope, body)
        response: Any = problem if request is None else self.get_response(request)
        response._handler_class = type(self)
        try:
            content = b"".join(response)
        finally:
            response.close()
        if isinstance(response, HttpResponse):
            return response
        return HttpResponse(content, status=response.status_code, headers=response.headers)


def _policy_for(request: HttpRequest) -> str:
    # Older WebKit does not take 'self' for the socket's scheme, so the own host is named as well.
    host = request.META.get("HTTP_HOST", "")
    known = host if host and host.isascii() and all(part.isalnum() or part in ".:-[]" for part in host) else ""
    sockets = f"ws://{known} wss://{known}" if known else ""
    return CONTENT_SECURITY_POLICY.format(sockets=sockets)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
