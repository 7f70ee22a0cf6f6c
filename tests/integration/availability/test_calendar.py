"""The feed under a secret address, and the import of another calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date
from typing import Any

import icalendar
import pytest
import recurring_ical_events
from django.http import HttpResponse
from django.test import Client

from server.accounts.actions import suspend_person
from server.availability.calendar_reader import MAX_CALENDAR_BYTES
from server.availability.models import CalendarFeed
from server.foundation.ids import make_secret
from server.foundation.rate_limits import RateLimiter, replace_limiter
from server.foundation.rates import DOOR_RATES
from tests.cast import Answer, Cast, Player, Rest
from tests.integration.availability.gates import RecordingGates
from tests.integration.availability.people import (
    TUESDAY,
    ask_reachability,
    delete,
    get,
    have_hours,
    post,
    put,
)
from tests.integration.availability.test_shifts import add_one
from tests.witness import nothing_changes

# --- the feed


def open_feed(player: Player) -> str:
    answer = post(player, "/me/calendar-feed")
    assert answer.status == 201
    return str(answer.body["url"]).removeprefix("http://testserver")


def fetch(path: str, **more: Any) -> HttpResponse:
    client: Any = Client(raise_request_exception=False)
    response: HttpResponse = client.get(path, **more)
    return response


def list_times(path: str, first: date, last: date) -> list[tuple[str, str, str]]:
    """Return (summary, start, end) in UTC, as an independent calendar application reads the feed."""
    calendar = icalendar.Calendar.from_ical(fetch(path).content)
    found = recurring_ical_events.of(calendar).between(first, last)
    times = [(str(one["SUMMARY"]), *(one[edge].dt.astimezone(UTC) for edge in ("DTSTART", "DTEND"))) for one in found]
    return [
        (name, f"{start:%d %H:%M}", f"{end:%d %H:%M}") for name, start, end in sorted(times, key=lambda one: one[1])
    ]


def test_the_feed_shows_the_hours_as_they_are(cast: Cast) -> None:
    have_hours(cast.ben, [{"weekday": day, "start": "22:00", "end": "01:00"} for day in (2, 4)])
    closed = {"kind": "exam", "from": "2026-11-24", "to": "2026-11-24", "windows": []}
    other = {"kind": "other_hours", "from": "2026-11-26", "to": "2026-11-26"}
    post(cast.ben, "/me/availability/exceptions", **closed)
    post(cast.ben, "/me/availability/exceptions", **other, windows=[{"start": "14:00", "end": "15:00"}])
    add_one(cast, person=cast.ben.id)
    path = open_feed(cast.ben)
    assert list_times(path, date(2026, 11, 17), date(2026, 12, 3)) == [
        ("Dienst", "17 18:00", "17 22:00"),
        ("Bereikbaar", "17 21:00", "18 00:00"),
        ("Bereikbaar", "19 21:00", "20 00:00"),
        ("Bereikbaar", "26 13:00", "26 14:00"),
        ("Bereikbaar", "01 21:00", "02 00:00"),
    ]
    summer = list_times(path, date(2027, 6, 1), date(2027, 6, 2))
    assert summer == [("Bereikbaar", "01 20:00", "01 23:00")], "the wall's time, over the change of the clock"


def test_a_night_that_is_cut_at_midnight_is_shown_cut(cast: Cast) -> None:
    have_hours(cast.ben, [{"weekday": 2, "start": "22:00", "end": "02:00"}])
    closed = {"kind": "exam", "from": "2026-11-25", "to": "2026-11-25", "windows": []}
    post(cast.ben, "/me/availability/exceptions", **closed)
    times = list_times(open_feed(cast.ben), date(2026, 11, 24), date(2026, 12, 3))
    assert times == [("Bereikbaar", "24 21:00", "24 23:00"), ("Bereikbaar", "01 21:00", "02 01:00")]


def test_the_feed_agrees_with_the_preview(cast: Cast) -> None:
    have_hours(cast.ben, [{"weekday": day, "start": "19:00", "end": "22:00"} for day in range(1, 8)])
    put(cast.ben, "/me/availability/holidays", country="NL")
    post(cast.ben, "/me/availability/absences", from_="2026-11-28", to="2026-12-02")
    parts = [{"start": "20:00", "end": "20:30"}]
    partial = {"kind": "partial", "from": "2026-12-05", "to": "2026-12-06", "windows": [], "parts": parts}
    post(cast.ben, "/me/availability/exceptions", **partial)
    shown = get(cast.ben, "/me/availability/preview?days=70").body["stretches"]
    expected = [(one["starts_at"], one["ends_at"]) for one in shown if one["on"] > "2026-11-17"]
    calendar = icalendar.Calendar.from_ical(fetch(open_feed(cast.ben)).content)
    found = recurring_ical_events.of(calendar).between(date(2026, 11, 18), date(2027, 1, 26))
    times = [[one[edge].dt.astimezone(UTC) for edge in ("DTSTART", "DTEND")] for one in found]
    assert sorted(tuple(f"{at:%Y-%m-%dT%H:%M:%S}.000Z" for at in pair) for pair in times) == expected


def test_the_feed_holds_nobody_elses_name_and_no_youth(cast: Cast) -> None:
    have_hours(cast.ben)
    add_one(cast, person=cast.ben.id)
    text = fetch(open_feed(cast.ben)).content.decode()
    assert text.startswith("BEGIN:VCALENDAR")
    assert "TZID:Europe/Amsterdam" in text
    for player in (cast.ada, cast.mara, cast.noor):
        assert player.id not in text
        assert player.person.display_name not in text
    assert cast.pair not in text
    assert not re.search(r"ATTENDEE|ORGANIZER|DESCRIPTION", text)


def test_the_answer_is_a_calendar_that_nobody_keeps(cast: Cast) -> None:
    response = fetch(open_feed(cast.ben))
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_secret_is_kept_as_a_hash_only(cast: Cast) -> None:
    secret = open_feed(cast.ben).removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) == 43
    assert secret.encode() not in bytes(CalendarFeed.objects.get().token_hash)


@pytest.mark.parametrize("way", ["revoked", "replaced", "suspended"])
def test_an_address_that_was_taken_back_leads_nowhere(cast: Cast, way: str) -> None:
    path = open_feed(cast.ben)
    assert fetch(path).status_code == 200
    if way == "revoked":
        assert [delete(cast.ben, "/me/calendar-feed").status for _ in range(2)] == [204, 204]
    elif way == "replaced":
        assert fetch(open_feed(cast.ben)).status_code == 200
    else:
        suspend_person(person_id=cast.ben.id, actor=None, now=TUESDAY)
    gone, never = fetch(path), fetch(f"/calendar/{make_secret()}.ics")
    assert gone.status_code == never.status_code == 404
    assert gone.content == never.content


@pytest.mark.parametrize("token", ["x", "x" * 5000, "é", "%00", "..", "{token}"])
def test_a_guess_leads_nowhere(cast: Cast, token: str) -> None:
    assert fetch(f"/calendar/{token}.ics").status_code == 404


def test_only_who_has_hours_or_shifts_has_a_feed(cast: Cast) -> None:
    add_one(cast, kind="on_call", person=cast.noor.id)
    assert list_times(open_feed(cast.noor), date(2026, 11, 17), date(2026, 11, 18)) == [
        ("Achterwacht", "17 18:00", "17 22:00")
    ]
    with nothing_changes():
        answers = [post(cast.ada, "/me/calendar-feed"), delete(cast.ada, "/me/calendar-feed")]
    assert [(one.status, one.body["code"]) for one in answers] == [(403, "auth.forbidden")] * 2


@pytest.fixture
def counting() -> Iterator[None]:
    """Count in this process from nought."""
    replace_limiter(RateLimiter())
    yield
    replace_limiter(None)


@pytest.mark.usefixtures("counting")
def test_guessing_addresses_is_slowed(cast: Cast) -> None:
    times, _ = DOOR_RATES["calendar_address"][0]
    codes = [fetch(f"/calendar/{make_secret()}.ics", REMOTE_ADDR="192.0.2.1").status_code for _ in range(times + 1)]
    assert codes == [404] * times + [429]
    assert fetch(open_feed(cast.ben), REMOTE_ADDR="192.0.2.2").status_code == 200


# --- the import

TONIGHT = "DTSTART;TZID=Europe/Amsterdam:20261117T200000\nDTEND;TZID=Europe/Amsterdam:20261117T210000"


def draw(*events: str) -> str:
    drawn = [f"BEGIN:VEVENT\nUID:{at}\nSUMMARY:Therapie\n{event}\nEND:VEVENT" for at, event in enumerate(events)]
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *"\n".join(drawn).split("\n"), "END:VCALENDAR", ""]
    )


def bring(player: Player, text: str | bytes, confirm: str = "", media_type: str = "text/calendar") -> Answer:
    data = text.encode() if isinstance(text, str) else text
    return Rest(player).call("POST", f"/me/availability/calendar-import{confirm}", data, media_type)


def test_what_it_would_make_is_shown_first_and_written_when_confirmed(cast: Cast, gates: RecordingGates) -> None:
    have_hours(cast.ben)
    gates.forget()
    text = draw(TONIGHT, "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227")
    expected = [
        {
            "kind": "partial",
            "from": "2026-11-17",
            "to": "2026-11-17",
            "windows": [],
            "parts": [{"start": "20:00", "end": "21:00"}],
        },
        {"kind": "closed", "from": "2026-12-24", "to": "2026-12-26", "windows": [], "parts": []},
    ]
    with nothing_changes():
        shown = bring(cast.ben, text)
    assert (shown.status, shown.body) == (200, {"exceptions": expected, "written": False})
    assert gates.calls == []
    written = bring(cast.ben, text, "?confirm=1")
    assert (written.status, written.body) == (201, {"exceptions": expected, "written": True})
    assert gates.open_at_turn == {cast.ben.id: False}
    assert ask_reachability(cast.ben)["next_opening"] == "2026-11-17T20:00:00.000Z"
    with nothing_changes():
        again = bring(cast.ben, text, "?confirm=1")
    assert again.body["exceptions"] == [], "importing twice adds nothing"


def test_nothing_of_what_an_event_says_is_kept(cast: Cast) -> None:
    bring(cast.ben, draw(TONIGHT), "?confirm=1")
    assert "Therapie" not in str(get(cast.ben, "/me/availability").body)


READ: dict[str, tuple[str, list[tuple[str, str, list[tuple[str, str]]]]]] = {
    "weekly, less one": (
        TONIGHT + "\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=Europe/Amsterdam:20261124T200000",
        [("2026-11-17", "2026-11-17", [("20:00", "21:00")]), ("2026-12-01", "2026-12-01", [("20:00", "21:00")])],
    ),
    "daily, joined": (TONIGHT + "\nRRULE:FREQ=DAILY;COUNT=5", [("2026-11-17", "2026-11-21", [("20:00", "21:00")])]),
    "over midnight": (
        "DTSTART:20261117T230000\nDTEND:20261118T013000",
        [("2026-11-17", "2026-11-17", [("23:00", "00:00")]), ("2026-11-18", "2026-11-18", [("00:00", "01:30")])],
    ),
    "in UTC": ("DTSTART:20261117T190000Z\nDURATION:PT90M", [("2026-11-17", "2026-11-17", [("20:00", "21:30")])]),
    "seconds": ("DTSTART:20261117T190030Z\nDURATION:PT1M", [("2026-11-17", "2026-11-17", [("20:00", "20:02")])]),
    "cancelled": (TONIGHT + "\nSTATUS:CANCELLED", []),
    "free": (TONIGHT + "\nTRANSP:TRANSPARENT", []),
    "over": ("DTSTART:20250101T190000Z\nDTEND:20250101T200000Z", []),
    "in two years": ("DTSTART:20281101T190000Z\nDTEND:20281101T200000Z", []),
}


@pytest.mark.parametrize("name", READ)
def test_how_events_are_read(cast: Cast, name: str) -> None:
    have_hours(cast.ben)
    text, expected = READ[name]
    shown = bring(cast.ben, draw(text)).body["exceptions"]
    assert [
        (one["from"], one["to"], [(part["start"], part["end"]) for part in one["parts"]]) for one in shown
    ] == expected


def test_a_rule_without_an_end_is_followed_for_a_year(cast: Cast) -> None:
    have_hours(cast.ben)
    (shown,) = bring(cast.ben, draw(TONIGHT + "\nRRULE:FREQ=DAILY")).body["exceptions"]
    assert (shown["from"], shown["to"]) == ("2026-11-17", "2027-11-17")


BAD: dict[str, tuple[str | bytes, int, str]] = {
    "ten megabytes": (b"x" * 10_000_000, 413, "availability.calendar_too_large"),
    "a byte too many": (b"x" * (MAX_CALENDAR_BYTES + 1), 413, "availability.calendar_too_large"),
    "a million recurrences": (
        draw(TONIGHT + "\nRRULE:FREQ=DAILY;COUNT=1000000"),
        422,
        "availability.calendar_too_many",
    ),
    "every second": (draw(TONIGHT + "\nRRULE:FREQ=SECONDLY"), 422, "availability.calendar_too_many"),
    "every second of a day": (
        draw(TONIGHT + "\nRRULE:FREQ=DAILY;BYSECOND=0,1,2,3"),
        422,
        "availability.calendar_too_many",
    ),
    "three thousand events": (
        "BEGIN:VCALENDAR\r\n"
        + "BEGIN:VEVENT\r\nDTSTART:20261117T200000\r\nEND:VEVENT\r\n" * 3000
        + "END:VCALENDAR\r\n",
        422,
        "availability.calendar_too_many",
    ),
    "rules that never fit": (
        draw(*[TONIGHT + "\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"] * 20),
        422,
        "availability.calendar_too_many",
    ),
    "no calendar": ("hello", 422, "availability.calendar_malformed"),
    "nothing": ("", 422, "availability.calendar_malformed"),
    "bytes": (b"\xff\xfe\x00\x01", 422, "availability.calendar_malformed"),
    "an event alone": ("BEGIN:VEVENT\r\nEND:VEVENT\r\n", 422, "availability.calendar_malformed"),
    "an event without a time": (draw("LOCATION:here"), 422, "availability.calendar_malformed"),
    "an odd date": (draw("DTSTART:tomorrow"), 422, "availability.calendar_malformed"),
    "an odd rule": (draw(TONIGHT + "\nRRULE:FREQ=NEVER"), 422, "availability.calendar_malformed"),
}


@pytest.mark.parametrize("confirm", ["", "?confirm=1"])
@pytest.mark.parametrize("name", BAD)
def test_an_odd_calendar_is_refused_and_changes_nothing(
    cast: Cast, gates: RecordingGates, name: str, confirm: str
) -> None:
    if name == "rules that never fit" and confirm:
        pytest.skip("it takes its seconds; once is enough")
    text, status, code = BAD[name]
    have_hours(cast.ben)
    gates.forget()
    with nothing_changes():
        answer = bring(cast.ben, text, confirm)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert gates.calls == []


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "", "application/octet-stream"])
def test_another_kind_of_body_is_refused(cast: Cast, media_type: str) -> None:
    with nothing_changes():
        answer = bring(cast.ben, draw(TONIGHT), media_type=media_type)
    assert (answer.status, answer.body["code"]) == (415, "http.unsupported_media_type")


@pytest.mark.parametrize("confirm", ["?confirm=2", "?confirm=yes", "?confirmed=1"])
def test_an_odd_confirmation_is_refused(cast: Cast, confirm: str) -> None:
    with nothing_changes():
        assert bring(cast.ben, draw(TONIGHT), confirm).body["code"] == "proto.bad_frame"


@pytest.mark.parametrize("who", ["ada", "mara"])
def test_only_experts_import(cast: Cast, who: str) -> None:
    with nothing_changes():
        answer = bring(getattr(cast, who), draw(TONIGHT), "?confirm=1")
    assert (answer.status, answer.body["code"]) == (403, "auth.forbidden")


@pytest.mark.usefixtures("counting")
def test_reading_calendars_is_slowed(cast: Cast) -> None:
    answers = [bring(cast.ben, "hello") for _ in range(7)]
    assert [one.body["code"] for one in answers[-2:]] == ["availability.calendar_malformed", "rate.limited"]
