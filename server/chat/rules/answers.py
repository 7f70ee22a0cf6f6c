"""What the server says to who writes while nobody can read it: when it can be read, and that there is help now.

Copy for people who may be in distress: short, kind, language level B1, and never more than the server knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DEFAULT_LANGUAGE: Final = "nl"
_MINUTE: Final = timedelta(minutes=1)
# Where the parts of a day begin. Before MORNING a person who is still up calls the day that has begun "tomorrow".
_MORNING: Final = time(6)
_AFTERNOON: Final = time(12)
_EVENING: Final = time(18)
_DAYS_BY_NAME: Final = 6  # a week ahead, the name alone would mean today


@dataclass(frozen=True, slots=True)
class _Words:
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    night: str
    morning: str
    afternoon: str
    evening: str
    tomorrow: str
    on_weekday: str
    on_date: str
    opening: str
    second_time: str
    soon: str
    kept: str
    readable: str
    unknown: str
    help: str
    duty: str


_DUTCH: Final = _Words(
    weekdays=("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    months=(
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
    night="vannacht",
    morning="vanochtend",
    afternoon="vanmiddag",
    evening="vanavond",
    tomorrow="morgen",
    on_weekday="{weekday}",
    on_date="{weekday} {day} {month}",
    opening="{when} vanaf {clock}",
    second_time="{clock} (wintertijd)",
    soon="zo meteen",
    kept="Goed dat je schrijft: je bericht is veilig bewaard.",
    readable="{name} kan het {opening} lezen.",
    unknown="We weten nog niet wanneer {name} het kan lezen.",
    help="Wil je niet wachten, kijk dan bij Hulp wie je nu kunt bellen.",
    duty="Wil je niet wachten, vraag dan wie er nu dienst heeft, of kijk bij Hulp.",
)  # fmt: skip
_ENGLISH: Final = _Words(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    night="tonight",
    morning="this morning",
    afternoon="this afternoon",
    evening="tonight",
    tomorrow="tomorrow",
    on_weekday="on {weekday}",
    on_date="on {weekday} {day} {month}",
    opening="{when} from {clock}",
    second_time="{clock} (winter time)",
    soon="in a moment",
    kept="It is good that you wrote: your message is kept safe.",
    readable="{name} can read it {opening}.",
    unknown="We do not know yet when {name} can read it.",
    help="If you would rather not wait, look under Help to see who you can call now.",
    duty="If you would rather not wait, ask who is on duty now, or look under Help.",
)  # fmt: skip
_WORDS: Final = {"nl": _DUTCH, "en": _ENGLISH}


def describe_opening(opens_at: datetime, *, now: datetime, zone: str, language: str) -> str:
    """Return when that is, in the words of somebody in `zone` who looks at the clock now: "morgen vanaf 19:00".

    Rounded up to the minute, so that it is never said too early. Dutch for any language but nl and en.
    Raises ZoneInfoNotFoundError.
    """
    words = _find_words(language)
    if opens_at <= now:
        return words.soon
    local = _round_up(opens_at).astimezone(ZoneInfo(zone))
    when = _name_day(local, now.astimezone(ZoneInfo(zone)), words)
    return words.opening.format(when=when, clock=_name_time(local, words))


def write_answer(
    *,
    name: str,
    opens_at: datetime | None,
    now: datetime,
    zone: str,
    language: str,
    reason: str,
    duty_open: bool,
) -> str:
    """Return the answer: that the message is kept, when `name` can read it, and who is there now.

    `duty_open` tells that the team's duty pool can be asked, not that somebody there is free. `reason` changes
    no word: from the answer nobody learns whether somebody rests, is away, or merely has no hours now.
    Raises ZoneInfoNotFoundError.
    """
    words = _find_words(language)
    if opens_at is None:
        reading = words.unknown.format(name=name)
    else:
        opening = describe_opening(opens_at, now=now, zone=zone, language=language)
        reading = words.readable.format(name=name, opening=opening)
    return " ".join([words.kept, reading, words.duty if duty_open else words.help])


def _find_words(language: str) -> _Words:
    return _WORDS.get(language, _WORDS[DEFAULT_LANGUAGE])


def _round_up(at: datetime) -> datetime:
    whole = at.astimezone(UTC).replace(second=0, microsecond=0)
    return whole if whole == at else whole + _MINUTE


def _name_day(local: datetime, wall: datetime, words: _Words) -> str:
    ahead = (local.date() - wall.date()).days
    in_the_night = wall.time() < _MORNING
    if ahead == 0:
        return _name_part(local.time(), words)
    if ahead == 1 and not in_the_night:
        return words.night if local.time() < _MORNING else words.tomorrow
    name = words.on_weekday if ahead <= _DAYS_BY_NAME else words.on_date
    weekday, month = words.weekdays[local.weekday()], words.months[local.month - 1]
    return name.format(weekday=weekday, day=local.day, month=month)


def _name_part(clock: time, words: _Words) -> str:
    if clock < _MORNING:
        return words.night
    if clock < _AFTERNOON:
        return words.morning
    return words.afternoon if clock < _EVENING else words.evening


def _name_time(local: datetime, words: _Words) -> str:
    clock = f"{local.hour:02}:{local.minute:02}"
    # When the clock goes back an hour comes twice, and this is the second time.
    return words.second_time.format(clock=clock) if local.fold else clock
