"""The real pywebpush against the stand-in of a browser's push service, which opens what it is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from server.push.backends import webpush
from server.push.backends.port import SEND_SECONDS, Outcome, Push, Verdict
from server.push.backends.transport import KeptConnections
from server.push.backends.vapid import make_vapid_key
from server.push.backends.webpush import WebPushBackend, WebPushConfig
from server.push.rules.kinds import KINDS
from server.push.rules.payload import WEB_SCHEMA
from server.push.rules.retrying import LEASE, URGENT_LEASE
from tests.unit.push.outside import NOW, SUBJECT, Outside, make_push

HOST = "push.example.org"
SENT = Outcome(Verdict.SENT)


class ToStandIn(KeptConnections):
    """Leads what is for the push service to the stand-in, and keeps where else somebody wanted to go."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        self.called: list[str] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Call the stand-in in place of https://HOST."""
        self.called.append(str(request.url))
        request.url = str(request.url).replace(f"https://{HOST}", self._address, 1)
        return super().send(request, *args, **kwargs)


class Dragging(ToStandIn):
    """Lets one browser's pushes lie until it is told to go on."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.slow, self.go_on = "", Event()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Call the stand-in, late for the slow one."""
        if request.url == self.slow:
            self.go_on.wait(20)
        return super().send(request, *args, **kwargs)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A fresh key."""
    make_vapid_key(tmp_path / "vapid.pem")
    return tmp_path / "vapid.pem"


@pytest.fixture
def way_out(outside: Outside) -> ToStandIn:
    """The way to the stand-in."""
    return ToStandIn(outside.address)


@pytest.fixture
def web(key_file: Path, way_out: ToStandIn) -> Iterator[WebPushBackend]:
    """The backend."""
    config = WebPushConfig(key_file, "mailto:beheer@example.org", (HOST,))
    backend = WebPushBackend(config, clock=lambda: NOW, way_out=way_out)
    yield backend
    backend.close()


def subscribe(outside: Outside, **different: Any) -> Push:
    """Return a push to a new browser."""
    return make_push(json.dumps(outside.tell("browser")), platform="web", **different)


def refuse(outside: Outside, push: Push, status: int) -> None:
    """Have the push service answer this browser's pushes with a status."""
    outside.tell("refuse", **{json.loads(push.token)["endpoint"].removeprefix(f"https://{HOST}"): status})


def test_a_browser_opens_every_kind_and_finds_the_kind_and_the_subject_alone(
    web: WebPushBackend, outside: Outside
) -> None:
    pushes = [subscribe(outside, kind=kind, subject=SUBJECT) for kind in KINDS]

    assert web.send(pushes) == [SENT] * len(pushes)
    opened = outside.read_browsers()
    assert {one["payload"]["kind"] for one in opened} == set(KINDS)
    for one in opened:
        Draft202012Validator(dict(WEB_SCHEMA)).validate(one["payload"])
        assert one["payload"]["subject"] == SUBJECT
        assert one["claims"]["sub"] == "mailto:beheer@example.org"
        assert (one["headers"]["ttl"], len(one["headers"]["topic"])) == ("3600", 32)
    assert {one["payload"]["kind"]: one["headers"]["urgency"] for one in opened} == {
        kind.name: kind.priority for kind in KINDS.values()
    }


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, Outcome(Verdict.GONE, "unregistered")),
        (410, Outcome(Verdict.GONE, "unregistered")),
        (400, Outcome(Verdict.BROKEN, "bad_request")),
        (413, Outcome(Verdict.BROKEN, "too_large")),
        (401, Outcome(Verdict.RETRY, "forbidden")),
        (403, Outcome(Verdict.RETRY, "forbidden")),
        (429, Outcome(Verdict.RETRY, "quota")),
        (500, Outcome(Verdict.RETRY, "unavailable")),
        (503, Outcome(Verdict.RETRY, "unavailable")),
    ],
)
def test_an_answer_of_the_push_service_is_judged(
    web: WebPushBackend, outside: Outside, status: int, outcome: Outcome
) -> None:
    push, other = subscribe(outside), subscribe(outside)
    refuse(outside, push, status)

    assert web.send([push, other]) == [outcome, SENT]


def test_a_redirect_is_not_followed(web: WebPushBackend, outside: Outside, way_out: ToStandIn) -> None:
    push = subscribe(outside)
    refuse(outside, push, 307)

    assert web.send([push]) == [Outcome(Verdict.BROKEN, "redirected")]
    assert way_out.called == [json.loads(push.token)["endpoint"]]


def test_an_address_that_is_on_no_list_is_not_called(web: WebPushBackend, outside: Outside, way_out: ToStandIn) -> None:
    shape = json.loads(subscribe(outside).token)
    push = make_push(json.dumps(shape | {"endpoint": "https://169.254.169.254/latest"}), platform="web")

    assert web.send([push]) == [Outcome(Verdict.BROKEN, "bad_token")]
    assert way_out.called == []


def test_what_is_late_or_does_not_fit_is_not_sent(web: WebPushBackend, outside: Outside, way_out: ToStandIn) -> None:
    late, odd = subscribe(outside, may_until=NOW - timedelta(seconds=1)), subscribe(outside, subject="hoi Ada")

    assert web.send([late, odd]) == [Outcome(Verdict.LATE, "late"), Outcome(Verdict.BROKEN, "bad_request")]
    assert way_out.called == []


def test_keys_that_are_no_point_on_the_curve_block_nobody(web: WebPushBackend, outside: Outside) -> None:
    push, other = subscribe(outside), subscribe(outside)
    shape = json.loads(push.token)
    shape["keys"]["p256dh"] = "B" + "A" * 86

    assert web.send([make_push(json.dumps(shape), platform="web"), other]) == [
        Outcome(Verdict.BROKEN, "bad_token"),
        SENT,
    ]


def test_a_browser_whose_service_drags_on_holds_up_no_other(
    key_file: Path, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webpush, "SEND_SECONDS", 1.0)
    way_out = Dragging(outside.address)
    config = WebPushConfig(key_file, "mailto:beheer@example.org", (HOST,))
    backend = WebPushBackend(config, clock=lambda: NOW, way_out=way_out)
    slow, other = subscribe(outside), subscribe(outside)
    way_out.slow = json.loads(slow.token)["endpoint"]
    try:
        assert backend.send([slow, other]) == [Outcome(Verdict.RETRY, "timeout"), SENT]
    finally:
        way_out.go_on.set()
        backend.close()


def test_a_batch_of_two_backends_ends_before_its_lease() -> None:
    assert timedelta(seconds=2 * (SEND_SECONDS + 1)) < URGENT_LEASE < LEASE


@pytest.mark.parametrize("spoil", ["gone", "open", "garbled"])
def test_a_key_that_cannot_be_used_stops_the_sender(
    web: WebPushBackend, outside: Outside, key_file: Path, spoil: str
) -> None:
    push, kept = subscribe(outside), key_file.read_bytes()
    match spoil:
        case "gone":
            key_file.unlink()
        case "open":
            key_file.chmod(0o644)
        case "garbled":
            lines = kept.splitlines()
            key_file.write_bytes(b"\n".join([lines[0], b"AAAA", lines[-1], b""]))

    assert web.send([push]) == [Outcome(Verdict.STOPPED, "no_credentials")]
    key_file.write_bytes(kept)
    key_file.chmod(0o600)
    assert web.send([push]) == [SENT]


def test_a_key_is_never_overwritten(key_file: Path) -> None:
    kept = key_file.read_bytes()

    with pytest.raises(FileExistsError):
        make_vapid_key(key_file)
    assert key_file.read_bytes() == kept
