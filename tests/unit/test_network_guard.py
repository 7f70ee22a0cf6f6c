"""Tests reach this machine and nothing else."""

import socket

import pytest

from tests.network_guard import NetworkRefused, is_local

ELSEWHERE = ("192.0.2.1", 80)  # reserved for documentation: nobody answers there


@pytest.mark.parametrize("host", [None, "", "localhost", b"localhost", "127.0.0.1", "127.9.9.9", "::1", "::1%lo"])
def test_this_machine_is_local(host: object) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1", "10.0.0.1", "2001:db8::1", b"example.org"])
def test_other_machines_are_not(host: object) -> None:
    assert not is_local(host)


def test_refuses_to_connect_elsewhere() -> None:
    with socket.socket() as caller, pytest.raises(NetworkRefused, match=r"192\.0\.2\.1"):
        caller.connect(ELSEWHERE)


def test_refuses_to_send_elsewhere() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as caller, pytest.raises(NetworkRefused):
        caller.sendto(b"x", ELSEWHERE)


def test_refuses_to_look_up_a_name() -> None:
    with pytest.raises(NetworkRefused, match=r"example\.org"):
        socket.getaddrinfo("example.org", 443)


def test_lets_loopback_through() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as caller,
    ):
        assert caller.getpeername() == listener.getsockname()
