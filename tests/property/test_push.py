"""A push's decision, whatever the device, the hours and the conversation are; its time to live; its back-off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.accounts.rules.roles import COORDINATOR, EXPERT, ROLES
from server.availability.rules.schedule import REASONS, Reachability
from server.push.rules.deciding import (
    ANSWERED,
    CONFIRMED,
    DROPPED,
    FAILED,
    HELD,
    MOVED,
    NO_DEVICE,
    NOT_MEMBER,
    ON_HOLD,
    PATIENCE,
    READ,
    SEND,
    SIGNED_OUT,
    SOON,
    SUSPENDED,
    TAKEN,
    Case,
    decide,
)
from server.push.rules.kinds import DUTY, KINDS, MESSAGE, PAGE, TEST
from server.push.rules.retrying import MOST_RETRY_AFTER, find_retry
from tests.property.profiles import examples

NOW = datetime(2026, 11, 17, 21, tzinfo=UTC)
_MOMENTS = st.integers(-(10**6), 10**6).map(lambda seconds: NOW + timedelta(seconds=seconds))
_LATER = st.integers(1, 10**6).map(lambda seconds: NOW + timedelta(seconds=seconds))
_WAITS = {PAGE: ANSWERED, TEST: CONFIRMED, DUTY: TAKEN}


@st.composite
def hours(draw: st.DrawFn) -> Reachability:
    """Draw what the hours may answer at NOW."""
    if draw(st.booleans()):
        return Reachability(True, draw(st.none() | _LATER), None, "", "window:2:19:00")
    return Reachability(False, None, draw(st.none() | _LATER), draw(st.sampled_from(REASONS)), "weekly")


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a case; it lets the push go out more often than not, or nothing else would be seen."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    ends = {MESSAGE: (NOT_MEMBER, READ)}.get(kind, (_WAITS[kind],) if kind in _WAITS else ("",))
    rarely = st.integers(0, 5).map(lambda number: number == 0)
    return Case(
        kind=kind,
        now=NOW,
        expires_at=draw(_MOMENTS if draw(rarely) else _LATER),
        role=draw(st.sampled_from(ROLES)),
        device=draw(st.sampled_from((NO_DEVICE, MOVED, SIGNED_OUT, SUSPENDED))) if draw(rarely) else "",
        waits=draw(st.sampled_from(ends)) if draw(rarely) else "",
        hours=draw(st.none() | hours()),
        gate=kind == MESSAGE and draw(rarely),
        gate_opens_at=draw(st.none() | _MOMENTS),
        acked=draw(rarely),
        elsewhere=draw(rarely),
        patient=draw(st.booleans()),
    )


@examples(400)
@given(cases())
def test_nothing_reaches_an_expert_outside_their_hours(case: Case) -> None:
    ruling = decide(case)
    if ruling.decision == SEND and case.role == EXPERT:
        assert case.kind not in (PAGE, TEST)
        assert case.hours is not None
        assert case.hours.open
        assert case.hours.until is None or (ruling.until is not None and ruling.until <= case.hours.until)


@examples(400)
@given(cases())
def test_what_goes_out_lives_no_longer_than_it_may(case: Case) -> None:
    ruling = decide(case)
    if ruling.decision == SEND:
        assert ruling.until is not None
        assert NOW < ruling.until <= case.expires_at
        assert 0 <= ruling.ttl_seconds <= (ruling.until - NOW).total_seconds()
        assert timedelta(seconds=ruling.ttl_seconds) <= KINDS[case.kind].ttl


@examples(400)
@given(cases())
def test_nothing_goes_to_a_device_that_is_another_s_or_about_what_is_over(case: Case) -> None:
    ruling = decide(case)
    if case.device or case.waits:
        assert ruling.decision == DROPPED
        assert ruling.reason


@examples(400)
@given(cases())
def test_a_page_is_lost_for_no_other_reason_than_these(case: Case) -> None:
    ruling = decide(case)
    if case.kind == PAGE and case.role == COORDINATOR and not (case.device or case.waits):
        assert ruling.decision == (SEND if case.expires_at > NOW else FAILED)


@examples(400)
@given(cases())
def test_a_message_that_is_unread_is_never_dropped_for_the_hours(case: Case) -> None:
    ruling = decide(case)
    closed = case.role == EXPERT and (case.hours is None or not case.hours.open)
    if case.kind in ON_HOLD and closed and not (case.device or case.waits) and case.expires_at > NOW:
        assert ruling.decision == HELD
        assert ruling.rule_id


@examples(400)
@given(cases())
def test_each_decision_that_is_read_says_why_and_by_which_rule(case: Case) -> None:
    ruling = decide(case)
    if ruling.decision not in (PATIENCE, SOON):
        assert ruling.reason
        assert ruling.rule_id


@examples(400)
@given(cases())
def test_what_waits_is_looked_at_again_later_and_patience_ends(case: Case) -> None:
    ruling = decide(case)
    if ruling.decision in (HELD, PATIENCE, SOON):
        assert ruling.until is not None
        assert ruling.until > NOW
        assert not (ruling.decision == PATIENCE and case.patient)


@given(st.integers(1, 60), st.booleans(), st.none() | st.floats(0, 10**9), st.floats(0, 1), st.integers(0, 10**6))
def test_a_retry_comes_later_not_before_it_was_asked_for_and_not_after_the_end(
    tries: int, urgent: bool, retry_after: float | None, spread: float, left: int
) -> None:
    end = NOW + timedelta(seconds=left)
    again = find_retry(tries=tries, urgent=urgent, retry_after=retry_after, spread=spread, now=NOW, expires_at=end)
    assert NOW <= again <= end
    asked = min(timedelta(seconds=retry_after or 0), MOST_RETRY_AFTER)
    assert again >= min(NOW + asked, end)
    assert again > NOW or not left
    later = find_retry(tries=tries + 1, urgent=urgent, retry_after=retry_after, spread=spread, now=NOW, expires_at=end)
    assert later >= again
