"""Two lifetimes of a session, and how using it moves the first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.accounts.rules.lifetimes import move_idle_end, plan_session

BEGIN = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
LIFETIMES = {
    "admin": (timedelta(hours=1), timedelta(hours=12)),
    "odd": (timedelta(days=9), timedelta(days=2)),
}


def test_a_session_has_both_from_its_beginning() -> None:
    assert plan_session(LIFETIMES, "admin", BEGIN) == (BEGIN + timedelta(hours=1), BEGIN + timedelta(hours=12))


def test_the_idle_end_never_lies_beyond_the_absolute_one() -> None:
    assert plan_session(LIFETIMES, "odd", BEGIN) == (BEGIN + timedelta(days=2),) * 2


def test_use_moves_the_idle_end_up_to_the_absolute_one_and_no_further() -> None:
    _, end = plan_session(LIFETIMES, "admin", BEGIN)
    early, late = BEGIN + timedelta(minutes=50), BEGIN + timedelta(hours=11, minutes=30)
    assert move_idle_end(LIFETIMES, "admin", end, early) == early + timedelta(hours=1)
    assert move_idle_end(LIFETIMES, "admin", end, late) == end
