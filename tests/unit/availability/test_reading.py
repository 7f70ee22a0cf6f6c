"""Texts become wall times, dates and instants, or a refusal that says what is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from server.availability.errors import DateMalformed, WindowEmpty, WindowMalformed, ZoneUnknown
from server.availability.rules.kinds import EXCEPTION_KINDS, require_exception_kind
from server.availability.rules.reading import (
    read_date,
    read_instant,
    read_time,
    read_weekly,
    read_window,
    require_zone,
    restore_weekly,
    show_weekly,
)
from server.availability.rules.schedule import Window


@pytest.mark.parametrize("text", ["00:00", "09:05", "23:59"])
def test_times_of_the_wall(text: str) -> None:
    assert f"{read_time(text):%H:%M}" == text


@pytest.mark.parametrize(
    "text", ["", "9:05", "24:00", "23:60", "19:00:00", " 19:00", "19:00\n", "19.00", "١٩:٠٠", "-1:00"]
)
def test_other_texts_are_no_times(text: str) -> None:
    with pytest.raises(WindowMalformed):
        read_time(text)


def test_equal_times_are_a_whole_day_only_at_midnight() -> None:
    assert read_window("00:00", "00:00") == Window(time(0), time(0))
    with pytest.raises(WindowEmpty):
        read_window("12:00", "12:00")


@pytest.mark.parametrize("text", ["2026-02-29", "2026-2-1", "20260201", "2026-W05-1", "1999-12-31", "2100-01-01", ""])
def test_other_texts_are_no_dates(text: str) -> None:
    with pytest.raises(DateMalformed):
        read_date(text)


def test_a_date() -> None:
    assert read_date("2028-02-29") == date(2028, 2, 29)


@pytest.mark.parametrize(
    "text", ["2026-11-17T19:30:00Z", "2026-11-17t19:30:00z", "2026-11-17T20:30:00+01:00", "2026-11-17T19:30Z"]
)
def test_instants_in_any_offset(text: str) -> None:
    assert read_instant(text) == datetime(2026, 11, 17, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-17T19:30:00",
        "2026-11-17",
        "2026-11-17T19:30:00+99:00",
        "2026-11-17T25:30:00Z",
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:59:59-23:00",
        "2026-11-17 19:30:00Z",
    ],
)
def test_other_texts_are_no_instants(text: str) -> None:
    with pytest.raises(DateMalformed):
        read_instant(text)


@pytest.mark.parametrize(
    "name", ["", "localtime", "Factory", "Europe", "Europe/amsterdam", "/etc/localtime", "Mars/Olympus"]
)
def test_other_names_are_no_zones(name: str) -> None:
    with pytest.raises(ZoneUnknown):
        require_zone(name)


@pytest.mark.parametrize("name", ["UTC", "Europe/Amsterdam", "Asia/Kathmandu", "America/Argentina/Buenos_Aires"])
def test_names_of_the_list_are(name: str) -> None:
    assert require_zone(name) == name


def test_what_is_stored_is_what_was_read() -> None:
    rows = [{"weekday": 7, "start": "22:00", "end": "01:00"}, {"weekday": 1, "start": "00:00", "end": "02:00"}]
    windows = read_weekly(rows)
    assert restore_weekly(show_weekly(windows)) == windows


def test_the_well_known_kinds_are_kinds() -> None:
    assert [require_exception_kind(one) for one in EXCEPTION_KINDS] == list(EXCEPTION_KINDS)
