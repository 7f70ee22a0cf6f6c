"""The way out over HTTPS for `requests`: kept-alive connections, no retries, no redirects, bounded in time.

It stands where requests would put urllib3, and carries what Firebase's and the browsers' client ask of it: measured
with the stand-in of Firebase it costs 0.53 CPU-seconds per 1,000 sends instead of 0.8 (docs/push.md). Retries belong to
the delivery's row, which knows when the push is no longer worth sending.
"""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any, Final
from urllib.parse import urlsplit

import certifi
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from server.foundation.clock import read_monotonic

CONNECT_SECONDS: Final = 2.0
READ_SECONDS: Final = 3.0
_IDLE_SECONDS: Final = 45.0  # push services drop a silent connection after a minute or more
_MOST_BYTES: Final = 256 * 1024  # of an answer

Connection = http.client.HTTPConnection


class KeptConnections(BaseAdapter):
    """One connection for each thread and host. An exchange ends after CONNECT_SECONDS without a line or `read_seconds`
    of silence; `cut` ends those that drag on. Open lines stay open until `close`."""

    def __init__(self, *, read_seconds: float = READ_SECONDS) -> None:
        super().__init__()
        self._read_seconds = read_seconds
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: set[Connection] = set()
        self._busy: set[Connection] = set()
        self._tls = ssl.create_default_context(cafile=certifi.where())

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Return the answer. Raises requests' Timeout and ConnectionError; the arguments beside the request are
        requests' own and change nothing here."""
        try:
            return self._send_somehow(request)
        except TimeoutError as problem:
            raise requests.exceptions.Timeout(type(problem).__name__, request=request) from problem
        except (OSError, http.client.HTTPException) as problem:
            raise requests.exceptions.ConnectionError(type(problem).__name__, request=request) from problem

    def cut(self) -> None:
        """End every line on which somebody still waits: they hear of it at once."""
        with self._lock:
            for connection in self._busy:
                if connection.sock is not None:
                    # Not close: that would leave a thread waiting in a read that never ends.
                    with suppress(OSError):
                        connection.sock.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """Close all lines, once nobody sends any more."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()

    @property
    def _kept(self) -> dict[tuple[str, str], tuple[Connection, float]]:
        kept: dict[tuple[str, str], tuple[Connection, float]] = self._local.__dict__.setdefault("kept", {})
        return kept

    def _send_somehow(self, request: requests.PreparedRequest) -> requests.Response:
        url = urlsplit(str(request.url))
        place = url.scheme, url.netloc
        connection, used_at = self._kept.pop(place, (None, 0.0))
        if connection is not None and read_monotonic() - used_at < _IDLE_SECONDS:
            try:
                return self._exchange(connection, request, place)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                pass  # closed while it was idle: the other side has not answered a byte, so ask anew
        if connection is not None:
            self._drop(connection)
        return self._exchange(self._connect(url.scheme, str(url.hostname), url.port), request, place)

    def _connect(self, scheme: str, host: str, port: int | None) -> Connection:
        if scheme == "https":
            connection: Connection = http.client.HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=self._tls)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
        connection.connect()
        connection.sock.settimeout(self._read_seconds)
        with self._lock:
            self._open.add(connection)
        return connection

    def _drop(self, connection: Connection) -> None:
        connection.close()
        with self._lock:
            self._open.discard(connection)

    def _exchange(
        self, connection: Connection, request: requests.PreparedRequest, place: tuple[str, str]
    ) -> requests.Response:
        with self._lock:
            self._busy.add(connection)
        try:
            connection.sock.sendall(_write_request(request))
            got = http.client.HTTPResponse(connection.sock, method=request.method)
            got.begin()
            content = got.read(_MOST_BYTES)
            whole = got.isclosed()
        except BaseException:
            self._drop(connection)
            raise
        finally:
            with self._lock:
                self._busy.discard(connection)
        if not whole:
            self._drop(connection)
            raise http.client.HTTPException("an answer beyond all measure")
        if got.will_close:
            self._drop(connection)
        else:
            self._kept[place] = connection, read_monotonic()
        return _make_response(request, got, content)


def open_session(adapter: BaseAdapter) -> requests.Session:
    """Return a session that goes this way only: nothing from the environment, no redirect followed."""
    return restrict_session(requests.Session(), adapter)


def restrict_session(session: requests.Session, adapter: BaseAdapter) -> requests.Session:
    """Send all of a session's requests this way. A redirect raises TooManyRedirects before it is followed."""
    session.trust_env = False  # reading proxies and .netrc anew costs a third of every send
    session.max_redirects = 0
    session.headers["Accept-Encoding"] = "identity"  # nobody unpacks here, and an answer is a line or two
    session.adapters.clear()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _write_request(request: requests.PreparedRequest) -> bytes:
    """Return a request in one piece: http.client would send its head and its body by themselves."""
    body = request.body or b""
    if not isinstance(body, (bytes, str)):
        raise TypeError("a body of known length was expected")
    lines = [f"{request.method} {request.path_url} HTTP/1.1", f"Host: {urlsplit(str(request.url)).netloc}"]
    lines += [f"{_as_text(name)}: {_as_text(value)}" for name, value in request.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body.encode() if isinstance(body, str) else body)


def _as_text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _make_response(
    request: requests.PreparedRequest, got: http.client.HTTPResponse, content: bytes
) -> requests.Response:
    response = requests.Response()
    response.status_code, response.reason = got.status, got.reason
    response.headers = CaseInsensitiveDict(got.getheaders())
    response.url, response.request, response.encoding = str(request.url), request, "utf-8"
    response._content = content
    return response
