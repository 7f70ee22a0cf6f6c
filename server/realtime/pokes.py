"""Pokes between processes: `{user: head}` and a few other hints without content, over one Channels group.

Losing one costs latency only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from channels.layers import get_channel_layer

from server.foundation.logs import get_logger

log = get_logger(__name__)
GROUP = "pokes"
_SEND_SECONDS = 2.0
_RETRY_SECONDS = 1.0
_INSIST_SECONDS = 0.2
_PAUSE_SECONDS = 0.005  # between two pokes: what comes meanwhile is merged, and read by the others in one query


def _get_layer() -> Any:
    """Return the default channel layer (untyped: the two backends share no useful type)."""
    return get_channel_layer()


class PokeBus:
    """Publishes hints and hands received ones to `heard`. All methods run on the loop that `start` was called on."""

    def __init__(self, heard: Callable[[Mapping[str, Any]], None] | None) -> None:
        self._heard = heard
        self._heads: dict[str, int] = {}
        self._others: list[dict[str, Any]] = []
        self._sending: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen, if somebody wants to hear."""
        if self._heard is not None:
            self._listening = asyncio.get_running_loop().create_task(self._listen())

    async def stop(self) -> None:
        """Send what is waiting, then stop listening."""
        if self._sending is not None:
            await asyncio.wait([self._sending], timeout=_SEND_SECONDS)
        while self._listening is not None and not self._listening.done():
            self._listening.cancel()  # again: the Redis layer swallows one that meets it subscribing
            await asyncio.wait([self._listening], timeout=_INSIST_SECONDS)

    def publish_heads(self, heads: Mapping[str, int]) -> None:
        """Tell the other processes where logs stand; what waits for the previous send is merged."""
        for user_id, head in heads.items():
            if head > self._heads.get(user_id, -1):
                self._heads[user_id] = head
        self._start_sending()

    def publish(self, hint: dict[str, Any]) -> None:
        """Tell the other processes something else that holds ids only (typing, a replaced socket)."""
        if len(self._others) < 1_000:  # a layer that takes nothing must not cost memory
            self._others.append(hint)
            self._start_sending()

    def _start_sending(self) -> None:
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        layer = _get_layer()
        try:
            while self._heads or self._others:
                hint = {"type": "poke", "heads": self._heads, "hints": self._others}
                self._heads, self._others = {}, []
                async with asyncio.timeout(_SEND_SECONDS):
                    await layer.group_send(GROUP, hint)
                await asyncio.sleep(_PAUSE_SECONDS)
        except Exception as problem:
            log.warning("poke_not_sent", problem=type(problem).__name__)
        finally:
            self._sending = None

    async def _listen(self) -> None:
        while True:
            try:
                layer = _get_layer()
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                while True:
                    self._hear(await layer.receive(channel))
            except asyncio.CancelledError:
                raise
            except Exception as problem:
                log.warning("pokes_not_heard", problem=type(problem).__name__)
                await asyncio.sleep(_RETRY_SECONDS)

    def _hear(self, hint: Mapping[str, Any]) -> None:
        if self._heard is not None:
            try:
                self._heard(hint)
            except Exception as problem:
                log.error("poke_not_understood", exc_info=problem)
