"""What the chat room does about facts. They come at least once: each handler is idempotent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.availability.queries import list_settings_of_people
from server.availability.rules.wind_down import HoursSettings
from server.chat.actions.conversations import list_guarded
from server.chat.actions.gates import HoursGates
from server.chat.hours import Place, list_written
from server.chat.rules.turns import is_running
from server.events.facts import MessageAccepted
from server.events.seen import Seen

_looked_at: Seen[tuple[str, str, str]] = Seen()  # who wrote where in which minute


def turn_when_full(facts: Sequence[MessageAccepted], now: datetime) -> None:
    """Close the other gates of experts who now have as many talks at once as they may. They open as the talks end.

    Locks: the conversations of these experts, as a turn does.
    """
    talks = _looked_at.list_new((fact.sender_id, fact.conversation_id, fact.at[:16]) for fact in facts)
    if not talks:
        return
    _looked_at.remember(talks)
    experts = list_guarded({sender for sender, _, _ in talks})
    settings = list_settings_of_people(list(experts.values()))
    limits = {one: number.talks_at_once for one, number in settings.items() if number.talks_at_once is not None}
    if not limits:
        return
    written = list_written(limits, now=now)
    full = [one for one, most in sorted(limits.items()) if _count_running(one, written, settings[one], now) >= most]
    if full:
        HoursGates().turn_gates(full, now=now)


def _count_running(person_id: str, written: Mapping[Place, datetime], settings: HoursSettings, now: datetime) -> int:
    return sum(1 for place, at in written.items() if place[0] == person_id and is_running(at, settings, now))
