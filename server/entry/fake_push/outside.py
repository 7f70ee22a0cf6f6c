"""The outside as one process: Firebase, its sign-in, the browsers' push service, and the door for orders.

| control | does |
| --- | --- |
| `GET /control/received?after=N&most=M` | what Firebase was sent after number N, 1,000 at most |
| `POST /control/faults` | orders of `faults.Faults.change` |
| `POST /control/firebase` | `{token_seconds?, skew_seconds?, expire?, known?, sign_ins?}`, all optional |
| | `known` are the registered tokens (null: all), `sign_ins` the fault of each sign-in |
| `POST /control/browser` · `GET /control/browsers` | a new browser's subscription · what browsers opened |
| `POST /control/refuse` | `{path: HTTP status}` for browsers |
| `POST /control/forget` | begin anew |
"""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import orjson

from server.entry.fake_push.browsers import FakeBrowsers
from server.entry.fake_push.faults import WRONGS
from server.entry.fake_push.firebase import PROJECT, FakeFirebase
from server.entry.fake_push.http import HttpAnswer, HttpRequest, answer_json, listen
from server.foundation.ids import make_secret
from server.foundation.signing import make_rsa_pair

_PAGE: Final = 1000


class Outside:
    """Routes each request; everything is in the memory of this process."""

    def __init__(self, firebase: FakeFirebase, browsers: FakeBrowsers) -> None:
        self.firebase, self.browsers = firebase, browsers
        self._controls: Mapping[str, Callable[[HttpRequest], object]] = {
            "received": self._show_received,
            "browsers": lambda _: list(browsers.received),
            "faults": lambda request: firebase.faults.change(orjson.loads(request.body)),
            "firebase": self._change_firebase,
            "browser": lambda _: browsers.subscribe(),
            "refuse": lambda request: browsers.answers.update(orjson.loads(request.body)),
            "forget": self._forget,
        }

    def handle(self, request: HttpRequest) -> HttpAnswer:
        """Answer one request."""
        path = request.path
        if path.startswith("/v1/projects/"):
            return _pack(request, self.firebase.send(request))
        if path == "/token":
            return self.firebase.sign_in(request)
        if path.startswith("/push/"):
            return self.browsers.receive(request)
        control = self._controls.get(path.removeprefix("/control/"))
        if control is None:
            return HttpAnswer(404)
        try:
            return answer_json(control(request))
        except ValueError as problem:
            return answer_json({"problem": str(problem)}, 400)

    def _show_received(self, request: HttpRequest) -> dict[str, object]:
        asked = {name: int(values[0]) for name, values in parse_qs(request.query).items()}
        kept = self.firebase.received
        start = max(0, asked.get("after", 0) + 1 - (kept[0]["number"] if kept else 1))
        page = list(islice(kept, start, start + min(asked.get("most", _PAGE), _PAGE)))
        return {"count": self.firebase.count, "sign_ins": self.firebase.sign_ins, "received": page}

    def _change_firebase(self, request: HttpRequest) -> None:
        told: dict[str, Any] = orjson.loads(request.body)
        firebase = self.firebase
        firebase.token_seconds = float(told.get("token_seconds", firebase.token_seconds))
        firebase.skew_seconds = int(told.get("skew_seconds", firebase.skew_seconds))
        if told.get("expire"):
            firebase.expire_access()
        if "known" in told:
            firebase.known = None if told["known"] is None else set(told["known"])
        if "sign_ins" in told:
            firebase.sign_ins_fail = WRONGS[told["sign_ins"]] if told["sign_ins"] else None

    def _forget(self, _request: HttpRequest) -> None:
        self.firebase.forget()
        self.browsers.received.clear()
        self.browsers.answers.clear()


async def run_outside(port: int, credentials: Path, tell: Callable[[str], object]) -> None:
    """Serve until SIGTERM or SIGINT. Writes a service account's file to `credentials`; tells its own address."""
    private, public = make_rsa_pair()
    account = {"client_email": f"push@{PROJECT}.iam.example.org", "token_uri": ""}
    firebase = FakeFirebase(account, public)
    server = await listen(Outside(firebase, FakeBrowsers()).handle, port)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    account["token_uri"] = f"{address}/token"
    _write_account(credentials, account | {"private_key": private})
    tell(orjson.dumps({"address": address, "credentials": str(credentials), "project": PROJECT}).decode())
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await stopping.wait()
    server.close()


def _pack(request: HttpRequest, answer: HttpAnswer) -> HttpAnswer:
    """Return an answer compressed, as Google does for whoever says that they can read it."""
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return answer
    return replace(answer, body=gzip.compress(answer.body), headers={**answer.headers, "Content-Encoding": "gzip"})


def _write_account(file: Path, account: Mapping[str, str]) -> None:
    shape = {"type": "service_account", "project_id": PROJECT, "private_key_id": make_secret()[:16], **account}
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(orjson.dumps(shape))
