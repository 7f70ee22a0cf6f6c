"""What a youth is told about a call for help: what happens next, in plain words, and never more than is known.

Copy for people who may be in distress: short, kind, language level B1. No countdown, no "ticket", no blame.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DEFAULT_LANGUAGE: Final = "nl"
# Where a call for help stands, as a youth may know it.
CALLED: Final = "called"
LATER: Final = "later"
NOBODY: Final = "nobody"
SEEN: Final = "seen"
BUSY: Final = "busy"
PASSED_ON: Final = "passed_on"
OVER: Final = "over"
QUIET: Final = "quiet"
SITUATIONS: Final = (CALLED, LATER, NOBODY, SEEN, BUSY, PASSED_ON, OVER, QUIET)

_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "nl": {
        CALLED: (
            "Goed dat je het laat weten. We waarschuwen nu iemand van het team. Komt er binnen {minutes} geen reactie,"
            " dan waarschuwen we de volgende. Dat gaat door tot er iemand is. Is er nu gevaar? Bel 112."
        ),
        LATER: (
            "Iemand van het team kijkt hier zo snel mogelijk naar, uiterlijk op de volgende werkdag."
            " Kan het niet wachten? Druk dan op de hulpknop, of bel een van deze nummers."
        ),
        NOBODY: (
            "Goed dat je het laat weten. Er heeft nu niemand van het team dienst. We proberen toch iemand te"
            " bereiken, maar wacht daar niet op. Is er gevaar? Bel 112. Denk je aan zelfmoord? Bel 113 of 0800-0113,"
            " dag en nacht."
        ),
        SEEN: "Je bericht is gezien door {role}. Die gaat er nu mee aan de slag. Jij hoeft verder niets te doen.",
        BUSY: "{Role} van het team is er nu voor je. Is er gevaar? Bel dan ook 112.",
        PASSED_ON: (
            "Het team heeft iemand gevraagd om jou verder te helpen. Duurt het te lang of gaat het slechter?"
            " Druk dan opnieuw op de hulpknop. Dat mag altijd."
        ),
        OVER: "Dit is afgerond. Gaat het weer minder goed? Druk dan opnieuw op de hulpknop. Dat mag altijd.",
        QUIET: "Er loopt nu niets. Heb je hulp nodig? Druk dan op de hulpknop. Dat mag altijd, ook als je twijfelt.",
    },
    "en": {
        CALLED: (
            "It is good that you let us know. We are alerting somebody of the team now. If nobody reacts within"
            " {minutes}, we alert the next person. This goes on until somebody is there. Danger right now? Call 112."
        ),
        LATER: (
            "Somebody of the team looks at this as soon as possible, on the next working day at the latest."
            " Can it not wait? Press the help button, or call one of these numbers."
        ),
        NOBODY: (
            "It is good that you let us know. Nobody of the team is on duty now. We try to reach somebody anyway, but"
            " do not wait for that. Danger? Call 112. Thinking about suicide? Call 113 or 0800-0113, day and night."
        ),
        SEEN: "Your message was seen by {role}, who is working on it now. You do not have to do anything else.",
        BUSY: "{Role} of the team is there for you now. Danger? Call 112 as well.",
        PASSED_ON: (
            "The team has asked somebody to help you further. Does it take too long, or is it getting worse?"
            " Press the help button again. You always may."
        ),
        OVER: "This is finished. Is it getting worse again? Press the help button again. You always may.",
        QUIET: "Nothing is going on now. Do you need help? Press the help button. You always may, also when in doubt.",
    },
}
_ROLES: Final[Mapping[str, Mapping[str, str]]] = {
    "nl": {"coordinator": "een coördinator"},
    "en": {"coordinator": "a coordinator"},
}
_SOMEBODY: Final[Mapping[str, str]] = {"nl": "iemand van het team", "en": "somebody of the team"}
_UNITS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "nl": ("{} minuut", "{} minuten", "{} uur", "{} uur"),
    "en": ("{} minute", "{} minutes", "{} hour", "{} hours"),
}
_HOUR: Final = 60


def find_situation(*, state: str | None, level: str, called: bool) -> str:
    """Return where a call for help stands: its state (None: there is none), its level, whether anybody was called."""
    by_state = {None: QUIET, "acknowledged": SEEN, "in_progress": BUSY, "handed_over": PASSED_ON, "resolved": OVER}
    if state in by_state:
        return by_state[state]
    if level == "concern":
        return LATER
    return CALLED if called else NOBODY


def write_next(situation: str, *, minutes: int, role: str | None, language: str) -> str:
    """Return the sentence for a youth. `minutes` is the wait of the chain's step, `role` of who picked it up."""
    tongue = language if language in _SENTENCES else DEFAULT_LANGUAGE
    who = _ROLES[tongue].get(role or "", _SOMEBODY[tongue])
    written = _SENTENCES[tongue][situation]
    return written.format(minutes=_write_minutes(minutes, tongue), role=who, Role=who[0].upper() + who[1:])


def _write_minutes(minutes: int, tongue: str) -> str:
    minute, some_minutes, hour, hours = _UNITS[tongue]
    if minutes >= _HOUR and minutes % _HOUR == 0:
        return (hour if minutes == _HOUR else hours).format(minutes // _HOUR)
    return (minute if minutes == 1 else some_minutes).format(minutes)
