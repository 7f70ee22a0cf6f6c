"""What the socket must ask: who knocks, which sessions ended, what an event looks like to its owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from server.foundation.errors import WarmlijnError


@dataclass(frozen=True, slots=True)
class Knock:
    """What a `hello` brings to prove who sends it: a ticket, or the bearer token of the handshake (not both)."""

    ticket: str | None
    bearer: str | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a socket speaks for, all ids as text. `expires_at` is the absolute end of the session."""

    user_id: str
    session_id: str
    role: str
    expires_at: datetime


class SocketDoor(Protocol):
    """Answered by accounts."""

    def admit(self, knocks: Sequence[Knock], *, now: datetime) -> list[Identity | WarmlijnError]:
        """Return, in order, who knocks, or why not (`auth.ticket_invalid`, `auth.session_revoked`). Uses up tickets.

        Called inside a transaction of the caller; a fixed number of statements however many knocks.
        """

    def list_ended_sessions(self, *, since: datetime, now: datetime) -> list[tuple[str, str]]:
        """Return (session id, reason) of sessions that ended from `since` to `now`.

        The reason is signed_out, revoked, suspended or expired.
        """

    def note_activity(self, session_ids: Sequence[str], *, now: datetime) -> None:
        """Move the idle clock of sessions over which a person did something (heartbeats do not count)."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One row of a user's log, as stored: references, no text."""

    user_id: str
    pos: int
    kind: str
    conversation_id: str | None
    seq: int | None
    refs: dict[str, Any] | None


class EventRenderer(Protocol):
    """Answered by the room that owns the kind."""

    def render(self, events: Sequence[LoggedEvent], *, now: datetime) -> list[dict[str, Any] | None]:
        """Return, in order, what the owner of the log may see of each event now (without `pos`), None for nothing."""
