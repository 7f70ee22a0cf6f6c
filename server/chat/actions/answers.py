"""The honest answer: what a youth is told, once an evening, when they write while nobody may read it yet.

It is kept as a row and told as `answer.given` in the youth's log, in one slot for each conversation: said anew when
the expert's next opening changes, never said twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from server.accounts.queries import list_voices
from server.accounts.rules.roles import YOUTH
from server.availability.queries import list_on_shift, list_settings_of_teams
from server.availability.rules.kinds import DUTY
from server.availability.rules.wind_down import HoursSettings, find_evening
from server.chat.answers import KIND, show_answers
from server.chat.models import Conversation, OutsideAnswer
from server.chat.rules.holds import Hold
from server.chat.rules.turns import CLOSED, Turn
from server.chat.seats import Seat
from server.foundation.clock import format_instant
from server.realtime.streams import EventDraft


@dataclass(frozen=True, slots=True)
class HeldWord:
    """A message that waits: who wrote it where, whose gate it waits for, and why."""

    person_id: str
    conversation_id: str
    expert_id: str
    hold: Hold

    def is_in(self, person_id: str, conversation_id: str) -> bool:
        """Say whether it is this person's, in this conversation."""
        return (self.person_id, self.conversation_id) == (person_id, conversation_id)


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer on its way into a log, and its words for the `sent` frame."""

    word: HeldWord
    draft: EventDraft
    text: str


def give_answers(words: Iterable[HeldWord], *, now: datetime) -> list[GivenAnswer]:
    """Answer each youth who has heard nothing this evening, in the open transaction.

    Locks nothing: the caller holds the conversations.
    """
    first = {(word.person_id, word.conversation_id): word for word in reversed(list(words))}
    voices = list_voices(person for person, _ in first)
    first = {key: word for key, word in first.items() if voices[key[0]].role == YOUTH}
    numbers = _list_numbers({conversation for _, conversation in first})
    evenings = {key: find_evening(now, voices[key[0]].zone, numbers[key[1]].evening_starts) for key in first}
    silent = _list_unanswered(evenings, numbers, now)
    OutsideAnswer.objects.bulk_create(_make_row(first[key], evenings[key], now) for key in silent)
    on_duty = _list_duty({conversation for _, conversation in silent}, now)
    drafts = [draft_answer(first[key], now, duty_open=key[1] in on_duty) for key in silent]
    shown = show_answers([(draft.user_id, draft.refs or {}) for draft in drafts])
    return [
        GivenAnswer(first[key], draft, text["text"]) for key, draft, text in zip(silent, drafts, shown, strict=True)
    ]


def draft_answer(word: HeldWord, at: datetime, *, duty_open: bool) -> EventDraft:
    """Draft `answer.given`; its words are found when it is shown, for they hold a name."""
    opens_at = format_instant(word.hold.opens_at) if word.hold.opens_at else None
    refs = {
        "at": format_instant(at),
        "reason": word.hold.reason,
        "opens_at": opens_at,
        "user": word.expert_id,
        "duty": duty_open,
    }
    slot = f"{KIND}:{word.conversation_id}"
    return EventDraft(word.person_id, KIND, word.conversation_id, None, refs, slot)


def revise_answers(turned: Sequence[tuple[Seat, Turn]], *, now: datetime) -> list[EventDraft]:
    """Say anew what was said since these gates closed and no longer holds; return what to put into logs."""
    waiting = {(seat.conversation_id, seat.person_id): (seat, turn) for seat, turn in turned if turn.state == CLOSED}
    if not waiting:
        return []
    drafts = []
    on_duty = _list_duty({conversation for conversation, _ in waiting}, now)
    said = OutsideAnswer.objects.filter(conversation_id__in=[conversation for conversation, _ in waiting])
    for row in said.order_by("said_at"):
        seat, turn = waiting.get((str(row.conversation_id), str(row.expert_id)), (None, None))
        if seat is None or turn is None or row.opens_at == turn.opens_at or row.said_at < (seat.turned_at or now):
            continue
        OutsideAnswer.objects.filter(id=row.id).update(opens_at=turn.opens_at, reason=turn.reason, changed_at=now)
        word = HeldWord(str(row.person_id), seat.conversation_id, seat.person_id, Hold(turn.reason, turn.opens_at))
        drafts.append(draft_answer(word, now, duty_open=seat.conversation_id in on_duty))
    return drafts


def _list_duty(conversation_ids: Iterable[str], now: datetime) -> set[str]:
    """Return in which of these conversations the team has somebody on duty now."""
    teams = _list_teams(conversation_ids)
    open_teams = {team for team in set(teams.values()) if list_on_shift(team, DUTY, now)}
    return {one for one, team in teams.items() if team in open_teams}


def _list_numbers(conversation_ids: Iterable[str]) -> dict[str, HoursSettings]:
    """Return the numbers of each conversation's team."""
    teams = _list_teams(conversation_ids)
    settings = list_settings_of_teams(teams.values())
    return {one: settings[team] for one, team in teams.items()}


def _list_teams(conversation_ids: Iterable[str]) -> dict[str, str]:
    found = Conversation.objects.filter(id__in=list(conversation_ids)).values_list("id", "team_id")
    return {str(one): str(team) for one, team in found}


def _list_unanswered(
    evenings: Mapping[tuple[str, str], date], numbers: Mapping[str, HoursSettings], now: datetime
) -> list[tuple[str, str]]:
    """Return who (person, conversation) has heard nothing this evening, nor within the hours that the team has set."""
    said = OutsideAnswer.objects.filter(conversation_id__in=list(numbers))
    heard: set[tuple[str, str]] = set()
    for row in said.filter(said_at__gt=now - timedelta(days=2)):
        key = (str(row.person_id), str(row.conversation_id))
        if key in evenings:
            pause = timedelta(hours=numbers[key[1]].answer_once_hours)
            heard |= {key} if row.said_at > now - pause or row.evening == evenings[key] else set()
    return [key for key in evenings if key not in heard]


def _make_row(word: HeldWord, evening: date, now: datetime) -> OutsideAnswer:
    return OutsideAnswer(
        conversation_id=UUID(word.conversation_id),
        person_id=UUID(word.person_id),
        expert_id=UUID(word.expert_id),
        evening=evening,
        said_at=now,
        changed_at=now,
        reason=word.hold.reason,
        opens_at=word.hold.opens_at,
    )
