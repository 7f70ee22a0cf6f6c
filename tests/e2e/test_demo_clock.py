"""`DEMO_CLOCK=… make run`: one clock for seeding, serving and looking, and it can be set while people are connected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.e2e.house import House, open_house
from tests.services.processes import wait_until

START = datetime(2031, 11, 25, 20, 58, tzinfo=UTC)
# Between two steps of a test, on a busy machine.
SLACK = timedelta(minutes=5)


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The real server, started as somebody does who wants to watch that evening."""
    monkeypatch.setenv("DEMO_CLOCK", "2031-11-25T21:58")
    monkeypatch.setenv("DEMO_CLOCK_SPEED", "1")
    with open_house(tmp_path_factory.mktemp("demo-clock")) as opened:
        yield opened


def follow_link(house: House, name: str) -> httpx.Client:
    """Return a client that is signed in by a link of `demo`."""
    links = dict(re.findall(r"(\w+) +\S+#token=(\S+)", house.run("demo", "--url", house.url)))
    headers = {"Authorization": f"Bearer {links[name]}"}
    return httpx.Client(base_url=f"{house.url}/api/v1", headers=headers, timeout=30)


def read_time(client: httpx.Client) -> datetime:
    """Return what the server's clock says: a ticket lapses after 30 seconds."""
    answer: dict[str, Any] = client.post("/realtime/tickets").raise_for_status().json()
    return datetime.fromisoformat(answer["expires_at"]) - timedelta(seconds=30)


def test_the_links_work_under_the_demo_clock_and_the_clock_is_set_while_it_runs(house: House) -> None:
    with follow_link(house, "Ada") as ada:
        (talk,) = ada.get("/conversations").raise_for_status().json()["conversations"]
        (first, *_) = ada.get(f"/conversations/{talk['id']}/messages").raise_for_status().json()["messages"]
        assert START <= datetime.fromisoformat(first["at"]) <= read_time(ada) < START + SLACK

        assert "2031-11-25 23:0" in house.run("clock", "--at", "2031-11-25T23:00")
        assert wait_until(lambda: read_time(ada) >= START + timedelta(minutes=62))
        house.run("clock", "--advance", "1h")
        assert wait_until(lambda: read_time(ada) >= START + timedelta(minutes=122))
        assert ada.get("/me").is_success
        assert read_time(ada) < START + timedelta(minutes=122) + SLACK

    with follow_link(house, "Mara") as mara:
        assert START + timedelta(minutes=122) <= read_time(mara), "who comes later goes by the same clock"
