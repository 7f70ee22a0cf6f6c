"""Where pushes go in these tests, and a worker whose steps are called by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from server.accounts.actions.devices import register_device
from server.accounts.models import Device
from server.chat.actions.gates import step_turn_gates
from server.events.relay import step_relay
from server.foundation.clock import read_clock
from server.push.backends.port import Outcome, Push, PushBackend, Verdict
from server.push.models import Decision, Delivery
from server.push.tasks import step_send
from server.wiring import LISTENERS
from tests.cast import Player

SENT = Outcome(Verdict.SENT)


class StandIn:
    """A backend that writes down what it was given, and answers what it was told to; taking it, if nothing."""

    name = "standin"

    def __init__(self) -> None:
        self.pushes: list[Push] = []
        self.answer: Callable[[Push], Outcome] = lambda _: SENT

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Take all of them."""
        self.pushes += pushes
        return [self.answer(one) for one in pushes]

    def find(self, platform: str) -> PushBackend:
        """Return this one, whatever the platform."""
        return self

    def take(self) -> list[Push]:
        """Return what was given since the last call."""
        taken, self.pushes = self.pushes, []
        return taken

    def always(self, verdict: Verdict, cause: str = "", retry_after: float | None = None) -> None:
        """Answer this to everything from now on."""
        self.answer = lambda _: Outcome(verdict, cause, retry_after)


def give_phone(player: Player, token: str = "", platform: str = "android") -> str:
    """Register a phone for somebody's session; return the device's id."""
    token = token or f"token-of-{player.id}"
    device = register_device(session=player.session, push_token=token, platform=platform, now=read_clock())
    return str(Device.objects.values_list("id", flat=True).get(push_token_hash=device.push_token_hash))


def work(backend: StandIn, now: datetime | None = None) -> list[Push]:
    """Have a worker do all that is due at this instant; return what went out."""
    at = now or read_clock()
    found = True
    while found:
        found = any([step_relay(at, LISTENERS), step_turn_gates(at)])
    while step_send(at, backend.find):
        pass
    return backend.take()


def list_decisions(player: Player) -> list[tuple[str, str, str]]:
    """Return (kind, decision, reason) of what was decided about somebody's pushes, in order."""
    found = Decision.objects.filter(person_id=player.id).order_by("at", "decision")
    return [(one.kind, one.decision, one.reason) for one in found]


def get_delivery(player: Player, **fields: Any) -> Delivery:
    """Return the only delivery of somebody with these fields."""
    return Delivery.objects.get(person_id=player.id, **fields)
