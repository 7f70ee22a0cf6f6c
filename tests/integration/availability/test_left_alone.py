"""Youths whose buddy and backup are both away, as the desk sees them weeks ahead."""

from __future__ import annotations

from typing import Any

import pytest

from server.ports import registry
from server.ports.pairings import CurrentPairing, PairingBook
from tests.cast import Cast, Player
from tests.integration.availability.people import Neighbours, get, post

SPAN = "?from=2026-11-17&to=2026-11-30"
PAIRING = "0190c0de-0000-7000-8000-000000000001"


class OneBook:
    """A PairingBook that knows the pairings of one team."""

    def __init__(self, team_id: str, *pairings: CurrentPairing) -> None:
        self._team_id, self._pairings = team_id, pairings

    def list_current(self, team_id: str) -> tuple[CurrentPairing, ...]:
        """Return the team's."""
        return self._pairings if team_id == self._team_id else ()


@pytest.fixture
def pair(cast: Cast, neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch) -> Neighbours:
    """Ada and Ben are a pair, Bo is the backup."""
    keep(monkeypatch, cast, backup=neighbours.bo)
    return neighbours


def keep(monkeypatch: pytest.MonkeyPatch, cast: Cast, *, backup: Player | None) -> None:
    """Have the book hold the pairing of Ada and Ben."""
    pairing = CurrentPairing(
        PAIRING, str(cast.team.id), "active", cast.ada.id, cast.ben.id, backup.id if backup else None, None,
        cast.mara.id, cast.pair,
    )  # fmt: skip
    answerers: dict[Any, Any] = registry._answerers
    monkeypatch.setitem(answerers, PairingBook, OneBook(str(cast.team.id), pairing))


def list_alone(cast: Cast, query: str = SPAN) -> list[tuple[str, str]]:
    """Return the stretches that Mara sees."""
    return [(one["starts_at"], one["ends_at"]) for one in get(cast.mara, f"/coverage{query}").body["alone"]]


def test_the_days_on_which_both_are_absent_are_shown(cast: Cast, pair: Neighbours) -> None:
    post(cast.ben, "/me/availability/absences", from_="2026-11-18", to="2026-11-22")
    assert list_alone(cast) == []
    post(pair.bo, "/me/availability/absences", from_="2026-11-21", to="2026-11-25")
    assert list_alone(cast) == [("2026-11-20T23:00:00.000Z", "2026-11-22T23:00:00.000Z")]
    (shown,) = get(cast.mara, f"/coverage{SPAN}").body["alone"]
    assert (shown["pairing"], shown["youth"], shown["expert"], shown["backup"]) == (
        PAIRING, cast.ada.id, cast.ben.id, pair.bo.id,
    )  # fmt: skip


def test_a_pause_without_an_end_lasts_to_the_end_of_what_is_asked(cast: Cast, pair: Neighbours) -> None:
    post(cast.ben, "/me/pause")
    post(pair.bo, "/me/availability/absences", from_="2026-11-29", to="2026-12-10")
    assert list_alone(cast) == [("2026-11-28T23:00:00.000Z", "2026-11-30T23:00:00.000Z")]


def test_without_a_backup_the_experts_absence_is_enough(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(monkeypatch, cast, backup=None)
    post(cast.ben, "/me/availability/absences", from_="2026-11-18", to="2026-11-18")
    assert list_alone(cast) == [("2026-11-17T23:00:00.000Z", "2026-11-18T23:00:00.000Z")]


def test_another_team_sees_nothing_of_it(cast: Cast, pair: Neighbours) -> None:
    for one in (cast.ben, pair.bo):
        post(one, "/me/availability/absences", from_="2026-11-18", to="2026-11-18")
    assert len(list_alone(cast)) == 1
    assert get(pair.edda, f"/coverage{SPAN}").body["alone"] == []


def test_without_a_book_nothing_is_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    answerers: dict[Any, Any] = registry._answerers
    monkeypatch.delitem(answerers, PairingBook, raising=False)
    assert get(cast.mara, f"/coverage{SPAN}").status == 503
