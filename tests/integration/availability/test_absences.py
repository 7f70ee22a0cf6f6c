"""Being away: it ends by itself, or earlier."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from server.foundation.ids import make_id
from tests.cast import Cast
from tests.integration.availability.gates import RecordingGates
from tests.integration.availability.people import (
    TUESDAY,
    Neighbours,
    ask_reachability,
    delete,
    get,
    have_hours,
    post,
)
from tests.witness import nothing_changes

PATH = "/me/availability/absences"


def be_away(cast: Cast, first: Any = "2026-11-17", last: Any = "2026-11-20") -> Any:
    return post(cast.ben, PATH, from_=first, to=last)


def test_away_at_once_and_back_by_itself(cast: Cast, gates: RecordingGates, clock: time_machine.Traveller) -> None:
    have_hours(cast.ben)
    made = be_away(cast)
    assert made.status == 201
    assert gates.open_at_turn == {cast.ben.id: False}
    away = ask_reachability(cast.ben)
    assert (away["reason"], away["rule_id"]) == ("absence", f"absence:{made.body['id']}")
    assert away["next_opening"] == "2026-11-21T18:00:00.000Z"
    assert get(cast.ben, PATH).body == {"absences": [{"id": made.body["id"], "from": "2026-11-17", "to": "2026-11-20"}]}
    clock.move_to(TUESDAY + timedelta(days=4))
    assert ask_reachability(cast.ben)["open"]
    assert get(cast.ben, PATH).body == {"absences": []}


def test_coming_back_earlier_opens_at_once_and_once(cast: Cast, gates: RecordingGates) -> None:
    have_hours(cast.ben)
    made = be_away(cast).body["id"]
    assert delete(cast.ben, f"{PATH}/{made}").status == 204
    assert gates.open_at_turn == {cast.ben.id: True}
    assert ask_reachability(cast.ben)["open"]
    with nothing_changes():
        assert delete(cast.ben, f"{PATH}/{made}").status == 404


BAD: dict[str, tuple[Any, Any, int, str]] = {
    "backwards": ("2026-11-18", "2026-11-17", 422, "availability.absence_backwards"),
    "ten years": ("2026-11-18", "2036-11-17", 422, "availability.absence_too_long"),
    "a day too long": ("2026-11-18", "2027-11-19", 422, "availability.absence_too_long"),
    "in two years": ("2028-11-18", "2028-11-19", 422, "availability.absence_too_long"),
    "no date": ("tomorrow", "2026-11-19", 422, "availability.date_malformed"),
    "a number": (20261118, "2026-11-19", 400, "proto.bad_frame"),
}


@pytest.mark.parametrize("name", BAD)
def test_an_odd_absence_is_refused_and_changes_nothing(cast: Cast, gates: RecordingGates, name: str) -> None:
    first, last, status, code = BAD[name]
    have_hours(cast.ben)
    gates.forget()
    with nothing_changes():
        answer = be_away(cast, first, last)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert ("turn", (cast.ben.id,)) not in gates.calls


def test_a_year_is_not_too_long(cast: Cast) -> None:
    assert be_away(cast, "2026-11-18", "2027-11-18").status == 201


def test_there_is_an_end_to_absences(cast: Cast) -> None:
    for _ in range(59):  # the rate is a minute's; a hundred come in two
        assert be_away(cast, "2027-01-01", "2027-01-01").status == 201
    for _ in range(41):
        be_away(cast, "2027-01-02", "2027-01-02")
    with nothing_changes():
        answer = be_away(cast)
    assert (answer.status, answer.body["code"]) == (409, "availability.too_many_absences")


def test_only_ones_own_absence_is_ended(cast: Cast, neighbours: Neighbours) -> None:
    made = be_away(cast).body["id"]
    for player in (neighbours.bo, neighbours.emil):
        have_hours(player)
        with nothing_changes():
            theirs, nobodys = delete(player, f"{PATH}/{made}"), delete(player, f"{PATH}/{make_id()}")
        assert theirs.seen == nobodys.seen
        assert theirs.status == 404
