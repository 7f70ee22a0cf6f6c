"""Who is talking now, for the coordinators' desk: names and instants, nothing that was said and not how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from server.accounts.queries import PersonCard, list_cards
from server.accounts.rules.roles import COORDINATOR, EXPERT, YOUTH
from server.availability.queries import get_settings_of_team
from server.chat.models import DutyRequest, Membership
from server.chat.states import DUTY_REQUEST
from server.foundation.database import open_pipeline

# The last messages of a talk say since when it runs; of a longer one, since when at the latest.
_TALKING_SQL: Final = (
    "SELECT c.id, c.kind, m.sender_id, m.accepted_at FROM chat_conversation c "
    "JOIN chat_message n ON n.conversation_id = c.id AND n.seq = c.last_seq "
    "JOIN chat_message m ON m.conversation_id = c.id AND m.seq > c.last_seq - 200 "
    "WHERE c.team_id = %(team)s::uuid AND c.closed_at IS NULL AND n.accepted_at > %(since)s::timestamptz "
    "ORDER BY c.id, m.seq DESC"
)


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody wrote, at this instant."""

    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Talking:
    """A conversation in which somebody wrote within the team's `talk_minutes`, and who is in it.

    `since` is when this talk began; `answered` says whether more than one of them has written in it.
    """

    conversation_id: str
    kind: str
    since: datetime
    last: Said
    answered: bool
    people: Sequence[PersonCard]

    def list_people(self, role: str) -> list[PersonCard]:
        """Return who of this role is in it."""
        return [one for one in self.people if one.role == role]


@dataclass(frozen=True, slots=True)
class Asking:
    """A youth asks for whoever has duty, and nobody has taken the line yet."""

    request: DutyRequest
    youth: PersonCard


def list_talking(team_id: UUID | str, *, now: datetime) -> list[Talking]:
    """Return the talks of a team that are running, the newest word first; four statements however many."""
    silence = timedelta(minutes=get_settings_of_team(team_id).talk_minutes)
    said: dict[tuple[str, str], list[Said]] = {}
    with open_pipeline() as pipeline:
        rows = pipeline.ask(_TALKING_SQL, {"team": str(team_id), "since": now - silence}, "uuid text uuid time").rows()
    for conversation_id, kind, sender_id, at in rows:
        said.setdefault((conversation_id, kind), []).append(Said(sender_id, at))
    people = _list_members([conversation_id for conversation_id, _ in said])
    talks = [_draw_talk(*place, find_run(words, silence), people) for place, words in said.items()]
    return sorted(talks, key=lambda one: one.last.at, reverse=True)


def list_asking(team_id: UUID | str) -> list[Asking]:
    """Return who of a team waits for somebody on duty, the longest first; two queries."""
    found = DutyRequest.objects.filter(team_id=team_id, state=DUTY_REQUEST.start).order_by("asked_at", "id")
    requests = list(found)
    cards = list_cards(one.youth_id for one in requests)
    return [Asking(one, cards[str(one.youth_id)]) for one in requests if str(one.youth_id) in cards]


def find_run(words: Sequence[Said], silence: timedelta) -> list[Said]:
    """Return the words of the talk that runs, the newest first as given: no pause in it was longer than `silence`."""
    run = [words[0]]
    for word in words[1:]:
        if run[-1].at - word.at > silence:
            break
        run.append(word)
    return run


def _draw_talk(
    conversation_id: str, kind: str, run: Sequence[Said], people: Mapping[str, Sequence[PersonCard]]
) -> Talking:
    answered = len({word.person_id for word in run}) > 1
    return Talking(conversation_id, kind, run[-1].at, run[0], answered, people.get(conversation_id, ()))


def _list_members(conversation_ids: Iterable[str]) -> dict[str, list[PersonCard]]:
    seats = Membership.objects.filter(conversation_id__in=list(conversation_ids), left_at=None)
    places = [(str(one), str(person)) for one, person in seats.values_list("conversation_id", "person_id")]
    cards = list_cards(person for _, person in places)
    people: dict[str, list[PersonCard]] = {}
    for conversation_id, person_id in places:
        if person_id in cards:
            people.setdefault(conversation_id, []).append(cards[person_id])
    order = (YOUTH, EXPERT, COORDINATOR)
    return {
        one: sorted(found, key=lambda card: (order.index(card.role) if card.role in order else 9, card.display_name))
        for one, found in people.items()
    }
