"""A gate's turn, whatever the hours, the talk and the team's numbers are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.availability.rules.schedule import ABSENCE, PAUSE, REASONS, Reachability
from server.availability.rules.wind_down import BOUNDS, HoursSettings
from server.chat.rules.turns import ASK_AGAIN, CLOSED, OPEN, GateBefore, Talk, Turn, find_turn, is_running
from tests.property.profiles import examples

NOW = datetime(2026, 11, 17, 21, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a turn hangs on."""

    before: GateBefore
    hours: Reachability
    talk: Talk
    settings: HoursSettings
    by_itself: bool

    def turn(self) -> Turn:
        """Return the turn."""
        return find_turn(self.before, self.hours, self.talk, self.settings, now=NOW, by_itself=self.by_itself)

    def turn_again(self, turn: Turn, now: datetime) -> Turn:
        """Return the turn after that one, when something has changed that concerns other conversations."""
        before = GateBefore(turn.state, turn.turns_at, turn.grace_until)
        return find_turn(before, self.hours, self.talk, self.settings, now=now, by_itself=False)


def instants(low: int, high: int) -> st.SearchStrategy[datetime]:
    """Return instants so many minutes around NOW, often right on it or a microsecond beside it."""
    near = st.sampled_from((-INSTANT, timedelta(0), INSTANT)).filter(lambda one: low * MINUTE <= one <= high * MINUTE)
    return (st.integers(low, high).map(lambda minutes: minutes * MINUTE) | near).map(lambda move: NOW + move)


later = instants(0, 90 * 24 * 60).filter(lambda at: at > NOW)
hours = st.builds(Reachability, st.just(True), later | st.none(), st.none(), st.just(""), st.just("w")) | st.builds(
    Reachability, st.just(False), st.none(), later | st.none(), st.sampled_from(REASONS), st.just("r")
)
befores = st.builds(
    GateBefore, st.sampled_from((OPEN, CLOSED)), instants(-300, 300) | st.none(), instants(-40, 40) | st.none()
)
talks = st.builds(
    Talk,
    instants(-200, 0).filter(lambda at: at <= NOW) | st.none(),
    instants(-40, 60) | st.none(),
    instants(0, 130).filter(lambda at: at > NOW) | st.none(),
)
numbers = st.builds(
    HoursSettings,
    grace_minutes=st.integers(*BOUNDS["grace_minutes"]),
    talk_minutes=st.integers(*BOUNDS["talk_minutes"]),
)
cases = st.builds(Case, befores, hours, talks, numbers, st.booleans()).filter(
    # By itself a gate is turned only when it is due.
    lambda case: not case.by_itself or (case.before.turns_at is not None and case.before.turns_at <= NOW)
)


@examples(500)
@given(cases)
def test_the_next_turn_always_lies_ahead_and_never_beyond_a_change_of_hours(case: Case) -> None:
    turn = case.turn()
    assert turn.turns_at is not None
    assert NOW < turn.turns_at <= NOW + ASK_AGAIN
    changes_at = case.hours.until if case.hours.open else case.hours.next_opening
    assert changes_at is None or turn.turns_at <= changes_at


@examples(500)
@given(cases)
def test_outside_the_hours_it_is_open_only_in_a_grace_or_an_extension(case: Case) -> None:
    turn = case.turn()
    if turn.state == CLOSED or case.hours.open:
        return
    ends = [turn.grace_until, case.talk.extended_until]
    assert turn.turns_at is not None
    assert turn.turns_at <= max(end for end in ends if end is not None)
    assert case.by_itself or case.hours.reason not in (PAUSE, ABSENCE), "closed at once"
    assert (turn.reason, turn.opens_at) == ("", None)


@examples(500)
@given(cases)
def test_within_the_hours_it_is_closed_only_while_the_talks_are_as_many_as_they_may_be(case: Case) -> None:
    turn = case.turn()
    if case.hours.open:
        assert (turn.state == CLOSED) is (case.talk.full_until is not None)
        assert turn.grace_until is None


@examples(500)
@given(cases)
def test_a_grace_belongs_to_a_running_talk_and_lasts_as_long_as_the_team_says(case: Case) -> None:
    turn, before = case.turn(), case.before
    if turn.grace_until in (None, before.grace_until):
        return
    if turn.grace_until == case.talk.extended_until:
        return
    ended = turn.grace_until - case.settings.grace_minutes * MINUTE
    assert before.state == OPEN
    assert before.grace_until is None
    assert ended in (before.turns_at, NOW)
    assert is_running(case.talk.written_at, case.settings, ended)


# What closes at once, and began by itself in a running talk, ends the grace that was given at the next change.
steady = cases.filter(lambda case: case.hours.reason not in (PAUSE, ABSENCE))


@examples(500)
@given(steady)
def test_asked_again_it_says_the_same(case: Case) -> None:
    turn = case.turn()
    assert case.turn_again(turn, NOW) == turn


@examples(500)
@given(steady)
def test_asked_earlier_than_it_must_it_stays_as_it_is(case: Case) -> None:
    """Until the next turn nothing changes by itself, so it does not matter who looks in between and when."""
    turn = case.turn()
    assert turn.turns_at is not None
    again = case.turn_again(turn, max(NOW, turn.turns_at - INSTANT))
    assert (again.state, again.grace_until) == (turn.state, turn.grace_until)
