"""The people that tests are about, made by real actions, and what they hold in their hands: a socket and REST.

Both clients speak to `server.asgi.application` inside the test's process; every frame is held against the
published schema in both directions, every refusal over REST against the form of a problem.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from django.test import Client
from django.test.client import ClientHandler

from server.accounts.actions import NewPerson, create_people, create_team, start_sessions
from server.accounts.models import Person, Session, Team
from server.asgi import application
from server.availability.actions.hours import create_hours
from server.availability.rules.schedule import AROUND_THE_CLOCK
from server.chat.actions.accept import AcceptedMessage, MessageDraft, accept_messages
from server.chat.actions.conversations import open_conversation
from server.foundation.clock import read_clock
from server.foundation.errors import WarmlijnError
from server.foundation.ids import make_id
from server.foundation.json_codec import encode
from server.realtime.limits import BATCH_OUT_BYTES, SUBPROTOCOL
from tests.frames import check_answer, check_sent_by_client, check_sent_by_server

Frame = dict[str, Any]
PATIENCE_SECONDS = 20.0  # how long a test waits for what must come, on a machine that does other things as well
PASSWORD = "a calm evening in May"


# --- people


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody with one session."""

    person: Person
    session: Session
    token: str

    @property
    def id(self) -> str:
        """The person's id as the wire writes it."""
        return str(self.person.id)

    @property
    def session_id(self) -> str:
        """The session's id as the wire writes it."""
        return str(self.session.id)


@dataclass(frozen=True, slots=True)
class Cast:
    """Ada (youth), Ben (her expert), Mara (coordinator), Noor (coordinator on call) of one team, and Eve of another.

    `pair` is where Ada and Ben talk; `elsewhere` is where Eve talks with an expert of hers.
    """

    team: Team
    ada: Player
    ben: Player
    mara: Player
    noor: Player
    eve: Player
    pair: str
    elsewhere: str

    def draft(self, sender: Player, body: str = "hoi", **more: Any) -> MessageDraft:
        """Return a draft of the sender's into the pair, with an `m` of its own."""
        given = {"conversation_id": self.pair, "client_id": str(make_id())} | more
        return MessageDraft(sender.id, sender.session_id, body=body, **given)

    def accept(self, sender: Player, body: str = "hoi", **more: Any) -> AcceptedMessage:
        """Have a message of the sender's accepted. Raises the refusal."""
        answer = accept_messages([self.draft(sender, body, **more)], now=read_clock()).answers[0]
        if isinstance(answer, WarmlijnError):
            raise answer
        return answer


def make_cast(now: datetime | None = None) -> Cast:
    """Return the cast, all signed in."""
    now = now or read_clock()
    team, other = create_team(name="Noord", now=now), create_team(name="Zuid", now=now)
    staff = {"Ben": "expert", "Mara": "coordinator", "Noor": "coordinator"}
    ada, ben, mara, noor = make_players(team, {"Ada": "youth"} | staff, now)
    eve, finn = make_players(other, {"Eve": "youth", "Finn": "expert"}, now)
    create_hours(person_ids=[ben.person.id, finn.person.id], zone=team.zone, windows=AROUND_THE_CLOCK, now=now)
    pair = open_conversation(team_id=team.id, kind="pair", member_ids=[ada.person.id, ben.person.id], now=now)
    away = open_conversation(team_id=other.id, kind="pair", member_ids=[eve.person.id, finn.person.id], now=now)
    return Cast(team, ada, ben, mara, noor, eve, str(pair.id), str(away.id))


def make_player(team: Team, role: str, name: str, now: datetime) -> Player:
    """Return somebody of this team who has a session; who is no youth has the password PASSWORD."""
    return make_players(team, {name: role}, now)[0]


def make_players(team: Team, roles: Mapping[str, str], now: datetime) -> list[Player]:
    """Return these people, in order, at the cost of one."""
    new = [
        NewPerson(role, name)
        if role == "youth"
        else NewPerson(role, name, f"{name.lower()}@{team.slug}.example", PASSWORD)
        for name, role in roles.items()
    ]
    people = create_people(team_id=team.id, people=new, now=now)
    sessions = start_sessions(person_ids=[one.id for one in people], device_name="phone", now=now)
    return [Player(person, *session) for person, session in zip(people, sessions, strict=True)]


# --- the socket


