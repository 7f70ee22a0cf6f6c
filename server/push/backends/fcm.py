"""Firebase Cloud Messaging, through the real `firebase-admin`: this module is its only door.

What firebase-admin does by itself is turned off: it repeats a push up to four times, waits out `Retry-After` inside the
call and knows no bound in time, so its session gets a transport of ours; and each of its threads would sign in anew
when a token lapses, so signing in is done here, once. The service and its address are private attributes of
firebase-admin 7.7: `tests/unit/push/test_firebase_pins.py` holds them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import firebase_admin
import requests
from firebase_admin import credentials, messaging
from firebase_admin.exceptions import FirebaseError
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request, _Response
from google.oauth2 import service_account

from server.foundation.clock import read_clock, read_monotonic
from server.foundation.ids import make_id
from server.push.backends.fcm_errors import judge_firebase, judge_sign_in
from server.push.backends.fcm_messages import make_message
from server.push.backends.port import SEND_SECONDS, Outcome, Push, Verdict
from server.push.backends.transport import KeptConnections, open_session, restrict_session
from server.push.rules.payload import build_fcm_message, find_misfit

_SCOPES: Final = ("https://www.googleapis.com/auth/firebase.messaging",)  # of all that the account may do: this
_THREADS: Final = 48  # sends in flight: with 60 ms for each, 800 a second
_GRACE_SECONDS: Final = 1.0
SENT: Final = Outcome(Verdict.SENT)
_UNSENT: Final = Outcome(Verdict.RETRY, "timeout")


@dataclass(frozen=True, slots=True)
class FcmConfig:
    """Where the service account's file lies, and Firebase's address without a path (another one is a stand-in)."""

    credentials_file: Path | None
    base_url: str


class FcmBackend:
    """Sends to phones. Reads the credentials at the first send, and again after they were found wanting."""

    name = "fcm"

    def __init__(
        self,
        config: FcmConfig,
        *,
        clock: Callable[[], datetime] = read_clock,
        way_out: KeptConnections | None = None,
        seconds: float = SEND_SECONDS,
    ) -> None:
        self._config, self._clock, self._seconds = config, clock, seconds
        self._transport = way_out or KeptConnections()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="fcm")
        self._lock = threading.Lock()
        self._app: firebase_admin.App | None = None
        self._sign_in_request = _OneTry(open_session(self._transport))

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Return one outcome for each push, in order, within the seconds given and a little."""
        if not pushes:
            return []
        deadline = read_monotonic() + self._seconds
        trouble = self._sign_in()
        if trouble is not None:
            return [trouble] * len(pushes)
        outcomes = self._send_all(pushes, deadline)
        refused = [at for at, one in enumerate(outcomes) if one.cause == "unauthenticated"]
        if refused and self._sign_in(anew=True) is None:  # the access token may have been withdrawn: once more
            for at, one in zip(refused, self._send_all([pushes[at] for at in refused], deadline), strict=True):
                outcomes[at] = one
        if any(one.verdict == Verdict.STOPPED for one in outcomes):
            self.close_app()  # the file may be put right meanwhile
        return outcomes

    def close_app(self) -> None:
        """Forget the credentials; the next send reads them again."""
        with self._lock:
            if self._app is not None:
                firebase_admin.delete_app(self._app)
                self._app = None

    def close(self) -> None:
        """End the threads and forget the credentials."""
        self._transport.cut()
        self._pool.shutdown(cancel_futures=True)
        self._transport.close()
        self.close_app()

    def check(self) -> Outcome:
        """Say whether the credentials can be read and Google takes them; sends nothing."""
        return self._sign_in(anew=True) or SENT

    @property
    def project(self) -> str | None:
        """The Firebase project of the credentials, None when they cannot be read."""
        with self._lock:
            app = self._open_app()
            return None if isinstance(app, Outcome) else app.project_id

    def _sign_in(self, *, anew: bool = False) -> Outcome | None:
        """See to it that there is a valid access token; return what is in the way."""
        with self._lock:
            app = self._open_app()
            if isinstance(app, Outcome):
                return app
            credential = app.credential.get_credential()
            if credential.valid and not anew:
                return None
            try:
                credential.refresh(self._sign_in_request)
            except (GoogleAuthError, TypeError, KeyError, ValueError) as problem:
                return judge_sign_in(problem)
            return None

    def _open_app(self) -> firebase_admin.App | Outcome:
        if self._app is None:
            try:
                self._app = self._make_app()
            except (OSError, ValueError, TypeError, AttributeError):  # no file, not ours to read, no service account
                return Outcome(Verdict.STOPPED, "no_credentials")
        return self._app

    def _make_app(self) -> firebase_admin.App:
        if self._config.credentials_file is None:
            raise ValueError("FCM_CREDENTIALS_FILE is not set")
        account = _Account.from_service_account_file(str(self._config.credentials_file), scopes=_SCOPES)  # type: ignore[no-untyped-call]
        options = {"projectId": account.project_id}
        app = firebase_admin.initialize_app(_Held(account), options, name=f"warmlijn-{make_id()}")
        service = messaging._get_messaging_service(app)
        service._fcm_url = self._config.base_url + urlsplit(service._fcm_url).path
        session = restrict_session(service._client.session, self._transport)
        session._max_refresh_attempts = 0  # type: ignore[attr-defined]  # google-auth's own session
        return app

    def _send_all(self, pushes: Sequence[Push], deadline: float) -> list[Outcome]:
        futures = [self._pool.submit(self._send_one, push, deadline) for push in pushes]
        if wait(futures, max(0.0, deadline - read_monotonic())).not_done:
            for one in futures:
                one.cancel()
            self._transport.cut()
            wait(futures, _GRACE_SECONDS)
        return [_read(one) for one in futures]

    def _send_one(self, push: Push, deadline: float) -> Outcome:
        misfit = find_misfit(push)
        if misfit is not None:
            return Outcome(Verdict.BROKEN, "bad_token" if misfit == "token" else "bad_request")
        now, app = self._clock(), self._app
        if now >= push.may_until:
            return Outcome(Verdict.LATE, "late")
        if app is None or read_monotonic() > deadline:
            return _UNSENT
        try:
            messaging.send(make_message(build_fcm_message(push, now=now)), app=app)
        except FirebaseError as problem:
            return judge_firebase(problem)
        except GoogleAuthError as problem:
            return judge_sign_in(problem)
        except Exception:  # firebase-admin reads an answer of an unknown form with whatever error comes
            return Outcome(Verdict.RETRY, "odd_answer")
        return SENT


