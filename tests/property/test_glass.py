"""Reads by who is no member are audit entries, exactly: whatever is opened, read, ended, and whenever."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from server.accounts.actions import suspend_person
from server.audit.queries import list_entries
from server.chat.actions.conversations import add_member, open_conversation, remove_member
from server.chat.errors import ConversationNotFound
from server.chat.queries import read_messages
from server.foundation.errors import WarmlijnError
from server.safety.actions.glass import break_glass, end_glass, review_glass
from server.safety.models import GlassOpening
from server.safety.reading_tasks import step_reading
from tests.cast import Cast, Player, make_cast, make_player
from tests.integration.availability.people import card_of
from tests.property.profiles import examples

NOW = datetime(2026, 11, 17, 19, 30, tzinfo=UTC)
WHO = st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(st.just("open"), WHO, st.integers(0, 1), st.integers(1, 60)),
    st.tuples(st.just("read"), WHO, st.integers(0, 1), st.just(0)),
    st.tuples(st.just("read"), WHO, st.integers(0, 1), st.just(0)),
    st.tuples(st.just("end"), WHO, st.just(0), st.just(0)),
    st.tuples(st.just("review"), WHO, st.just(0), st.just(0)),
    st.tuples(st.just("join"), WHO, st.integers(0, 1), st.just(0)),
    st.tuples(st.just("leave"), WHO, st.integers(0, 1), st.just(0)),
    st.tuples(st.just("suspend"), WHO, st.just(0), st.just(0)),
    st.tuples(st.just("wait"), st.just(0), st.just(0), st.integers(1, 70)),
    st.tuples(st.just("work"), st.just(0), st.just(0), st.just(0)),
)
Step = tuple[str, int, int, int]


@dataclass(slots=True)
class Evening:
    """What really happened, kept apart from the tables: until when each coordinator may read where."""

    cast: Cast
    coordinators: list[Player]
    talks: list[str]
    now: datetime = NOW
    grants: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    members: set[tuple[int, int]] = field(default_factory=set)
    out: set[int] = field(default_factory=set)
    reads_through_glass: int = 0

    def take(self, step: Step) -> None:
        """Do one thing in the house and in the book, and compare what came of it."""
        verb, who, where, minutes = step
        if verb == "wait":
            self.now += timedelta(minutes=minutes)
        elif verb == "work":
            while step_reading(self.now):
                pass
        elif who in self.out:
            assert not (verb == "read" and (who, where) not in self.members and self._reads(who, where))
        else:
            getattr(self, f"_{verb}")(who, where, minutes)

    def _open(self, who: int, where: int, minutes: int) -> None:
        running = who in self.grants and self.grants[who][1] > self.now
        fits = not running and (who, where) not in self.members
        assert self._breaks(who, where, minutes) is fits
        if fits:
            self.grants[who] = (where, self.now + timedelta(minutes=minutes))

    def _breaks(self, who: int, where: int, minutes: int) -> bool:
        try:
            break_glass(
                actor=card_of(self.coordinators[who]),
                conversation_id=self.talks[where],
                reason_code="silence",
                reason="We hoorden niets meer.",
                minutes=minutes,
                now=self.now,
            )
        except WarmlijnError:
            return False
        return True

    def _read(self, who: int, where: int, _: int) -> None:
        member = (who, where) in self.members
        grant = self.grants.get(who)
        through = not member and grant is not None and grant[0] == where and self.now < grant[1]
        assert self._reads(who, where) is (member or through)
        self.reads_through_glass += through

    def _reads(self, who: int, where: int) -> bool:
        try:
            read_messages(self.coordinators[who].id, self.talks[where], before=None, after=None, limit=50, now=self.now)
        except ConversationNotFound:
            return False
        return True

    def _end(self, who: int, *_: int) -> None:
        for one in GlassOpening.objects.filter(coordinator_id=self.coordinators[who].id, ended_at=None):
            end_glass(actor=card_of(self.cast.noor), opening_id=one.id, now=self.now)
        self.grants.pop(who, None)

    def _review(self, who: int, *_: int) -> None:
        if who == 1:
            return  # Noor, who reviews, does not review herself
        unreviewed = GlassOpening.objects.filter(coordinator_id=self.coordinators[who].id, reviewed_at=None)
        for one in unreviewed:
            review_glass(
                actor=card_of(self.cast.noor), opening_id=one.id, outcome="not_justified", note="Nee.", now=self.now
            )
            if one.until > self.now:
                self.grants.pop(who, None)

    def _join(self, who: int, where: int, _: int) -> None:
        person = self.coordinators[who].person.id
        add_member(conversation_id=self.talks[where], person_id=person, from_start=True, now=self.now)
        self.members.add((who, where))

    def _leave(self, who: int, where: int, _: int) -> None:
        if (who, where) in self.members:
            person = self.coordinators[who].person.id
            remove_member(conversation_id=self.talks[where], person_id=person, now=self.now)
            self.members.discard((who, where))

    def _suspend(self, who: int, *_: int) -> None:
        if who != 1:
            suspend_person(person_id=self.coordinators[who].id, actor=None, now=self.now)
            self.out.add(who)


def make_evening() -> Evening:
    """Two conversations with words in them, three coordinators."""
    cast = make_cast(NOW)
    kim = make_player(cast.team, "coordinator", "Kim", NOW)
    lot = make_player(cast.team, "youth", "Lot", NOW)
    cast.accept(cast.ada, "een")
    other = open_conversation(
        team_id=cast.team.id, kind="pair", member_ids=[lot.person.id, cast.ben.person.id], now=NOW
    )
    return Evening(cast, [cast.mara, cast.noor, kim], [cast.pair, str(other.id)])


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(STEPS, max_size=30))
def test_reads_by_who_is_no_member_are_entries_exactly(db: None, steps: list[Step]) -> None:
    with transaction.atomic():
        evening = make_evening()
        for step in steps:
            evening.take(step)
        recorded = [one for one in list_entries(evening.cast.team.id) if one.action == "conversation.read"]
        assert len(recorded) == evening.reads_through_glass
        openings = {one.id: one for one in GlassOpening.objects.all()}
        for entry in recorded:
            assert entry.authorisation_id is not None
            opening = openings[entry.authorisation_id]
            assert opening.opened_at <= entry.at < min(opening.until, opening.ended_at or opening.until)
            assert (opening.coordinator_id, opening.conversation_id) == (entry.actor_id, entry.object_id)
        transaction.set_rollback(True)
