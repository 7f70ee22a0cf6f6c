"""A stand-in for the product: wire contract v1 in memory, without any of the promises.

It exists to prove the generator (which must not be the limit) and to test the clients' rules without a
database: `python -m tests.load.standin PORT SEATS`.
"""

import asyncio
import base64
import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import orjson
import uvloop

from tests.load.wire import ACCEPT_SUFFIX, CLOSE, TEXT

EPOCH = "standin"
BATCH = 100


class World:
    """Who may talk where, and every person's event log."""

    def __init__(self, seats: Path) -> None:
        self.people: dict[str, str] = {}
        self.members: dict[str, list[str]] = {}
        self.logs: dict[str, list[dict[str, Any]]] = {}
        self.sockets: dict[str, StandIn] = {}
        self.tickets: dict[str, str] = {}
        self.last_seq: dict[str, int] = {}
        self.acknowledged: dict[str, str] = {}
        self.syncs = 0
        for line in seats.read_text().splitlines():
            pair = orjson.loads(line)
            both = [pair["youth"], pair["expert"]]
            self.members[pair["conversation"]] = [one["id"] for one in both]
            self.people |= {one["token"]: one["id"] for one in both}
        self.logs = {person: [] for person in self.people.values()}

    def accept(self, sender: str, conversation: str, key: str, body: str) -> dict[str, Any]:
        """Number a message, append it to its members' logs and wake their sockets."""
        seq = self.last_seq[conversation] = self.last_seq.get(conversation, 0) + 1
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        event = {"kind": "msg.new", "c": conversation, "seq": seq, "mid": key, "sender": sender}
        for person in self.members[conversation]:
            log = self.logs[person]
            own = {"m": key} if person == sender else {}
            log.append({"pos": len(log) + 1, **event, "body": body, "at": at, **own})
            if person in self.sockets:
                self.sockets[person].push(live=True)
        stored = {"m": key, "dup": False, "status": "stored", "c": conversation}
        return {**stored, "seq": seq, "mid": key, "at": at}


class StandIn(asyncio.Protocol):
    """One connection: an HTTP request, or a socket after its upgrade."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.person = ""
        self.pushed = -1
        self._buffer = b""
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the socket, unless a newer one took its place."""
        if self.world.sockets.get(self.person) is self:
            del self.world.sockets[self.person]

    def data_received(self, data: bytes) -> None:
        """Take the request's head first, then frames."""
        self._buffer += data
        if not self._upgraded and b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            self._take_request(head)
        while self._upgraded and (frame := self._cut_frame()):
            self._take_frame(*frame)

    def push(self, *, live: bool, re: str | None = None) -> None:
        """Send what the log holds beyond what was pushed; live pushes wait for the greeting."""
        log = self.world.logs[self.person]
        if self.pushed < 0 or (live and self.pushed == len(log)):
            return
        first = {"re": re} if re else {}
        while True:
            batch = log[self.pushed : self.pushed + BATCH]
            start, self.pushed = self.pushed, self.pushed + len(batch)
            ends = {"from": f"{EPOCH}.{start}", "to": f"{EPOCH}.{self.pushed}"}
            more = self.pushed < len(log)
            self.send({"type": "events", **first, **ends, "more": more, "ev": batch})
            first = {}
            if not more:
                return

    def send(self, frame: dict[str, Any]) -> None:
        """Send one text frame."""
        payload = orjson.dumps(frame)
        size = len(payload)
        head = bytes((0x81, size)) if size < 126 else b"\x81\x7e" + size.to_bytes(2)
        if size > 65535:
            head = b"\x81\x7f" + size.to_bytes(8)
        self.transport.write(head + payload)

    def _take_request(self, head: bytes) -> None:
        request, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.person = self.world.people.get(headers.get("authorization", "").removeprefix("Bearer "), "")
        method, path, _ = request.split(" ")
        if "sec-websocket-key" in headers:
            self._upgrade(headers["sec-websocket-key"])
        else:
            self._answer(self._call(method, path))

    def _upgrade(self, key: str) -> None:
        digest = hashlib.sha1(key.encode() + ACCEPT_SUFFIX, usedforsecurity=False).digest()
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}"]
        lines += ["Sec-WebSocket-Protocol: warmlijn.v1"]
        self.transport.write("\r\n".join([*lines, "", ""]).encode())
        self._upgraded = True

    def _call(self, method: str, path: str) -> dict[str, Any]:
        if path.endswith("/snapshot"):
            return {"cursor": f"{EPOCH}.{len(self.world.logs[self.person])}", "conversations": []}
        if path.endswith("/tickets"):
            ticket = f"ticket-{self.person}-{len(self.world.tickets)}"
            self.world.tickets[ticket] = self.person
            return {"ticket": ticket, "expires_at": "2030-01-01T00:00:00Z"}
        if method == "POST" and path.endswith("/messages"):
            sent = orjson.loads(self._buffer)
            return self.world.accept(self.person, path.split("/")[4], sent["m"], sent["body"])
        return {}

    def _answer(self, result: dict[str, Any]) -> None:
        content = orjson.dumps(result)
        self.transport.write(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)
        self.transport.close()

    def _cut_frame(self) -> tuple[int, bytes] | None:
        data, start = self._buffer, 2
        if len(data) < 6:
            return None
        size = data[1] & 0x7F
        if size == 126:
            start, size = 4, int.from_bytes(data[2:4])
        end = start + 4 + size
        if len(data) < end:
            return None
        self._buffer = data[end:]
        key = (data[start : start + 4] * (size // 4 + 1))[:size]
        plain = int.from_bytes(data[start + 4 : end]) ^ int.from_bytes(key)
        return data[0] & 15, plain.to_bytes(size)

    def _take_frame(self, opcode: int, payload: bytes) -> None:
        if opcode == CLOSE:
            self.transport.close()
        elif opcode == TEXT:
            frame = orjson.loads(payload)
            getattr(self, f"_on_{frame['type']}")(frame)

    def _on_hello(self, frame: dict[str, Any]) -> None:
        self.person = self.world.tickets.pop(frame.get("ticket", ""), self.person)
        self.world.sockets[self.person] = self
        resumed = frame["cursor"] is not None
        head = len(self.world.logs[self.person])
        reset = {} if resumed else {"reset": "no_cursor"}
        self.send({"type": "welcome", "re": frame["id"], "head": head, "resumed": resumed, **reset})
        if resumed:
            self._resume(frame["cursor"], None)

    def _on_sync(self, frame: dict[str, Any]) -> None:
        self.world.syncs += 1
        self._resume(frame["cursor"], frame["id"])

    def _on_send(self, frame: dict[str, Any]) -> None:
        stored = self.world.accept(self.person, frame["c"], frame["m"], frame["body"])
        self.send({"type": "sent", "re": frame["id"], **stored})

    def _on_ack(self, frame: dict[str, Any]) -> None:
        self.world.acknowledged[self.person] = frame["cursor"]

    def _on_ping(self, frame: dict[str, Any]) -> None:
        self.send({"type": "pong", "re": frame["id"], "head": len(self.world.logs[self.person])})

    def _resume(self, cursor: str, re: str | None) -> None:
        self.pushed = int(cursor.rpartition(".")[2])
        self.push(live=False, re=re)


async def serve(port: int, seats: Path) -> None:
    """Serve on loopback until the process is stopped."""
    world = World(seats)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: StandIn(world), "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
