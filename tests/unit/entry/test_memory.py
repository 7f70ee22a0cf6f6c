"""Once a process serves, the garbage collector leaves alone what was loaded for it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from server.entry import work
from server.entry.management.commands import serve
from server.entry.memory import set_aside_what_stays


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    before = gc.get_freeze_count()
    yield
    if not before:
        gc.unfreeze()


class Hub:
    """Stands where the hub stands and says how much was set aside when it was started."""

    frozen_at_start = -1

    def ensure_started(self) -> None:
        self.frozen_at_start = gc.get_freeze_count()


def test_what_is_loaded_is_out_of_sight_and_what_comes_is_not() -> None:
    set_aside_what_stays()
    seen = gc.get_objects()
    assert gc.get_freeze_count() > len(seen)
    newcomer: list[object] = [object()]
    newcomer.append(newcomer)
    assert any(one is newcomer for one in gc.get_objects())


def test_a_server_does_so_when_its_hub_has_started(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.unfreeze()
    hub = Hub()
    monkeypatch.setattr("server.realtime.hub.get_hub", lambda: hub)
    serve.Command()._start({"embedded": False, "host": "127.0.0.1", "port": 0})
    assert hub.frozen_at_start == 0
    assert gc.get_freeze_count() > 0


async def test_a_worker_does_so_before_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.unfreeze()
    found: list[int] = []

    async def look(stopping: asyncio.Event) -> None:
        found.append(gc.get_freeze_count())

    monkeypatch.setattr(work, "_work", look)
    monkeypatch.setattr(work, "add_announcer", lambda announce: None)
    await work.run_worker()
    assert len(found) == 1
    assert found[0] > 0
