"""Accounts' answer to `ports.socket_door.SocketDoor`: who knocks, which sessions ended, who was active."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.accounts.actions.activity import note_activity
from server.accounts.actions.admission import admit_knocks
from server.accounts.queries import list_ended_sessions
from server.foundation.errors import WarmlijnError
from server.ports.socket_door import Identity, Knock


class AccountsDoor:
    """Asked by the socket, about many sockets at once; what it says is said in the functions it calls."""

    def admit(self, knocks: Sequence[Knock], *, now: datetime) -> list[Identity | WarmlijnError]:
        """Return, in order, who knocks, or why not. Uses up tickets."""
        return admit_knocks(knocks=knocks, now=now)

    def list_ended_sessions(self, *, since: datetime, now: datetime) -> list[tuple[str, str]]:
        """Return (session id, reason) of sessions that ended or ran out between `since` and now."""
        return list_ended_sessions(since=since, now=now)

    def note_activity(self, session_ids: Sequence[str], *, now: datetime) -> None:
        """Move the idle clocks of these sessions."""
        note_activity(session_ids=session_ids, now=now)
