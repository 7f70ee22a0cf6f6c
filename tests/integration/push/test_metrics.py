"""The numbers: counted once for each thing that was done, shown to the monitor on this machine and to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import RequestFactory
from pytest_django import Settings

from server.foundation.problem_json import answer_404
from server.metrics import answer_metrics
from server.push.backends.port import Verdict
from tests.cast import Cast
from tests.integration.push.desk import SENT, StandIn, give_phone, work

Clock = time_machine.Traveller
SOON = timedelta(seconds=3)
TOKEN = "a token of at least thirty-two characters"


def scrape(**headers: str) -> tuple[int, str]:
    """Return the status and the text."""
    response = answer_metrics(RequestFactory().get("/metrics", **headers))  # type: ignore[arg-type]
    return response.status_code, response.content.decode()


def test_everything_that_was_done_is_counted(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    cast.accept(cast.ada)
    cast.accept(cast.ada)
    work(backend)
    clock.shift(timedelta(seconds=10))
    _, text = scrape()
    assert 'warmlijn_pushes_total{cause="",kind="message",what="queued"} 1.0' in text
    assert 'warmlijn_pushes_total{cause="joined",kind="message",what="merged"} 1.0' in text
    assert "warmlijn_push_due 1.0" in text
    assert "warmlijn_push_oldest_due_seconds 8.0" in text
    backend.always(Verdict.STOPPED, "forbidden")
    work(backend)
    assert "warmlijn_push_stopped_backends 1.0" in scrape()[1]
    backend.answer = lambda _: SENT
    clock.shift(timedelta(minutes=2))
    work(backend)
    _, text = scrape()
    assert 'warmlijn_pushes_total{cause="open",kind="message",what="sent"} 1.0' in text
    assert "warmlijn_push_due 0.0" in text
    assert "warmlijn_outbox_parked 0.0" in text
    assert cast.ben.id not in text


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer "},
        {"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer wrong"},
        {"REMOTE_ADDR": "", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}é"},
    ],
)
@pytest.mark.parametrize("token", ["", TOKEN])
def test_from_the_street_there_is_nothing_here(
    db: None, headers: dict[str, str], token: str, settings: Settings
) -> None:
    settings.METRICS_TOKEN = token
    nothing = answer_404(RequestFactory().get("/nothing-here"))
    assert scrape(**headers) == (404, nothing.content.decode())


def test_a_monitor_elsewhere_bears_a_token(db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    status, text = scrape(REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    assert status == 200
    assert "warmlijn_push_due" in text
