"""Keep tests off the network: Python's own sockets may reach this machine and nothing else.

An audit hook rather than a replaced `socket`: nothing is patched, and no library can keep an old copy.
It sees what goes through Python's `socket` module; libpq and libuv open their own.
"""

import ipaddress
import sys

LOCAL_NAMES = frozenset({"", "localhost", "testserver"})
WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.getaddrinfo"})


class NetworkRefused(RuntimeError):
    """Say that a test tried to reach another machine."""

    def __init__(self, host: str) -> None:
        super().__init__(f"tests stay on this machine; something tried to reach {host!r}")


def is_local(host: object) -> bool:
    """Say whether a host, as given to the socket module, is this machine."""
    if host is None:
        return True
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return name in LOCAL_NAMES
    return address.is_loopback or address.is_unspecified


def install() -> None:
    """Refuse the network to this process from now on; a hook cannot be taken away again."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Raises: NetworkRefused."""
    if event not in WATCHED:
        return
    host = arguments[0] if event == "socket.getaddrinfo" else _host_of(arguments[1])
    if not is_local(host):
        raise NetworkRefused(str(host))


def _host_of(address: object) -> object:
    """Return the host of an internet address; anything else, a socket file for one, is local."""
    return address[0] if isinstance(address, tuple) and address else None