class Closed(Exception):
    """The server closed the socket; `code` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class SocketClient:
    """A client's device with one socket. It keeps PROTOCOL §3: applies a batch only when `from` is its own cursor.

    `events` is what it has persisted, `pushes` what else came without being asked for.
    """

    def __init__(self, player: Player | None = None, name: str = "phone", *, headers: Mapping[str, str] = {}) -> None:
        self.player, self.name = player, name
        self.headers = dict(headers)
        self.cursor: str | None = None
        self.events: list[Frame] = []
        self.pushes: list[Frame] = []
        self.bytes_heard = 0  # in batches of events
        self._ids = count(1)
        self._to_server: asyncio.Queue[Frame] = asyncio.Queue()
        self._from_server: asyncio.Queue[Frame] = asyncio.Queue()
        self._serving: asyncio.Task[None] | None = None

    @property
    def pos(self) -> int:
        """The position in the cursor."""
        return int((self.cursor or ".0").rpartition(".")[2])

    async def connect(self, *, subprotocols: Sequence[str] = (SUBPROTOCOL,), path: str = "/ws/v1") -> str | None:
        """Shake hands; return the subprotocol that the server chose. Raises Closed when it refuses."""
        scope = {
            "type": "websocket",
            "path": path,
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers.items()],
            "subprotocols": list(subprotocols),
        }
        self._serving = asyncio.ensure_future(application(scope, self._to_server.get, self._take))
        await self._to_server.put({"type": "websocket.connect"})
        answer = await self._next()
        return answer["subprotocol"] if answer["type"] == "websocket.accept" else None

    async def _take(self, message: Frame) -> None:
        self._from_server.put_nowait(message)
        if message["type"] == "websocket.close":
            self._to_server.put_nowait({"type": "websocket.disconnect", "code": message.get("code", 1000)})

    async def _next(self) -> Frame:
        async with asyncio.timeout(PATIENCE_SECONDS):
            message = await self._from_server.get()
        if message["type"] == "websocket.close":
            self._from_server.put_nowait(message)  # whoever looks again finds it closed
            raise Closed(message.get("code", 1000))
        return message

    def tell(self, kind: str, **fields: Any) -> None:
        """Send a frame of the contract and wait for nothing."""
        frame = {"type": kind} | fields
        check_sent_by_client(frame)
        self.tell_text(encode(frame).decode())

    def tell_text(self, text: str) -> None:
        """Send a text frame, whatever is in it."""
        self._to_server.put_nowait({"type": "websocket.receive", "text": text})

    def tell_bytes(self, data: bytes) -> None:
        """Send a binary frame."""
        self._to_server.put_nowait({"type": "websocket.receive", "bytes": data})

    async def hear(self) -> Frame:
        """Return the next frame; events are persisted on the way. Raises Closed."""
        text = (await self._next())["text"]
        self.bytes_heard += len(text.encode()) if text.startswith('{"type":"events"') else 0
        assert len(text.encode()) <= BATCH_OUT_BYTES, "PROTOCOL §3: a frame out holds at most 48 KiB"
        frame: Frame = json.loads(text)
        check_sent_by_server(frame)
        if frame["type"] == "events":
            self._persist(frame)
        return frame

    def _persist(self, batch: Frame) -> None:
        assert batch["from"] == self.cursor, f"a gap: {self.cursor} is followed by {batch['from']}"
        positions = [event["pos"] for event in batch["ev"]]
        assert positions == sorted(set(positions))
        assert all(self.pos < pos for pos in positions)
        self.cursor = batch["to"]
        assert all(pos <= self.pos for pos in positions)
        self.events += batch["ev"]

    async def wait_for(self, kind: str, re: object = None) -> Frame:
        """Return the next frame of this kind (with this `re`); what comes before is kept. Raises Closed."""
        while True:
            frame = await self.hear()
            if (frame["type"] == kind or frame["type"] == "error") and frame.get("re") == re:
                return frame
            if frame["type"] != "events":
                self.pushes.append(frame)

    async def ask(self, kind: str, **fields: Any) -> Frame:
        """Send a request and return its answer, which may be an error. Raises Closed."""
        request_id = fields.pop("id", f"r{next(self._ids)}")
        self.tell(kind, id=request_id, **fields)
        return await self.answer_to(request_id)

    async def answer_to(self, request_id: object) -> Frame:
        """Return the answer to a request that was sent before. Raises Closed."""
        while True:
            frame = await self.hear()
            if frame.get("re") == request_id:
                return frame
            if frame["type"] != "events":
                self.pushes.append(frame)

    async def hello(self, *, ticket: str | None = None, **more: Any) -> Frame:
        """Greet with the own cursor; return the answer. Raises Closed."""
        return await self.ask("hello", **({"ticket": ticket, "device_id": self.name, "cursor": self.cursor} | more))

    async def sync(self, cursor: str) -> Frame:
        """Follow the log from a snapshot's cursor."""
        before, self.cursor = self.cursor, cursor
        answer = await self.ask("sync", cursor=cursor)
        if answer["type"] == "error":
            self.cursor = before
        return answer

    async def send(self, c: str, body: str = "hoi", **more: Any) -> Frame:
        """Send a message; return `sent` or the error."""
        return await self.ask("send", **({"c": c, "m": str(make_id()), "body": body} | more))

    async def settle(self) -> None:
        """Return when everything that is in the log now has come, and what was pushed before it."""
        pong = await self.ask("ping")
        while self.pos < pong["head"]:
            self.pushes += [frame for frame in [await self.hear()] if frame["type"] != "events"]

    async def wait_for_event(self, kind: str, **fields: Any) -> Frame:
        """Return the first persisted event of this kind with these fields, waiting for it. Raises Closed."""
        while not (found := self.list_events(kind, **fields)):
            self.pushes += [frame for frame in [await self.hear()] if frame["type"] != "events"]
        return found[0]

    async def wait_until_closed(self) -> int:
        """Return the close code; what came before is kept, `bye` among the pushes."""
        try:
            while True:
                self.pushes += [frame for frame in [await self.hear()] if frame["type"] != "events"]
        except Closed as closed:
            return closed.code

    def ack(self) -> None:
        """Acknowledge what was persisted."""
        self.tell("ack", cursor=self.cursor)

    def list_events(self, kind: str, **fields: Any) -> list[Frame]:
        """Return the persisted events of this kind with these fields."""
        return [one for one in self.events if one["kind"] == kind and fields.items() <= one.items()]

    def list_pushes(self, kind: str) -> list[Frame]:
        """Return what was pushed, of one type."""
        return [one for one in self.pushes if one["type"] == kind]

    async def leave(self) -> None:
        """Hang up, and wait until the server has noticed."""
        self._to_server.put_nowait({"type": "websocket.disconnect", "code": 1001})
        if self._serving is not None:
            await asyncio.wait_for(self._serving, PATIENCE_SECONDS)


