"""Technical faults that somebody must look at: facts that no listener could deal with, so something was not done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from server.accounts.queries import PersonCard, list_cards, list_standing
from server.accounts.rules.roles import COORDINATOR
from server.events.relay import list_parked
from server.ports.registry import ask_port
from server.ports.talks import TalkKeeper
from server.safety.actions.escalations import raise_signal
from server.safety.rules.levels import CONCERN, LEVELS, URGENT, find_higher

_PEOPLE: Final = ("person_id", "youth_id", "sender_id", "expert_id", "recipient_id", "blocker_id")
# A fact of this room that was not dealt with may be a call for help that stands still.
_OF_THIS_ROOM: Final = "safety."


def watch_faults(*, now: datetime) -> bool:
    """Signal facts that were parked to the teams that they are about, to every team where that cannot be read.

    Once a day for each team and level: concern, urgent for a fact of this room. Return whether a signal was new.
    Publishes and locks as `raise_signal`.
    """
    levels: dict[str, str] = {}
    parked = list_parked()
    cards = list_cards({person for _, payload in parked for person in _list_people(payload)})
    for name, payload in parked:
        level = URGENT if name.startswith(_OF_THIS_ROOM) else CONCERN
        for team_id in _list_teams(payload, cards):
            levels[team_id] = find_higher(level, levels.get(team_id, LEVELS[0]))
    new = [_signal(team_id, level, now) for team_id, level in sorted(levels.items())]
    return any(new)


def _signal(team_id: str, level: str, now: datetime) -> bool:
    key = f"fault:{team_id}:{level}:{now.date().isoformat()}"
    raised = raise_signal(team_id=team_id, youth_id=None, kind="fault", level=level, by=None, key=key, now=now)
    return raised.is_new


def _list_people(payload: Mapping[str, Any]) -> list[str]:
    return [str(payload[name]) for name in _PEOPLE if payload.get(name)]


def _list_teams(payload: Mapping[str, Any], cards: Mapping[str, PersonCard]) -> set[str]:
    if payload.get("team_id"):
        return {str(payload["team_id"])}
    known = {cards[one].team_id for one in _list_people(payload) if one in cards}
    if known:
        return known
    keeper: TalkKeeper = ask_port(TalkKeeper)
    talk = keeper.find_talk(str(payload["conversation_id"])) if payload.get("conversation_id") else None
    return {talk.team_id} if talk is not None else {one.team_id for one in list_standing((COORDINATOR,))}
