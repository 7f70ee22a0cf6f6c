"""Web push (RFC 8030) through `pywebpush`: this module is its only door. The payload is sealed for the one browser.

A person gives us the address to call, so it is held against WEBPUSH_HOSTS at every send, and no redirect is followed.
A refusal of our signature (401, 403) does not stop the sender: anybody could bring it about with a subscription made
for another sender's key, and would silence everybody's browser. It is tried again until the push has had its time, and
counted under its cause; what is wrong with our own key shows before anything is sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import requests
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush
from requests.adapters import BaseAdapter

from server.accounts.rules.push_tokens import Subscription, read_subscription
from server.foundation.clock import read_clock, read_monotonic
from server.push.backends.port import SEND_SECONDS, Outcome, Push, Verdict
from server.push.backends.retrying import read_retry_after
from server.push.backends.transport import KeptConnections, open_session
from server.push.backends.vapid import VapidKeyError, read_vapid_key
from server.push.rules.payload import build_data, build_web_headers, find_misfit

_THREADS: Final = 16
_BY_STATUS: Final = {
    400: Outcome(Verdict.BROKEN, "bad_request"),
    401: Outcome(Verdict.RETRY, "forbidden"),
    403: Outcome(Verdict.RETRY, "forbidden"),
    404: Outcome(Verdict.GONE, "unregistered"),
    410: Outcome(Verdict.GONE, "unregistered"),
    413: Outcome(Verdict.BROKEN, "too_large"),
    429: Outcome(Verdict.RETRY, "quota"),
}


@dataclass(frozen=True, slots=True)
class WebPushConfig:
    """The key's file, whom a push service may write to about us (mailto: or https:), and where pushes may go."""

    key_file: Path | None
    contact: str
    hosts: tuple[str, ...]


class WebPushBackend:
    """Sends to browsers."""

    name = "webpush"

    def __init__(
        self,
        config: WebPushConfig,
        *,
        clock: Callable[[], datetime] = read_clock,
        way_out: BaseAdapter | None = None,
    ) -> None:
        self._config, self._clock = config, clock
        self._way_out = way_out or KeptConnections()
        self._session = open_session(self._way_out)
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="webpush")

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Return one outcome for each push, in order, within SEND_SECONDS and a little."""
        deadline = read_monotonic() + SEND_SECONDS
        try:
            key = read_vapid_key(self._config.key_file)
        except VapidKeyError:
            return [Outcome(Verdict.STOPPED, "no_credentials")] * len(pushes)
        futures = [self._pool.submit(self._send_one, push, key, deadline) for push in pushes]
        wait(futures, SEND_SECONDS)
        unsent = [one.cancel() or not one.done() for one in futures]
        late = Outcome(Verdict.RETRY, "timeout")
        return [late if not_sent else one.result() for one, not_sent in zip(futures, unsent, strict=True)]

    def close(self) -> None:
        """End the threads and close the lines."""
        self._pool.shutdown(cancel_futures=True)
        self._way_out.close()

    def _send_one(self, push: Push, key: Vapid02, deadline: float) -> Outcome:
        subscription = read_subscription(push.token, self._config.hosts)
        if subscription is None:
            return Outcome(Verdict.BROKEN, "bad_token")
        if find_misfit(push) is not None:
            return Outcome(Verdict.BROKEN, "bad_request")
        if self._clock() >= push.may_until:
            return Outcome(Verdict.LATE, "late")
        if read_monotonic() > deadline:
            return Outcome(Verdict.RETRY, "timeout")
        return self._call(push, subscription, key)

    def _call(self, push: Push, subscription: Subscription, key: Vapid02) -> Outcome:
        now = self._clock()
        headers = build_web_headers(push, now=now)
        ttl = int(headers.pop("TTL"))
        keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
        try:
            webpush(
                {"endpoint": subscription.endpoint, "keys": keys},
                data=json.dumps(build_data(push), separators=(",", ":")),
                vapid_private_key=key,
                vapid_claims={"sub": self._config.contact},
                ttl=ttl,
                headers={**headers},
                requests_session=self._session,
            )
        except WebPushException as problem:
            return _judge(problem.response)
        except requests.exceptions.Timeout:
            return Outcome(Verdict.RETRY, "timeout")
        except requests.exceptions.TooManyRedirects:
            return Outcome(Verdict.BROKEN, "redirected")
        except requests.exceptions.RequestException:
            return Outcome(Verdict.RETRY, "cut")
        except Exception:  # keys that are no point on the curve, and whatever else cannot be sealed
            return Outcome(Verdict.BROKEN, "bad_token")
        return Outcome(Verdict.SENT)


def _judge(response: requests.Response | None) -> Outcome:
    if response is None:
        return Outcome(Verdict.BROKEN, "bad_token")
    known = _BY_STATUS.get(response.status_code, Outcome(Verdict.RETRY, "unavailable"))
    if known.verdict != Verdict.RETRY:
        return known
    return Outcome(known.verdict, known.cause, read_retry_after(response.headers.get("retry-after")))
