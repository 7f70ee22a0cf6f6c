"""REST calls as a client makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client

from tests.cast import DOOR, OF_EACH_ANSWER


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the body read as JSON (None without one), the headers."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """The stable code of a problem."""
        return str(self.body["code"])

    @property
    def seen(self) -> tuple[int, Any, dict[str, str]]:
        """Everything a client can compare, without what every request gets of its own."""
        headers = {name: value for name, value in self.headers.items() if name not in OF_EACH_ANSWER}
        return self.status, self.body, headers


def call(
    method: str, path: str, *, token: str | None = None, body: dict[str, Any] | None = None, **more: str
) -> Answer:
    """Call /api/v1 with a JSON body, over the given bearer token."""
    data = b"" if body is None else json.dumps(body).encode()
    return call_raw(method, path, data, token=token, **more)


def call_raw(
    method: str,
    path: str,
    data: bytes,
    *,
    token: str | None = None,
    content_type: str = "application/json",
    **more: str,
) -> Answer:
    """Call /api/v1 with these very bytes."""
    if token is not None:
        more["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    client = Client(raise_request_exception=False)
    client.handler = DOOR
    response = client.generic(method, f"/api/v1{path}", data, content_type=content_type, **more)  # type: ignore[arg-type]
    return Answer(
        response.status_code,
        json.loads(response.content) if response.content else None,
        dict(response.headers),
    )
