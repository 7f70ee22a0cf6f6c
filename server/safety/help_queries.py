"""What a youth may know of their own calls for help, in their language: no names, no notes, no others' worries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from server.accounts.queries import PersonCard, list_cards, list_voices
from server.accounts.rules.roles import COORDINATOR
from server.ports.registry import ask_port
from server.ports.talks import TalkCard, TalkKeeper
from server.safety.models import Escalation, Page, Signal
from server.safety.rules.words import DEFAULT_LANGUAGE, find_situation, write_next
from server.safety.states import ACTIVE

# For so long what has ended still says how it ended; after that there is nothing.
_REMEMBERED: Final = timedelta(hours=24)
_READERS = Path(__file__).parent / "data" / "who_can_read.yaml"


@dataclass(frozen=True, slots=True)
class HelpState:
    """Where a youth's call for help stands: the escalation (None: there is none), who picked it up, what comes next."""

    escalation: Escalation | None
    picked_up_by: str | None
    next: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation and who is in it."""

    card: TalkCard
    members: Sequence[PersonCard]


def find_help(youth_id: str, *, now: datetime) -> HelpState:
    """Return where the youth's own call stands: the active one, else the one that ended within a day."""
    pressed = Signal.objects.filter(by_id=youth_id, kind="help").values("escalation_id")
    own = Escalation.objects.filter(id__in=pressed, youth_id=youth_id)
    found = own.filter(state__in=ACTIVE).first()
    found = found or own.filter(ended_at__gt=now - _REMEMBERED).order_by("-ended_at").first()
    return word_help([(youth_id, found)])[0]


def word_help(calls: Sequence[tuple[str, Escalation | None]]) -> list[HelpState]:
    """Return what each of these youths is told about an escalation, in their own language. Two queries."""
    voices = list_voices({youth for youth, _ in calls})
    called = _list_called([one for _, one in calls if one is not None])
    return [_word(one, voices[youth].language, one is not None and one.id in called) for youth, one in calls]


def list_reader_words(language: str) -> list[dict[str, str]]:
    """Return the page "who can read what, and when": its parts with id, title and text."""
    return [{"id": part["id"]} | part.get(language, part[DEFAULT_LANGUAGE]) for part in _read_words()]


def list_talks(person_id: str) -> list[Talk]:
    """Return the conversations of a person with the people in them: who can read along."""
    keeper: TalkKeeper = ask_port(TalkKeeper)
    talks = keeper.list_talks_of([person_id]).get(person_id, ())
    cards = list_cards({member for talk in talks for member in talk.member_ids})
    return [Talk(talk, [cards[one] for one in talk.member_ids if one in cards]) for talk in talks]


def _word(escalation: Escalation | None, language: str, called: bool) -> HelpState:
    state = escalation.state if escalation is not None else None
    situation = find_situation(state=state, level=escalation.level if escalation else "", called=called)
    role = COORDINATOR if escalation is not None and escalation.handler_id is not None else None
    minutes = _find_wait(escalation.chain["steps"], escalation.chain_at) if escalation is not None else 0
    return HelpState(escalation, role, write_next(situation, minutes=minutes, role=role, language=language))


def _list_called(escalations: Sequence[Escalation]) -> set[object]:
    """Return which of these have called somebody by name in their present round."""
    rows = Page.objects.filter(escalation__in=escalations, person_id__isnull=False, state__in=("queued", "sent"))
    rounds = {one.id: one.round for one in escalations}
    return {id_ for id_, round_ in rows.values_list("escalation_id", "round") if rounds[id_] == round_}


def _find_wait(steps: Sequence[dict[str, Any]], at: int) -> int:
    """Return the minutes that whoever was called last has to answer, by the frozen chain."""
    waits = [step.get("wait_minutes") for step in steps[max(at - 1, 0) :]]
    return next((int(one) for one in waits if one), 0)


@lru_cache(maxsize=1)
def _read_words() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(_READERS.read_text(encoding="utf-8")))
