"""A list goes on where it was asked to, and what is no such place is refused by one code, whichever list it is."""

from __future__ import annotations

import pytest

from tests.cast import Cast, Rest
from tests.witness import nothing_changes


@pytest.mark.parametrize("place", ["", "x", "-1", "2026-02-30", "2026-11-17T19:00:00", "9" * 40, "a\u0660", "null"])
def test_what_is_no_place_of_a_list_is_refused_everywhere_alike(cast: Cast, place: str) -> None:
    talk = f"/conversations/{cast.pair}/messages"
    lists = (
        (cast.ada, "/me/pushes?before="),
        (cast.ada, f"{talk}?before="),
        (cast.ada, f"{talk}?after="),
        (cast.mara, "/people?after="),
        (cast.mara, "/invitations?before="),
    )
    with nothing_changes():
        refused = {path: Rest(player).get(path + place) for player, path in lists}
    told = {path: (one.status, one.body["code"]) for path, one in refused.items()}
    assert told == dict.fromkeys(refused, (400, "proto.bad_frame"))