class _Account(service_account.Credentials):
    """A service account that signs in and does nothing else."""

    def _after_refresh(self, request: object, method: object, url: object, headers: object) -> None:
        """Ask nothing more: google-auth would start a thread that asks iamcredentials.googleapis.com for this
        account's regions, past our transport."""


class _Held(credentials.Base):  # type: ignore[misc]
    """Credentials as firebase-admin takes them."""

    def __init__(self, account: _Account) -> None:
        self._account = account

    def get_credential(self) -> _Account:
        """Return google-auth's side of them."""
        return self._account


class _OneTry(Request):
    """Asks for an access token once: google-auth would ask three times, sleeping in between."""

    def __call__(self, *args: Any, **kwargs: Any) -> _Response:
        response: _Response = super().__call__(*args, **kwargs)  # type: ignore[no-untyped-call]
        if response.status == requests.codes.too_many_requests or response.status >= 500:
            raise TransportError(f"HTTP {response.status}")  # type: ignore[no-untyped-call]
        if response.status >= 400 and not response.headers.get("content-type", "").startswith("application/json"):
            raise TransportError("not Google's answer")  # type: ignore[no-untyped-call]
        return response


def _read(future: Future[Outcome]) -> Outcome:
    return future.result() if future.done() and not future.cancelled() else _UNSENT
