"""What the hub does by the clock: compare heads, close ended sessions, show that it lives, pass acknowledgements on."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from server.foundation.clock import read_clock, read_machine_clock, read_monotonic
from server.foundation.errors import Unavailable
from server.foundation.logs import get_logger
from server.foundation.loops import rest
from server.realtime import limits
from server.realtime.actions.acks import AckMark, note_acks
from server.realtime.actions.sockets import beat_process, close_sockets, count_other_servers, end_process, list_seated
from server.realtime.closes import HEARTBEAT, REPLACED, SERVER_ERROR, SESSION_EXPIRED, SLOW_CONSUMER
from server.realtime.executor import run_in_database
from server.realtime.queries import read_positions

if TYPE_CHECKING:
    from server.realtime.hub import Hub

log = get_logger(__name__)
_MOST_MARKS = 24  # in one transaction: it holds the logs of both sides, and every message to them waits so long
_PAUSE_SECONDS = 0.02  # between two of these at most: back to back they are one long wait again
_SWEEP_OVERLAP = timedelta(seconds=30)  # clocks differ and commits take their time; longer than a statement may last


class Keeper:
    """The periodic tasks of one hub. Each turn is bounded; a failed turn is logged and the next one comes."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._tasks: list[asyncio.Task[None]] = []
        self._acks: dict[tuple[str, str], AckMark] = {}
        self._active_sessions: set[str] = set()
        self._noted_at: dict[str, float] = {}
        self._ack_flush: asyncio.Task[None] | None = None
        self._leaving = asyncio.Event()
        self._swept_upto: datetime | None = None
        self._empty_seats: set[str] = set()

    def start(self) -> None:
        """Start the periodic tasks on the running loop."""
        turns: tuple[tuple[float, Callable[[], Awaitable[None]]], ...] = (
            (limits.RECONCILE_SECONDS, self.reconcile),
            (limits.RECONCILE_SECONDS, self.beat),
            (limits.REVOKE_SWEEP_SECONDS, self.sweep_sessions),
        )
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._repeat(seconds, turn)) for seconds, turn in turns]

    async def stop(self) -> None:
        """End the tasks, pass on the last acknowledgements and sign this process off."""
        self._leaving.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._ack_flush is not None:
            await asyncio.wait([self._ack_flush])
        await self._flush_acks()
        try:
            await run_in_database(partial(end_process, self._hub.process_id))
        except Unavailable:
            log.warning("process_not_signed_off")

    # --- acknowledgements

    def take_ack(self, user_id: str, device_id: str, before: int, upto: int) -> None:
        """Note what a device has persisted; passed on together with others within ACK_FLUSH_SECONDS."""
        known = self._acks.get((user_id, device_id))
        first = min(before, known.before) if known else before
        self._acks[user_id, device_id] = AckMark(user_id, device_id, first, max(upto, known.upto if known else 0))
        self.flush_acks_soon()

    def note_activity(self, session_id: str) -> None:
        """Note that a person did something; moves the session's idle clock with the next flush, not at every frame."""
        now = read_monotonic()
        if now - self._noted_at.get(session_id, -limits.ACTIVITY_SECONDS) < limits.ACTIVITY_SECONDS:
            return
        if len(self._noted_at) > 100_000:
            self._noted_at.clear()
        self._noted_at[session_id] = now
        self._active_sessions.add(session_id)
        self.flush_acks_soon()

    def flush_acks_soon(self) -> None:
        """Have the waiting marks passed on."""
        if self._ack_flush is None and (self._acks or self._active_sessions) and not self._leaving.is_set():
            self._ack_flush = asyncio.get_running_loop().create_task(self._flush_later())

    async def _flush_later(self) -> None:
        try:
            await rest(limits.ACK_FLUSH_SECONDS, self._leaving)
            await self._flush_acks()
        finally:
            self._ack_flush = None
        self.flush_acks_soon()

    async def _flush_acks(self) -> None:
        marks, sessions = list(self._acks.values()), list(self._active_sessions)
        self._acks, self._active_sessions = {}, set()
        now, pause = read_clock(), limits.ACK_FLUSH_SECONDS * _MOST_MARKS / max(1, len(marks))
        try:
            while marks:
                some = marks[:_MOST_MARKS]
                await run_in_database(partial(note_acks, some, receipts=self._hub.receipts, now=now))
                del marks[:_MOST_MARKS]
                if marks:
                    await rest(min(pause, _PAUSE_SECONDS), self._leaving)
            if sessions:
                await run_in_database(partial(self._hub.door.note_activity, sessions, now=now))
        except Exception as problem:
            log.warning("acks_wait", problem=type(problem).__name__)
            for mark in marks:
                self.take_ack(mark.user_id, mark.device_id, mark.before, mark.upto)

    # --- turns

    async def reconcile(self) -> None:
        """Compare the heads of local users with the database, and send away what is stuck, silent or replaced."""
        hub, now = self._hub, read_monotonic()
        for socket in list(hub.sockets.values()):
            if now - socket.last_heard > limits.SILENCE_SECONDS:
                socket.close(HEARTBEAT)
            elif socket.is_stuck(now):
                socket.close(SLOW_CONSUMER)
        users = list(hub.by_user)
        for start in range(0, len(users), 1_000):
            positions = await run_in_database(partial(read_positions, users[start : start + 1_000]))
            hub.hear_heads({user_id: position.head for user_id, position in positions.items()})
        await self._close_unseated()

    async def beat(self) -> None:
        """Show that this process lives, by the machine's clock: setting a demo clock must not make it look dead."""
        now = read_machine_clock()
        await run_in_database(partial(beat_process, self._hub.process_id, "server", now=now))
        others = await run_in_database(partial(count_other_servers, self._hub.process_id, now=now))
        self._hub.note_alone(others == 0)

    async def sweep_sessions(self) -> None:
        """Close the sockets of sessions that ended anywhere, also when every hint was lost."""
        now = read_clock()
        since = (self._swept_upto or now) - _SWEEP_OVERLAP
        ended = await run_in_database(partial(self._hub.door.list_ended_sessions, since=since, now=now))
        self._swept_upto = now
        for session_id, reason in ended:
            self._hub.end_session(session_id, reason)
        for socket in list(self._hub.sockets.values()):
            if socket.identity and socket.identity.expires_at <= now:
                socket.close(SESSION_EXPIRED)

    async def _close_unseated(self) -> None:
        """Close sockets that the table does not know: replaced elsewhere, or forgotten because this process was
        taken for dead (stopped for longer than PROCESS_DEAD_SECONDS); those come back. And the other way round:
        free a seat whose socket left while the database was away (missing for two turns: no greeting in progress)."""
        hub, before = self._hub, list(self._hub.sockets.values())
        users = {socket.user_id for socket in before}
        seated, own = await run_in_database(partial(list_seated, users, hub.process_id))
        for socket in before:
            current = seated.get((socket.user_id, socket.device_id))
            if current != socket.id and not socket.closed:
                socket.close(SERVER_ERROR if current is None else REPLACED)
        empty = own - hub.sockets.keys()
        if left_over := empty & self._empty_seats:
            await run_in_database(partial(close_sockets, sorted(left_over)))
        self._empty_seats = empty

    async def _repeat(self, seconds: float, turn: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await turn()
            except Exception as problem:
                log.warning("turn_failed", turn=turn.__name__, problem=type(problem).__name__)
            await asyncio.sleep(seconds * random.uniform(0.9, 1.1))  # noqa: S311  jitter, no secret
