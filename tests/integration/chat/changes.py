"""Changing one's hours in any of the ways there are, and writing it into the diary."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from server.availability.actions import (
    add_absence,
    add_exception,
    end_absence,
    end_pause,
    remove_exception,
    set_hours,
    start_pause,
)
from server.availability.rules.reading import show_day, show_weekly
from server.availability.rules.schedule import AROUND_THE_CLOCK, Absence, DatedException, WeeklyWindow, Window
from tests.integration.chat.diaries import Diary

ZONES: Final = ("Europe/Amsterdam", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
_QUARTERS: Final = (0, 15, 30, 45)

Change = Callable[[Random, Diary, datetime], None]


def pick_windows(dice: Random) -> tuple[WeeklyWindow, ...]:
    """Return weekly windows: evenings mostly, some over midnight, some in the afternoon."""
    return tuple(_pick_weekly(dice) for _ in range(dice.choice((3, 5, 7, 9))))


def _pick_weekly(dice: Random) -> WeeklyWindow:
    window = _pick_window(dice)
    return WeeklyWindow(dice.randint(1, 7), window.start, window.end)


def _pick_window(dice: Random) -> Window:
    hour = dice.choice((14, 17, 18, 19, 19, 20, 20, 22))
    return Window(time(hour, dice.choice(_QUARTERS)), time((hour + dice.randint(1, 5)) % 24, dice.choice(_QUARTERS)))


def set_other_hours(dice: Random, diary: Diary, now: datetime) -> None:
    """Other weekly hours, sometimes none, sometimes in another zone."""
    windows = pick_windows(dice) if dice.random() < 0.85 else ()
    zone = diary.zone if dice.random() < 0.9 else dice.choice(ZONES)
    set_hours(actor=diary.card, zone=zone, windows=show_weekly(windows), now=now)
    diary.zone, diary.windows = zone, windows


def make_exception(dice: Random, diary: Diary, now: datetime) -> None:
    """A day or two closed, with other hours, or without a part of them."""
    first = _today(diary, now) + timedelta(days=dice.choice((0, 0, 0, 1, 3)))
    last = first + timedelta(days=dice.choice((0, 0, 1)))
    kind, windows = dice.choice(("closed", "hours", "parts")), (_pick_window(dice),)
    replacing, parts = windows if kind == "hours" else (), windows if kind == "parts" else ()
    made = add_exception(
        actor=diary.card,
        kind="exam",
        first=first.isoformat(),
        last=last.isoformat(),
        windows=show_day(replacing),
        parts=show_day(parts),
        now=now,
    )
    diary.exceptions[str(made)] = DatedException(str(made), "exam", first, last, replacing, parts)


def take_exception_back(dice: Random, diary: Diary, now: datetime) -> None:
    """Take one back."""
    if diary.exceptions:
        name = dice.choice(sorted(diary.exceptions))
        remove_exception(actor=diary.card, exception_id=name, now=now)
        del diary.exceptions[name]


def go_away(dice: Random, diary: Diary, now: datetime) -> None:
    """Be away for some days, from today or later."""
    first = _today(diary, now) + timedelta(days=dice.choice((0, 0, 1, 4)))
    last = first + timedelta(days=dice.choice((0, 1, 5)))
    made = add_absence(actor=diary.card, first=first.isoformat(), last=last.isoformat(), now=now)
    diary.absences[str(made)] = Absence(str(made), first, last)


def come_back(dice: Random, diary: Diary, now: datetime) -> None:
    """End an absence, before it or in the middle."""
    if diary.absences:
        name = dice.choice(sorted(diary.absences))
        end_absence(actor=diary.card, absence_id=name, now=now)
        del diary.absences[name]


def pause(dice: Random, diary: Diary, now: datetime) -> None:
    """Pause, mostly until some hours later."""
    minutes = dice.choice((None, 20, 90, 600, 3_000))
    until = None if minutes is None else (now + timedelta(minutes=minutes)).replace(microsecond=0)
    start_pause(actor=diary.card, until=until.isoformat() if until else None, now=now)
    diary.start_pause(now, until)


def stop_pausing(dice: Random, diary: Diary, now: datetime) -> None:
    """End the pause, if there is one."""
    end_pause(actor=diary.card, now=now)
    diary.end_pause(now)


WAYS: Final[tuple[Change, ...]] = (
    set_other_hours,
    set_other_hours,
    make_exception,
    make_exception,
    take_exception_back,
    go_away,
    come_back,
    pause,
    pause,
    stop_pausing,
    stop_pausing,
)


def change_somehow(dice: Random, diary: Diary, now: datetime) -> None:
    """Change something, and have it count."""
    dice.choice(WAYS)(dice, diary, now)
    diary.note(now)


def open_everything(diary: Diary, now: datetime) -> None:
    """Be there around the clock from now on."""
    for name in list(diary.absences):
        end_absence(actor=diary.card, absence_id=name, now=now)
    for name in list(diary.exceptions):
        remove_exception(actor=diary.card, exception_id=name, now=now)
    end_pause(actor=diary.card, now=now)
    diary.absences, diary.exceptions = {}, {}
    diary.end_pause(now)
    diary.windows = AROUND_THE_CLOCK
    diary.note(now)
    set_hours(actor=diary.card, zone=diary.zone, windows=show_weekly(AROUND_THE_CLOCK), now=now)


def _today(diary: Diary, now: datetime) -> date:
    return now.astimezone(UTC).astimezone(ZoneInfo(diary.zone)).date()
