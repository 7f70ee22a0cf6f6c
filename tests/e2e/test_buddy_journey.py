"""The journey of a pairing against the real server: invited, asked, matched, talking, paused, changed, said goodbye."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.e2e.house import House, open_house

PATIENCE_SECONDS = 30.0


@dataclass
class Hand:
    """Somebody's hand: calls over HTTP, and one socket that keeps what it hears."""

    id: str
    token: str
    url: str
    heard: list[dict[str, Any]] = field(default_factory=list)
    socket: ClientConnection | None = None

    def call(self, method: str, path: str, status: int = 200, **fields: Any) -> Any:
        """Call, and return the body of an answer of this status."""
        answer = httpx.request(
            method,
            f"{self.url}/api/v1{path}",
            json=None if method == "GET" else fields,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=PATIENCE_SECONDS,
        )
        assert answer.status_code == status, (method, path, answer.text)
        return answer.json() if answer.content else None

    def come_online(self, stack: ExitStack) -> None:
        """Follow the own log from now on."""
        address = self.url.replace("http", "ws") + "/ws/v1"
        headers = {"Authorization": f"Bearer {self.token}"}
        wanted = [Subprotocol("warmlijn.v1")]
        self.socket = stack.enter_context(connect(address, subprotocols=wanted, additional_headers=headers, proxy=None))
        cursor = self.call("GET", "/snapshot")["cursor"]
        self._tell(type="hello", id="hello", device_id=str(uuid4()), cursor=cursor, caps=[])
        assert self._hear()["type"] == "welcome"

    def say(self, talk: str, body: str) -> dict[str, Any]:
        """Send a message over the socket; return the answer."""
        asked = str(uuid4())
        self._tell(type="send", id=asked, c=talk, m=str(uuid4()), body=body)
        while True:
            frame = self._hear()
            if frame.get("re") == asked:
                return frame

    def wait_for(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Return the first event of this kind with these fields."""
        while True:
            for event in self.heard:
                if event["kind"] == kind and fields.items() <= event.items():
                    return event
            self._hear()

    def _tell(self, **frame: Any) -> None:
        assert self.socket is not None
        self.socket.send(json.dumps(frame))

    def _hear(self) -> dict[str, Any]:
        assert self.socket is not None
        frame: dict[str, Any] = json.loads(self.socket.recv(timeout=PATIENCE_SECONDS))
        if frame["type"] == "events":
            self.heard += frame["ev"]
        return frame


@pytest.fixture
def home(tmp_path: Any) -> Iterator[House]:
    """The real server, with an empty database of its own."""
    with open_house(tmp_path) as opened:
        yield opened


def test_from_the_invitation_to_the_goodbye(home: House) -> None:
    lines = [
        json.loads(one) for one in home.run("seed", "--pairs", "3", "--coordinators", "1", "--json", "-").splitlines()
    ]
    ben, bo, kim = (Hand(line["expert"]["id"], line["expert"]["token"], home.url) for line in lines[:3])
    mara = Hand(lines[3]["coordinator"]["id"], lines[3]["coordinator"]["token"], home.url)

    # invited, and in
    code = mara.call("POST", "/invitations", 201, display_name="Ada")["code"]
    enrolled = httpx.post(
        f"{home.url}/api/v1/enrol",
        json={"code": code, "display_name": "Ada", "device_name": "phone"},
        timeout=PATIENCE_SECONDS,
    ).json()
    ada = Hand(enrolled["user"]["id"], enrolled["token"], home.url)
    waiting = mara.call("GET", "/waiting-list")
    assert ada.id in json.dumps(waiting)

    # the intake, and a match with reasons
    ada.call("PUT", "/me/intake", themes=["anxiety"], languages=["nl"])
    ben.call("PUT", "/me/profile", themes=[{"theme": "anxiety", "openness": 3}])
    candidates = mara.call("GET", f"/youths/{ada.id}/candidates")["candidates"]
    assert candidates[0]["expert"]["id"] == ben.id
    assert candidates[0]["reasons"]

    with ExitStack() as stack:
        for one in (ada, ben, bo, kim):
            one.come_online(stack)

        # both say yes
        made = mara.call("POST", "/pairings", 201, youth=ada.id, expert=ben.id, backup=bo.id)
        path = f"/pairings/{made['id']}"
        assert made["state"] == "proposed"
        ben.wait_for("pairing.changed", pairing=made["id"], verb="propose")
        assert ada.call("POST", f"{path}/accept")["state"] == "proposed"
        introduced = ben.call("POST", f"{path}/accept")
        talk = introduced["conversation"]
        ada.wait_for("conv.new", c=talk)
        ben.call("PUT", f"{path}/introduction", items=["who_am_i", "what_it_is", "hours"])
        ada.call("POST", f"{path}/activate")
        assert ben.call("POST", f"{path}/activate")["state"] == "active"

        # they talk
        assert ada.say(talk, "hoi, is er iemand?")["status"] == "stored"
        assert ben.wait_for("msg.new", c=talk)["body"] == "hoi, is er iemand?"
        assert ben.say(talk, "Ja hoor, ik ben er.")["status"] == "stored"
        ada.wait_for("msg.new", body="Ja hoor, ik ben er.")

        # a pause, with the backup there meanwhile
        ben.call("POST", f"{path}/pause")
        assert ada.wait_for("pairing.cover", over=False)["cover"]["id"] == bo.id
        ada.say(talk, "ben jij er nu?")
        assert bo.wait_for("msg.new", c=talk)["body"] == "ben jij er nu?"
        assert bo.say(talk, "Ja, ik ben er zolang.")["status"] == "stored"
        assert len(bo.call("GET", f"/conversations/{talk}/messages")["messages"]) == 2
        ada.call("POST", f"{path}/resume")
        ada.wait_for("pairing.cover", over=True)
        bo.call("GET", f"/conversations/{talk}/messages", 404)

        # another buddy, and the history with her
        assert ada.call("POST", f"{path}/change", moves="history")["state"] == "rematch"
        ben.wait_for("pairing.changed", state="rematch")
        assert ben.say(talk, "nog iets")["code"] == "conv.not_found"
        ben.call("GET", f"/conversations/{talk}/messages", 404)
        excluded = mara.call("GET", f"/youths/{ada.id}/candidates")["excluded"]
        assert ben.id in {one["expert"]["id"] for one in excluded}
        second = mara.call("POST", "/pairings", 201, youth=ada.id, expert=kim.id)
        path = f"/pairings/{second['id']}"
        kim.call("POST", f"{path}/accept")
        assert ada.call("POST", f"{path}/accept")["conversation"] == talk
        assert len(kim.call("GET", f"/conversations/{talk}/messages")["messages"]) == 4
        assert mara.call("POST", f"{path}/activate")["state"] == "active"
        assert mara.call("GET", f"/pairings/{made['id']}")["state"] == "closed"
        ada.say(talk, "hoi Kim")
        kim.wait_for("msg.new", body="hoi Kim")

        # the goodbye, and the door back in
        assert kim.call("POST", f"{path}/close", words="Het ga je goed.")["state"] == "closing"
        ada.wait_for("pairing.changed", state="closing")
        scores = [{"area": "wellbeing", "before": 4, "after": 8}]
        assert ada.call("PUT", f"{path}/closing", scores=scores)["goodbyes"][0]["words"] == "Het ga je goed."
        assert ada.call("POST", f"{path}/close")["state"] == "closed"
        ada.wait_for("conv.closed", c=talk)
        assert ada.call("POST", "/me/buddy-request")["state"] == "waiting"
