"""Without a session no door says anything; to a youth the experts' doors are shut, whatever stands behind them."""

from __future__ import annotations

import pytest

from server.foundation.ids import make_id
from tests.cast import Cast, Rest
from tests.frames import list_operations
from tests.integration.availability.people import have_hours
from tests.witness import nothing_changes

# Calls of this room → what a youth is told.
DOORS: dict[tuple[str, str], int] = {
    ("GET", "/me/availability"): 403,
    ("PUT", "/me/availability"): 403,
    ("GET", "/me/availability/exceptions"): 403,
    ("POST", "/me/availability/exceptions"): 403,
    ("DELETE", "/me/availability/exceptions/{exception_id}"): 403,
    ("GET", "/me/availability/absences"): 403,
    ("POST", "/me/availability/absences"): 403,
    ("DELETE", "/me/availability/absences/{absence_id}"): 403,
    ("GET", "/me/availability/preview"): 403,
    ("PUT", "/me/availability/holidays"): 403,
    ("GET", "/me/availability/caps"): 403,
    ("PUT", "/me/availability/caps"): 403,
    ("POST", "/me/availability/calendar-import"): 403,
    ("POST", "/me/pause"): 403,
    ("DELETE", "/me/pause"): 403,
    ("POST", "/me/rest"): 403,
    ("DELETE", "/me/rest"): 403,
    ("GET", "/me/boundary-ledger"): 403,
    ("POST", "/me/calendar-feed"): 403,
    ("DELETE", "/me/calendar-feed"): 403,
    ("GET", "/people/{person_id}/reachability"): 404,
    ("GET", "/people/{person_id}/boundary-ledger"): 403,
    ("GET", "/team/hours"): 403,
    ("PUT", "/team/hours"): 403,
    ("GET", "/shifts"): 403,
    ("POST", "/shifts"): 403,
    ("DELETE", "/shifts/{shift_id}"): 403,
    ("POST", "/shifts/{shift_id}/assign"): 403,
    ("POST", "/shifts/{shift_id}/swaps"): 403,
    ("GET", "/swaps"): 403,
    ("POST", "/swaps/{swap_id}/accept"): 403,
    ("POST", "/swaps/{swap_id}/decline"): 403,
    ("POST", "/swaps/{swap_id}/withdraw"): 403,
    ("GET", "/coverage"): 403,
}
BODIES: dict[tuple[str, str], bytes] = {
    ("PUT", "/me/availability"): b'{"zone":"UTC","windows":[]}',
    ("POST", "/me/availability/exceptions"): (b'{"kind":"exam","from":"2026-11-17","to":"2026-11-17","windows":[]}'),
    ("POST", "/me/availability/absences"): b'{"from":"2026-11-17","to":"2026-11-17"}',
    ("PUT", "/me/availability/holidays"): b'{"country":"NL"}',
    ("PUT", "/me/availability/caps"): (
        b'{"talks_at_once":1,"contact_minutes_evening":null,"evenings_in_row":null,"hours_week":null,"rest_hours":null}'
    ),
    ("POST", "/me/availability/calendar-import"): b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    ("PUT", "/team/hours"): (
        b'{"notice_minutes":[5],"grace_minutes":1,"extension_minutes":5,"most_extensions":0,"talk_minutes":5,'
        b'"answer_once_hours":1,"talks_at_once":null,"contact_minutes_evening":null,"evenings_in_row":null,'
        b'"hours_week":null,"rest_hours":null,"evening_starts":"06:00","duty_windows":[],"on_call_windows":[]}'
    ),
    ("POST", "/shifts"): b'{"kind":"duty","on":"2026-11-18","start":"19:00","end":"20:00"}',
    ("POST", "/shifts/{shift_id}/assign"): b'{"person":null}',
    ("POST", "/shifts/{shift_id}/swaps"): b'{"with":"0190a6f0-0000-7000-8000-00000000abcd"}',
}
_ROOM = (
    "/me/availability", "/me/pause", "/me/rest", "/me/boundary", "/me/calendar", "/team/hours",
    "/people/{person_id}/reachability", "/people/{person_id}/boundary-ledger",
)  # fmt: skip


def knock(rest: Rest, door: tuple[str, str], person_id: str = "") -> tuple[int, str]:
    method, path = door
    for name in ("exception_id", "absence_id", "shift_id", "swap_id"):
        path = path.replace(f"{{{name}}}", str(make_id()))
    path = path.replace("{person_id}", person_id or str(make_id()))
    media_type = "text/calendar" if path.endswith("calendar-import") else "application/json"
    answer = rest.call(method, path, BODIES.get(door, b""), media_type)
    return answer.status, answer.body["code"]


def test_every_door_of_this_room_is_here() -> None:
    published = {(method, path.removeprefix("/api/v1")) for method, path in list_operations()}
    of_room = {one for one in published if one[1].startswith((*_ROOM, "/shifts", "/swaps", "/coverage"))}
    of_room = {one for one in of_room if not one[1].endswith("/history")}  # tests/integration/desk/test_eve.py
    assert of_room == set(DOORS)


@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_without_a_session_there_is_no_answer(cast: Cast, door: tuple[str, str]) -> None:
    with nothing_changes():
        assert knock(Rest(None), door) == (401, "auth.session_revoked")


@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_a_youth_is_told_the_same_at_every_door(cast: Cast, door: tuple[str, str]) -> None:
    have_hours(cast.ben)
    with nothing_changes():
        told = {knock(Rest(youth), door, person) for youth in (cast.ada, cast.eve) for person in ("", cast.ben.id)}
    assert told == {(DOORS[door], {403: "auth.forbidden", 404: "http.not_found"}[DOORS[door]])}
