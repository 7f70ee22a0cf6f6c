"""What the gates of some seats hang on, loaded at once: hours, running talks, extensions, the team's numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.accounts.queries import list_cards
from server.availability.queries import list_extensions, list_settings_of_people, load_schedules
from server.availability.rules.kinds import DUTY
from server.availability.rules.reachability import find_shift, reachability
from server.availability.rules.schedule import Reachability, Schedule
from server.availability.rules.wind_down import BOUNDS, HoursSettings
from server.chat.rules.turns import Talk, is_running
from server.chat.seats import Seat
from server.foundation.database import as_texts, open_pipeline

Place = tuple[str, str]  # person, conversation
_LONGEST_TALK = timedelta(minutes=BOUNDS["talk_minutes"][1] + BOUNDS["grace_minutes"][1])
# The last fifty messages of a conversation say enough about a talk of two hours.
_WRITTEN_SQL = (
    "SELECT m.sender_id, m.conversation_id, max(m.accepted_at) FROM chat_membership s "
    "JOIN chat_conversation c ON c.id = s.conversation_id "
    "JOIN chat_message m ON m.conversation_id = c.id AND m.seq > c.last_seq - 50 AND m.sender_id = s.person_id "
    "WHERE s.person_id = ANY(%(people)s::uuid[]) AND s.left_at IS NULL AND c.closed_at IS NULL "
    "AND m.accepted_at > %(since)s::timestamptz GROUP BY m.sender_id, m.conversation_id"
)


@dataclass(frozen=True, slots=True)
class LoadedHours:
    """Everything that decides about these seats at `now`."""

    now: datetime
    schedules: Mapping[str, Schedule]
    settings: Mapping[str, HoursSettings]
    written: Mapping[Place, datetime]
    extended: Mapping[Place, datetime]

    def reachability_of(self, seat: Seat) -> Reachability:
        """Return whether the seat's owner may be reached here: on a line by their duty shift, else by their hours."""
        schedule = self.schedules[seat.person_id]
        return find_shift(schedule, DUTY, self.now) if seat.kind == "line" else reachability(schedule, self.now)

    def settings_of(self, seat: Seat) -> HoursSettings:
        """Return the numbers that count for the seat's owner."""
        return self.settings.get(seat.person_id) or HoursSettings()

    def talk_of(self, seat: Seat) -> Talk:
        """Return what goes on in the seat's conversation."""
        place = (seat.person_id, seat.conversation_id)
        return Talk(self.written.get(place), self.extended.get(place), self._find_full(seat))

    def _find_full(self, seat: Seat) -> datetime | None:
        """Return until when the owner has as many other talks as they may, None while there is room."""
        settings = self.settings_of(seat)
        own = (seat.person_id, seat.conversation_id)
        running = [
            at
            for place, at in self.written.items()
            if place[0] == seat.person_id and place != own and is_running(at, settings, self.now)
        ]
        if settings.talks_at_once is None or len(running) < settings.talks_at_once:
            return None
        if is_running(self.written.get(own), settings, self.now):
            return None
        return min(running) + timedelta(minutes=settings.talk_minutes)


def load_hours(seats: Sequence[Seat], *, now: datetime) -> LoadedHours:
    """Load what decides about these seats: a fixed number of statements."""
    people = as_texts(seat.person_id for seat in seats)
    return LoadedHours(
        now,
        load_schedules(people, now=now),
        list_settings_of_people(list(list_cards(people).values())),
        list_written(people, now=now),
        list_extensions(people, now=now),
    )


def list_written(person_ids: Iterable[object], *, now: datetime) -> dict[Place, datetime]:
    """Return when these people last wrote where, as far as it matters for a talk that may be running."""
    with open_pipeline() as pipeline:
        params = {"people": as_texts(person_ids), "since": now - _LONGEST_TALK}
        asked = pipeline.ask(_WRITTEN_SQL, params, "uuid uuid time")
    return {(person, conversation): at for person, conversation, at in asked.rows()}
