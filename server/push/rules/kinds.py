"""The kinds of push, as one table, and the only words that a phone ever shows for them.

A push says that something waits, never what, from whom or of which team: a phone lies on a table. Payloads carry the
keys alone; the sentence is in the app, so that not even the push service reads it. The words are copy: language level
B1, kind and short, reviewed like everything that people in distress read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

MESSAGE: Final = "message"
PAGE: Final = "page"
TEST: Final = "test"
DUTY: Final = "duty"
ENDING: Final = "ending"
NOTICE: Final = "notice"

HIGH: Final = "high"
NORMAL: Final = "normal"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of push travels.

    `ttl` is how long it is worth something, `delay` how long it waits first: whoever has the app open has acknowledged
    within 2 s (PROTOCOL §3) and needs no push. `channel` is the class of notification that a person can turn off on
    the phone. With `asks_reachability` it reaches an expert within their hours only. An `urgent` kind goes ahead of all
    that is not. One that `wakes` reaches also a device whose session ran out since nobody used it: a coordinator's does
    after twelve hours, and they sleep.
    """

    name: str
    ttl: timedelta
    delay: timedelta
    priority: str
    channel: str
    loc_key: str
    asks_reachability: bool
    urgent: bool
    wakes: bool = False


# A phone that was off for a weekend still hears of a message; of a call it does not once the next step was taken (the
# slowest, of an urgent one, after 15 minutes) and its reminders have come. A line of the duty pool is taken or offered
# to others within minutes. A test page can be confirmed for a day (safety.rules.trials).
KINDS: Final[Mapping[str, Kind]] = {
    one.name: one
    for one in (
        Kind(
            name=MESSAGE, ttl=timedelta(days=3), delay=timedelta(seconds=2), priority=HIGH, channel="messages",
            loc_key="push_message", asks_reachability=True, urgent=False,
        ),
        Kind(
            name=PAGE, ttl=timedelta(hours=1), delay=timedelta(0), priority=HIGH, channel="pages",
            loc_key="push_page", asks_reachability=False, urgent=True, wakes=True,
        ),
        Kind(
            name=TEST, ttl=timedelta(days=1), delay=timedelta(0), priority=HIGH, channel="pages",
            loc_key="push_test", asks_reachability=False, urgent=True, wakes=True,
        ),
        Kind(
            name=DUTY, ttl=timedelta(minutes=10), delay=timedelta(0), priority=HIGH, channel="duty",
            loc_key="push_duty", asks_reachability=True, urgent=True,
        ),
        Kind(
            name=ENDING, ttl=timedelta(minutes=15), delay=timedelta(seconds=2), priority=HIGH, channel="notices",
            loc_key="push_ending", asks_reachability=True, urgent=False,
        ),
        Kind(
            name=NOTICE, ttl=timedelta(days=3), delay=timedelta(seconds=2), priority=NORMAL, channel="notices",
            loc_key="push_notice", asks_reachability=True, urgent=False,
        ),
    )
}  # fmt: skip
LANGUAGES: Final = ("nl", "en")
DEFAULT_LANGUAGE: Final = "nl"
# The sender's name on the screen. A key like all others: an app that looks like something else says something else.
TITLE_KEY: Final = "push_title"

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "nl": {
        TITLE_KEY: "Warmlijn",
        "push_message": "Er is een bericht voor je.",
        "push_page": "Er wacht een oproep op je.",
        "push_test": "Dit is een testoproep. Bevestig hem in de app.",
        "push_duty": "Er is iemand die wil praten. Heb je ruimte?",
        "push_ending": "Je uren zijn bijna voorbij.",
        "push_notice": "Er staat iets voor je klaar in de app.",
    },
    "en": {
        TITLE_KEY: "Warmlijn",
        "push_message": "There is a message for you.",
        "push_page": "A call is waiting for you.",
        "push_test": "This is a test call. Please confirm it in the app.",
        "push_duty": "Somebody would like to talk. Do you have room?",
        "push_ending": "Your hours are almost over.",
        "push_notice": "Something is waiting for you in the app.",
    },
}


def find_words(kind: str, language: str) -> str:
    """Return the sentence that a phone shows for a kind, in Dutch for a language that there is none of."""
    return WORDS.get(language, WORDS[DEFAULT_LANGUAGE])[KINDS[kind].loc_key]
