"""The command table: which request exists, what it may hold, who handles it. Rooms add theirs in `wiring.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from server.foundation.fields import Field, Fields

if TYPE_CHECKING:
    from server.realtime.hub import Hub
    from server.realtime.sockets import Socket

Handler = Callable[["Hub", "Socket", dict[str, Any]], Awaitable[None]]

REQUEST_ID: Final = Field("id")
LOOSE_REQUEST_ID: Final = Field("id", required=False)


@dataclass(frozen=True, slots=True)
class Command:
    """One request: its fields (besides `type`), its handler, and the frame that answers it (None: nothing does)."""

    name: str
    fields: Fields
    handle: Handler
    answer: str | None
    summary: str


class CommandTable:
    """Commands by name."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}

    def add(self, *commands: Command) -> None:
        """Add commands; a name is given once. Raises ValueError."""
        for command in commands:
            if command.name in self._commands:
                raise ValueError(f"the command {command.name} is there already")
            self._commands[command.name] = command

    def find(self, name: object) -> Command | None:
        """Return the command of that name, or None."""
        return self._commands.get(name) if isinstance(name, str) else None

    def list_commands(self) -> list[Command]:
        """Return all commands, by name."""
        return sorted(self._commands.values(), key=lambda command: command.name)


HELLO_FIELDS: Final[Fields] = {
    "id": REQUEST_ID,
    "ticket": Field("text", required=False, nullable=True, low=1, high=128),
    "device_id": Field("text", low=1, high=64),
    "cursor": Field("cursor", required=False, nullable=True),
    "caps": Field("texts", required=False, nullable=True, high=64),
}
ACK_FIELDS: Final[Fields] = {"id": LOOSE_REQUEST_ID, "cursor": Field("cursor")}
SYNC_FIELDS: Final[Fields] = {"id": REQUEST_ID, "cursor": Field("cursor")}
PING_FIELDS: Final[Fields] = {"id": REQUEST_ID, "cursor": Field("cursor", required=False, nullable=True)}
