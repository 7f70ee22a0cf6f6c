"""`python -m tests.e2e.push_way ADDRESS COMMAND…`: the server, its way to browsers' push service ending at a stand-in.

Nothing but the address is another one: a push service speaks https on port 443 of a host of its own, and this machine
has none. What is decided, sealed, signed and sent is the server's own doing.
"""

from __future__ import annotations

import sys
from typing import Any

import requests

from server.__main__ import main
from server.push.backends.transport import KeptConnections

HOST = "push.example.org"


def lead_to(address: str) -> None:
    """Have everything that is for HOST sent to this address."""
    send = KeptConnections.send

    def send_there(self: KeptConnections, request: requests.PreparedRequest, *rest: Any, **more: Any) -> Any:
        request.url = str(request.url).replace(f"https://{HOST}", address, 1)
        return send(self, request, *rest, **more)

    KeptConnections.send = send_there  # type: ignore[method-assign]


if __name__ == "__main__":
    address, *arguments = sys.argv[1:]
    lead_to(address)
    sys.argv = ["python -m server", *arguments]
    main()