# --- REST


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over REST: the status, the body read as JSON (None without one), the headers."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def seen(self) -> tuple[int, Any, dict[str, str]]:
        """Everything a client can compare, without what every request gets of its own."""
        return self.status, self.body, {name: self.headers[name] for name in self.headers if name not in OF_EACH_ANSWER}


OF_EACH_ANSWER = ("X-Request-Id", "Date")
DOOR = ClientHandler(enforce_csrf_checks=False)  # one for all: making the middlewares costs more than a call


class Rest:
    """Calls to /api/v1 over one bearer token."""

    def __init__(self, player: Player | None) -> None:
        self._headers = {"HTTP_AUTHORIZATION": f"Bearer {player.token}"} if player else {}

    def get(self, path: str) -> Answer:
        """Read."""
        return self.call("GET", path)

    def post(self, path: str, **fields: Any) -> Answer:
        """Send these fields."""
        return self.call("POST", path, encode(fields))

    def call(self, method: str, path: str, data: bytes = b"", content_type: str = "application/json") -> Answer:
        """Send these very bytes; a refusal must be a problem of the agreed form."""
        client: Any = Client(raise_request_exception=False)
        client.handler = DOOR
        response = client.generic(method, f"/api/v1{path}", data, content_type=content_type, **self._headers)
        body: Any = json.loads(response.content) if response.content else None
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        if response.status_code >= 400:
            assert response.headers["Content-Type"] == "application/problem+json"
            assert body.keys() >= {"type", "title", "status", "code", "retry"}
            assert body["status"] == response.status_code
        if not isinstance(body, dict) or body.get("code") != "http.not_found":  # no path of ours
            check_answer(method, f"/api/v1{path}", response.status_code, body)
        return Answer(response.status_code, body, dict(response.headers))
