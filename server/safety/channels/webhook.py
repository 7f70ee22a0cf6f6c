"""The second channel: a signed call to an address of the organisation, such as a gateway for text messages."""

from __future__ import annotations

import hashlib
import hmac
import http.client
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit, urlunsplit

from server.foundation.json_codec import encode
from server.safety.channels import TIMEOUT_SECONDS, ChannelFailed, ChannelMissing, Message

_SIGNATURE = "X-Warmlijn-Signature"


class Webhook:
    """POSTs JSON over HTTPS (in the clear to this machine only), follows no redirect, waits a bounded time.

    The signature is HMAC-SHA256 over the body, hexadecimal; the page's id in `Idempotency-Key` tells repeats.
    """

    def __init__(self, url: str, *, secret: str, timeout: float = TIMEOUT_SECONDS) -> None:
        if not secret:
            raise ChannelMissing("ESCALATION_WEBHOOK_SECRET is not set")
        self._parts, self._secret, self._timeout = _read_url(url), secret.encode(), timeout

    def send(self, message: Message) -> None:
        """Make the call. Raises ChannelFailed unless it is answered with 2xx, OSError."""
        body = encode({"reference": message.reference, "level": message.level, "text": message.text})
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.page_id,
            _SIGNATURE: hmac.new(self._secret, body, hashlib.sha256).hexdigest(),
        }
        _call(self._parts, "POST", body, headers, self._timeout)


def call_url(url: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
    """Look at an address, such as the monitor that waits for our heartbeat. Raises ChannelFailed, OSError."""
    _call(_read_url(url), "GET", None, {}, timeout)


def _call(parts: SplitResult, method: str, body: bytes | None, headers: Mapping[str, str], timeout: float) -> None:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    try:
        connection.request(method, urlunsplit(("", "", parts.path or "/", parts.query, "")), body, dict(headers))
        status = connection.getresponse().status
    except http.client.HTTPException as problem:
        raise ChannelFailed(type(problem).__name__) from None
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise ChannelFailed(f"status {status}")


def _read_url(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and _is_local(parts.hostname))):
        return parts
    raise ChannelMissing("an address must be https, or http on this machine")


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
