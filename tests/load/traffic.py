"""The two ways to load a server, the same for both: a closed loop and an open loop.

Closed: every pair has exactly one message under way. A message is done when the other person's device has
it AND its sender's device knows that it is stored; then the other person answers. Open: messages leave at
their planned times (independent people: exponential gaps, fixed seed) however slow the answers are.
"""

import asyncio
import random
import time
from dataclasses import dataclass, field
from itertools import count

from tests.load.devices import Device

GRACE_SECONDS = 5.0
REFUSED_SECONDS = 0.1
SEED = 20


@dataclass
class Pair:
    """Two devices of one conversation; who spoke last lets the other speak."""

    youth: Device
    expert: Device
    youth_next: bool = True

    def say(self, number: int) -> None:
        """Let the one whose turn it is send message `number`."""
        speaker = self.youth if self.youth_next else self.expert
        self.youth_next = not self.youth_next
        speaker.say(number)


@dataclass(slots=True)
class Message:
    """A message under way."""

    pair: Pair
    begun_at: float
    is_delivered: bool = False
    is_confirmed: bool = False


@dataclass
class Outcome:
    """What a loop saw: delivery times in seconds from sending, and what went wrong."""

    seconds: float = 0.0
    in_time: int = 0
    sent: int = 0
    delays: list[float] = field(default_factory=list)
    refusals: dict[str, int] = field(default_factory=dict)
    unfinished: int = 0
    latest_start: float = 0.0
    generator_cpu: float = 0.0

    def describe(self) -> dict[str, object]:
        """Return it as JSON can carry it, delays in milliseconds."""
        return {
            "seconds": self.seconds,
            "sent": self.sent,
            "messages_per_second": self.in_time / self.seconds if self.seconds else 0.0,
            "delay_ms": summarise([delay * 1000 for delay in self.delays]),
            "refusals": self.refusals,
            "unfinished": self.unfinished,
            "latest_start_ms": self.latest_start * 1000,
            "generator_busy": self.generator_cpu,
        }


def summarise(values: list[float]) -> dict[str, float]:
    """Return count, p50, p90, p99 (nearest rank) and maximum."""
    ranked = sorted(values) or [float("nan")]
    last = len(ranked) - 1
    ranks = {f"p{share}": ranked[min(last, int(len(ranked) * share / 100))] for share in (50, 90, 99)}
    return {"count": len(values), **ranks, "max": ranked[-1]}


class Loop:
    """What both loops share: numbering, pairing of the two halves of a message, and the clock."""

    _numbers = count(1)

    def __init__(self, pairs: list[Pair], seconds: float) -> None:
        self.pairs = pairs
        self.seconds = seconds
        self.outcome = Outcome()
        self._under_way: dict[int, Message] = {}
        self.ends_at = 0.0
        for pair in pairs:
            pair.youth.audience = pair.expert.audience = self

    async def run(self) -> Outcome:
        """Load the server for `seconds`, then wait a little for what is still under way."""
        started, busy = time.perf_counter(), time.process_time()
        self.ends_at = started + self.seconds
        await self.load()
        self.outcome.seconds = time.perf_counter() - started
        self.outcome.generator_cpu = (time.process_time() - busy) / self.outcome.seconds
        patience = time.perf_counter() + GRACE_SECONDS
        while self._under_way and time.perf_counter() < patience:
            await asyncio.sleep(0.02)
        self.outcome.unfinished = len(self._under_way)
        return self.outcome

    async def load(self) -> None:
        """Send messages until the time is over."""
        raise NotImplementedError

    def on_finished(self, pair: Pair) -> None:
        """Hear that a pair's message is done."""

    def begin(self, pair: Pair) -> None:
        """Let a pair send its next message."""
        number = next(self._numbers)
        self.outcome.sent += 1
        self._under_way[number] = Message(pair, time.perf_counter())
        pair.say(number)

    def on_delivered(self, number: int) -> None:
        """Note the delay; a message that another loop began is not ours."""
        message = self._under_way.get(number)
        if message is not None and not message.is_delivered:
            message.is_delivered = True
            self.outcome.delays.append(time.perf_counter() - message.begun_at)
            self._finish(number, message)

    def on_confirmed(self, number: int) -> None:
        """Note that the sender knows."""
        message = self._under_way.get(number)
        if message is not None:
            message.is_confirmed = True
            self._finish(number, message)

    def on_refused(self, number: int | None, code: str) -> None:
        """Count the refusal; the pair goes on with its next message after a breath."""
        self.outcome.refusals[code] = self.outcome.refusals.get(code, 0) + 1
        message = self._under_way.pop(number, None) if number is not None else None
        if message is not None:
            asyncio.get_running_loop().call_later(REFUSED_SECONDS, self.on_finished, message.pair)

    def _finish(self, number: int, message: Message) -> None:
        if message.is_delivered and message.is_confirmed:
            del self._under_way[number]
            if time.perf_counter() < self.ends_at:
                self.outcome.in_time += 1
            self.on_finished(message.pair)


class ClosedLoop(Loop):
    """One message under way per pair, always."""

    async def load(self) -> None:
        """Start every pair once; each goes on by itself."""
        for pair in self.pairs:
            self.begin(pair)
        await asyncio.sleep(self.seconds)

    def on_finished(self, pair: Pair) -> None:
        """The other person answers."""
        if time.perf_counter() < self.ends_at:
            self.begin(pair)


class OpenLoop(Loop):
    """Messages at planned times, the pairs taking turns."""

    def __init__(self, pairs: list[Pair], seconds: float, rate: float) -> None:
        super().__init__(pairs, seconds)
        self.rate = rate

    async def load(self) -> None:
        """Send at the planned times and note the worst lateness of the generator itself."""
        chance = random.Random(SEED)
        planned, number = time.perf_counter(), 0
        while (planned := planned + chance.expovariate(self.rate)) < self.ends_at:
            await asyncio.sleep(max(0.0, planned - time.perf_counter()))
            self.outcome.latest_start = max(self.outcome.latest_start, time.perf_counter() - planned)
            self.begin(self.pairs[number % len(self.pairs)])
            number += 1
        await asyncio.sleep(max(0.0, self.ends_at - time.perf_counter()))
