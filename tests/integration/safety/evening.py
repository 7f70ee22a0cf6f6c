"""An evening in the safety room's tests: on-call shifts, what stands in the logs, the worker's steps called by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from server.availability.actions import add_shifts
from server.availability.actions.hours import set_hours
from server.availability.tasks import step_held_events
from server.events.relay import step_relay
from server.foundation.clock import read_clock
from server.realtime.models import UserEvent
from server.safety.file_tasks import (
    step_after_care,
    step_remind_follow_ups,
    step_silence,
    step_tell_experts,
)
from server.safety.models import Escalation
from server.safety.tasks import step_escalations, step_pages
from server.wiring import LISTENERS
from tests.cast import Answer, Cast, Player
from tests.integration.availability.people import card_of, get, post

# Until 22:00 in Amsterdam, an hour and a half after TUESDAY.
EVENING = [{"weekday": 2, "start": "19:00", "end": "22:00"}, {"weekday": 3, "start": "19:00", "end": "22:00"}]
ENDS = timedelta(hours=1, minutes=30)
_STEPS: tuple[Callable[[datetime], bool], ...] = (
    step_silence,
    step_escalations,
    step_pages,
    step_tell_experts,
    step_after_care,
    step_remind_follow_ups,
    step_held_events,
)


def give_evening(expert: Player) -> None:
    """Give an expert hours until 22:00 today and tomorrow."""
    set_hours(actor=card_of(expert), zone="Europe/Amsterdam", windows=EVENING, now=read_clock())


def put_on_call(cast: Cast, *coordinators: Player, on: str = "2026-11-17") -> None:
    """Put these coordinators on call for a whole day."""
    for one in coordinators:
        add_shifts(
            actor=card_of(cast.mara),
            kind="on_call",
            on=on,
            start="00:00",
            end="00:00",
            person_id=one.id,
            now=read_clock(),
        )


def work(*, now: datetime | None = None) -> None:
    """Have a worker do all that is due now: the relay first, then every step, until nothing is found."""
    at = now or read_clock()
    found = True
    while found:
        found = step_relay(at, LISTENERS)
        stepped = [step(at) for step in _STEPS]
        found = found or any(stepped)


def hand_out_held() -> None:
    """Hand on all facts, and have everything that waited for experts' hours come."""
    now = read_clock()
    while step_relay(now, LISTENERS) or step_held_events(now):
        pass


def press(player: Player | None, **fields: Any) -> Answer:
    """Press the help button."""
    return post(player, "/help", **fields)


def worry(player: Player | None, conversation: str, level: str = "urgent", **fields: Any) -> Answer:
    """Say that one worries."""
    return post(player, f"/conversations/{conversation}/worries", level=level, **fields)


def look(player: Player | None, path: str) -> Any:
    """Return what a call answers that must succeed."""
    answer = get(player, path)
    assert answer.status == 200, answer.body
    return answer.body


def list_log(player: Player, *prefixes: str) -> list[str]:
    """Return the kinds in somebody's log that begin with one of these, in order."""
    kinds = UserEvent.objects.filter(user_id=player.id).order_by("pos").values_list("kind", flat=True)
    return [kind for kind in kinds if kind.startswith(prefixes)]


def get_escalation(id_: str) -> Escalation:
    """Return the row."""
    return Escalation.objects.get(id=id_)


def names_of(lines: Iterable[dict[str, str]]) -> list[str]:
    """Return the numbers of a help card."""
    return [one["phone"] for one in lines]
