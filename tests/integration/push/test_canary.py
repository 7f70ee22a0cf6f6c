"""A text that somebody sends is in no push, no log line and no Redis key, all the way to Firebase and to a browser."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import redis
import time_machine
from django.conf import settings
from jsonschema import Draft202012Validator

from server.foundation.clock import read_clock
from server.push.backends.fcm import FcmBackend, FcmConfig
from server.push.backends.port import PushBackend
from server.push.models import Decision, Delivery
from server.push.rules.payload import FCM_SCHEMA, WEB_SCHEMA
from server.push.tasks import step_send
from tests.cast import Cast
from tests.integration.push.desk import StandIn, give_phone, work
from tests.unit.push.outside import Outside, run_outside

CANARY = "zandkasteel-kanarie"
SOON = timedelta(seconds=3)


@pytest.fixture(scope="module")
def running_outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """The stand-in's process."""
    with run_outside(tmp_path_factory.mktemp("outside")) as running:
        yield running


@pytest.fixture
def fcm(running_outside: Outside) -> Iterator[FcmBackend]:
    """The real backend; the clock of these tests stands still, days from the stand-in's."""
    running_outside.tell("forget")
    running_outside.tell("firebase", skew_seconds=10**9)
    backend = FcmBackend(FcmConfig(running_outside.credentials, running_outside.address))
    yield backend
    backend.close()


def read_redis() -> str:
    """Return every key and value, as far as they are text; nothing without Redis."""
    if not settings.REDIS_URL:
        return ""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return repr([(key, client.dump(key)) for key in client.scan_iter(count=1000)])


@pytest.mark.parametrize("platform", ["android", "ios"])
def test_what_ada_writes_reaches_ben_and_nothing_else(
    cast: Cast,
    clock: time_machine.Traveller,
    fcm: FcmBackend,
    running_outside: Outside,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    platform: str,
) -> None:
    give_phone(cast.ben, platform=platform)
    with caplog.at_level(logging.DEBUG):
        cast.accept(cast.ada, f"{CANARY} help me")
        clock.shift(SOON)
        _work(fcm)

    [received] = running_outside.read()["received"]
    message = received["message"]
    Draft202012Validator(dict(FCM_SCHEMA)).validate(message)
    Draft202012Validator(dict(WEB_SCHEMA)).validate(message["data"])
    assert (message["token"], message["data"]) == (f"token-of-{cast.ben.id}", {"kind": "message"})
    stored = repr([*Delivery.objects.values(), *Decision.objects.values()])
    written = "".join(record.getMessage() for record in caplog.records) + "".join(capfd.readouterr())
    for place in (json.dumps(received), stored, written, read_redis()):
        assert CANARY not in place
        assert cast.pair not in place or place is stored
    assert f"token-of-{cast.ben.id}" not in written + stored


def test_a_dead_phone_is_forgotten_and_a_refused_one_is_not(
    cast: Cast, clock: time_machine.Traveller, fcm: FcmBackend, running_outside: Outside
) -> None:
    dead, odd = give_phone(cast.ben), give_phone(cast.ada)
    faults = {f"token-of-{cast.ben.id}": "unregistered", f"token-of-{cast.ada.id}": "sender_id_mismatch"}
    running_outside.tell("faults", tokens=faults)
    cast.accept(cast.ada)
    cast.accept(cast.ben)
    clock.shift(SOON)
    _work(fcm)

    found = {str(one.device_id): (one.state, one.reason) for one in Delivery.objects.all()}
    assert found[dead][1] == "token_gone"
    assert found[odd] == ("failed", "sender_mismatch")
    assert not has_device(cast.ben.id)
    assert has_device(cast.ada.id)


def has_device(person_id: str) -> bool:
    """Say whether somebody is still registered."""
    from server.accounts.device_queries import list_device_places

    return bool(list_device_places([person_id], now=read_clock()))


def _work(backend: PushBackend) -> None:
    standing = StandIn()
    work(standing, read_clock() - SOON)  # hand the facts on, with nothing due yet
    while step_send(read_clock(), lambda _: backend):
        pass
