"""What a team has agreed stays readable: who changed it, when, and what it was before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from server.foundation.clock import format_instant
from tests.cast import Cast, Player
from tests.integration.availability.people import TUESDAY, Neighbours, put
from tests.integration.availability.test_team_hours import AGREED
from tests.integration.desk.team import get
from tests.integration.safety.test_eve_escalations import NUMBERS, STEPS
from tests.witness import nothing_changes

CALLED_FIRST: dict[str, Any] = {"steps": [{"kind": "on_call", "wait_minutes": 5}, {"kind": "last_resort"}]}
# What is changed → how it is put, twice, and how the history shows it.
CHANGES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "/team/hours": ("/team/hours", AGREED, AGREED | {"grace_minutes": 9}),
    "/team/chains": ("/team/chains/urgent", STEPS, CALLED_FIRST),
    "/team/safety": ("/team/safety", NUMBERS, NUMBERS | {"standing_email": "wacht@example.org"}),
    "/team/silence": ("/team/silence", {"level": "urgent", "minutes": 20}, {"level": "concern", "minutes": 45}),
}


def read_versions(player: Player, path: str) -> list[dict[str, Any]]:
    answer = get(player, f"{path}/history")
    assert answer.status == 200, answer.body
    versions: list[dict[str, Any]] = answer.body["versions"]
    return versions


@pytest.mark.parametrize("path", CHANGES)
def test_each_change_is_kept(cast: Cast, neighbours: Neighbours, clock: time_machine.Traveller, path: str) -> None:
    door, first, second = CHANGES[path]
    assert read_versions(cast.mara, path) == []
    assert put(cast.mara, door, **first).status == 200
    clock.shift(timedelta(minutes=5))
    assert put(cast.noor, door, **second).status == 200
    newest, oldest = read_versions(cast.mara, path)
    assert (newest["version"], newest["changed_by"]) == (2, cast.noor.id)
    assert (oldest["version"], oldest["changed_by"], oldest["changed_at"]) == (1, cast.mara.id, format_instant(TUESDAY))
    shown = get(cast.mara, path).body
    assert newest["settings"] == ({"steps": shown["urgent"]["steps"]} if "chains" in path else shown)
    assert newest["settings"] != oldest["settings"]
    assert read_versions(neighbours.edda, path) == [], "another team"


@pytest.mark.parametrize("path", CHANGES)
def test_a_refused_change_is_no_version(cast: Cast, path: str) -> None:
    door, first, _ = CHANGES[path]
    with nothing_changes():
        assert put(cast.ben, door, **first).status == 403
        assert put(cast.mara, door).status == 400
