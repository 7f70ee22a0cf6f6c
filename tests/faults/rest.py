"""The REST half of a device: tickets, snapshot, history and sends, through whichever door is named."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.faults.proxy import LOOPBACK

PAGE = 100


@dataclass(frozen=True)
class Account:
    """A person with a bearer token, as `seed` prints them."""

    id: str
    token: str
    role: str


@dataclass(frozen=True)
class RestAnswer:
    """A status and the decoded body; an error answer's body carries `code`."""

    status: int
    body: dict[str, Any]

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


class RestRefused(Exception):
    """A call that a device cannot go on without was answered with an error."""


def ignore_answer(method: str, route: str, status: int, body: Any) -> None:
    """Look at nothing."""


class Rest:
    """One connection per call, so that a cut line is always noticed. Raises: httpx.HTTPError, RestRefused.

    `look` sees every answer of the product; what it asserts in vain is kept in `unpublished`.
    """

    def __init__(self, seconds: float = 5.0, look: Callable[[str, str, int, Any], None] = ignore_answer) -> None:
        self.unpublished: list[str] = []
        self._look = look
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.AsyncClient(timeout=seconds, trust_env=False, limits=limits)

    async def close(self) -> None:
        """Close what is still open."""
        await self._client.aclose()

    async def fetch_ticket(self, door: int, account: Account) -> str:
        """Return a ticket for one `hello`."""
        body = await self._need(await self.call("POST", door, account, "/realtime/tickets"))
        return str(body["ticket"])

    async def fetch_snapshot(self, door: int, account: Account) -> dict[str, Any]:
        """Return everything a fresh device needs."""
        return await self._need(await self.call("GET", door, account, "/snapshot"))

    async def fetch_page(self, door: int, account: Account, c: str, after: int) -> dict[str, Any]:
        """Return one page of a conversation's history, rising by seq."""
        path = f"/conversations/{c}/messages?after={after}&limit={PAGE}"
        return await self._need(await self.call("GET", door, account, path))

    async def send(self, door: int, account: Account, c: str, m: str, body: str) -> RestAnswer:
        """Post one message."""
        return await self.call("POST", door, account, f"/conversations/{c}/messages", {"m": m, "body": body})

    async def call(
        self, method: str, door: int, account: Account, path: str, json: dict[str, Any] | None = None
    ) -> RestAnswer:
        """Make one call below /api/v1."""
        answer = await self._client.request(
            method,
            f"http://{LOOPBACK}:{door}/api/v1{path}",
            json=json,
            headers={"Authorization": f"Bearer {account.token}"},
        )
        body = _decode(answer)
        try:
            self._look(method, f"/api/v1{path}", answer.status_code, body)
        except AssertionError as unpublished:
            self.unpublished.append(str(unpublished))
        return RestAnswer(answer.status_code, body)

    async def _need(self, answer: RestAnswer) -> dict[str, Any]:
        if not answer.is_success:
            raise RestRefused(f"{answer.status} {answer.body.get('code')}")
        return answer.body


def _decode(answer: httpx.Response) -> dict[str, Any]:
    """Take anything that is not a JSON object, such as a proxy's error page, as an empty answer."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
