"""The boundary ledger: one's own lines, and a coordinator's counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.availability.actions import LedgerDraft, note_in_ledger
from server.foundation.ids import make_id
from tests.cast import Cast, Player
from tests.integration.availability.people import TUESDAY, Neighbours, get
from tests.witness import nothing_changes


def note(player: Player, kind: str, days_ago: float = 0, minutes: int | None = None) -> None:
    draft = LedgerDraft(player.id, kind, "outside_hours", "weekly", minutes=minutes)
    note_in_ledger(drafts=[draft], now=TUESDAY - timedelta(days=days_ago))


def list_kinds(player: Player, query: str = "") -> list[str]:
    return [one["kind"] for one in get(player, f"/me/boundary-ledger{query}").body["entries"]]


def test_ones_own_lines_the_newest_first(cast: Cast, neighbours: Neighbours) -> None:
    note(cast.ben, "refused_send", 1)
    note(cast.ben, "push_held")
    note(neighbours.bo, "cap_reached")
    note(cast.ben, "extension", 40)
    assert list_kinds(cast.ben) == ["push_held", "refused_send"]


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("?from=2026-11-16&to=2026-11-16", ["refused_send"]),
        ("?from=2026-11-17", ["push_held"]),
        ("?from=2026-11-16T19:30:00Z&to=2026-11-17T19:30:00Z", ["refused_send"]),
        ("?from=2026-11-16T19:30:00.001Z", ["push_held"]),
        ("?from=2026-01-01", ["push_held", "refused_send"]),
    ],
)
def test_a_part_of_it(cast: Cast, query: str, kinds: list[str]) -> None:
    note(cast.ben, "refused_send", 1)
    note(cast.ben, "push_held")
    assert list_kinds(cast.ben, query) == kinds


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?from=yesterday", "availability.date_malformed"),
        ("?from=2026-11-18&to=2026-11-16", "proto.bad_frame"),
        ("?from=2020-01-01", "proto.bad_frame"),
        ("?since=2026-11-18", "proto.bad_frame"),
    ],
)
def test_an_odd_part_is_refused(cast: Cast, query: str, code: str) -> None:
    assert get(cast.ben, f"/me/boundary-ledger{query}").body["code"] == code


def test_a_coordinator_sees_counts_by_week_and_nothing_else(cast: Cast) -> None:
    for days_ago in (0, 1, 2, 7):
        note(cast.ben, "refused_send", days_ago)
    note(cast.ben, "minutes_outside", minutes=12)
    note(cast.ben, "minutes_outside", minutes=3)
    note(cast.ben, "rest")
    answer = get(cast.mara, f"/people/{cast.ben.id}/boundary-ledger")
    assert answer.body == {
        "weeks": [
            {"week": "2026-11-09", "counts": [{"kind": "refused_send", "count": 2, "minutes": 0}]},
            {
                "week": "2026-11-16",
                "counts": [
                    {"kind": "minutes_outside", "count": 2, "minutes": 15},
                    {"kind": "refused_send", "count": 2, "minutes": 0},
                ],
            },
        ]
    }


def test_nobody_else_sees_it(cast: Cast, neighbours: Neighbours) -> None:
    note(cast.ben, "refused_send")
    with nothing_changes():
        for player in (cast.ada, cast.eve, cast.ben, neighbours.bo, neighbours.emil):
            answer = get(player, f"/people/{cast.ben.id}/boundary-ledger")
            assert (answer.status, answer.body["code"]) == (403, "auth.forbidden")
        theirs = get(neighbours.edda, f"/people/{cast.ben.id}/boundary-ledger")
        nobodys = get(neighbours.edda, f"/people/{make_id()}/boundary-ledger")
        assert theirs.seen == nobodys.seen
        assert theirs.status == 404
        for player in (cast.ada, cast.mara):
            assert get(player, "/me/boundary-ledger").body["code"] == "auth.forbidden"
