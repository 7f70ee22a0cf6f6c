"""What experts have written down about their hours, kept beside the code under test, and judged by walking minutes.

A diary holds what was asked for, not what the server made of it. Whether a message may reach an expert at an instant
is read from the diary and the oracle alone: in the hours; in the ten minutes after their end by the clock, where the
expert wrote in the last quarter of an hour; in an extension.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from server.accounts.queries import PersonCard
from server.availability.rules.schedule import Absence, Closure, DatedException, Schedule, WeeklyWindow
from tests.property.hours_oracle import HoursOracle

MINUTE: Final = timedelta(minutes=1)
INSTANT: Final = timedelta(microseconds=1)
GRACE_MINUTES, TALK_MINUTES = 10, 15  # the house's own numbers
AT_ONCE: Final = ("pause", "absence")

YES, NO, PERHAPS = "yes", "no", "perhaps"


@dataclass
class Diary:
    """One expert: who they are, what they wrote down, since when, and what they did."""

    card: PersonCard
    zone: str
    windows: tuple[WeeklyWindow, ...] = ()
    exceptions: dict[str, DatedException] = field(default_factory=dict)
    absences: dict[str, Absence] = field(default_factory=dict)
    pauses: list[Closure] = field(default_factory=list)
    written: dict[str, list[datetime]] = field(default_factory=dict)  # place → when they wrote there
    extended: dict[str, datetime] = field(default_factory=dict)
    turned: list[datetime] = field(default_factory=list)  # when the diary was changed
    oracles: list[HoursOracle] = field(default_factory=list)

    def note(self, now: datetime) -> None:
        """Let what is written down count from now on."""
        schedule = Schedule(
            self.zone,
            windows=self.windows,
            exceptions=tuple(self.exceptions.values()),
            absences=tuple(self.absences.values()),
            closures=tuple(self.pauses),
        )
        self.turned.append(now)
        self.oracles.append(HoursOracle(schedule))

    def start_pause(self, now: datetime, until: datetime | None) -> None:
        """Write down a pause; extensions end with it."""
        self.end_pause(now)
        self.pauses.append(Closure(now, until, "pause", f"pause:{len(self.pauses)}"))
        self.extended.clear()

    def end_pause(self, now: datetime) -> None:
        """Write down that the pause is over."""
        self.pauses = [replace(one, until=now) if one.until is None or one.until > now else one for one in self.pauses]

    def is_paused(self, now: datetime) -> bool:
        """Say whether a pause is on."""
        return self.ask(now)[1] == "pause"

    def ask(self, at: datetime) -> tuple[bool, str]:
        """Return whether the hours are open, and why not, by what was written down then."""
        is_open, reason, _ = self._find_oracle(at).ask(at)
        return is_open, reason

    def is_near_a_turn(self, now: datetime) -> bool:
        """Say whether the hours begin or end about now."""
        newest, reach = self.oracles[-1], 12 * MINUTE
        return newest.ask(now - reach)[0] != newest.ask(now + reach)[0]

    def may_reach(self, place: str, now: datetime) -> str:
        """Return YES, NO, or PERHAPS where rules meet that say nothing about one another."""
        is_open, reason = self.ask(now)
        if is_open:
            return YES
        if self.extended.get(place, now) > now:
            return YES if reason not in AT_ONCE else PERHAPS
        return self._is_in_grace(place, now)

    def _is_in_grace(self, place: str, now: datetime) -> str:
        ended = self._find_end(now)
        last = max((at for at in self.written.get(place, []) if ended and at < ended), default=None)
        if ended is None or last is None or last <= ended - TALK_MINUTES * MINUTE or self.is_paused(now):
            return NO
        changes = [at for at in self.turned if ended < at <= now]
        if any(self.ask(at)[0] or self.ask(at)[1] in AT_ONCE for at in [ended, *changes, now]):
            return PERHAPS
        walked = [last + step * MINUTE for step in range(TALK_MINUTES) if last + step * MINUTE < ended]
        was_open = all(self.ask(at)[0] for at in walked) and not any(last < at <= ended for at in self.turned)
        return YES if was_open else PERHAPS

    def _find_end(self, now: datetime) -> datetime | None:
        """Walk back from now and return the end of hours by the clock, None when they ended earlier or by a change."""
        minute = now.replace(second=0, microsecond=0)
        for ended in (minute - step * MINUTE for step in range(GRACE_MINUTES + 1)):
            if self.ask(ended - INSTANT)[0]:
                by_clock = not self._find_oracle(ended - INSTANT).ask(ended)[0]
                return ended if by_clock and now < ended + GRACE_MINUTES * MINUTE else None
        return None

    def _find_oracle(self, at: datetime) -> HoursOracle:
        return self.oracles[bisect_right(self.turned, at) - 1]
