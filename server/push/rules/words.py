"""What a person reads about their own pushes: one plain sentence for each decision, in Dutch and English.

Copy for the person whom a decision protected: short, kind, language level B1. Nothing of who wrote or what.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from server.availability.rules.schedule import ABSENCE, CAP, HOLIDAY, NO_HOURS, PAUSE, REST
from server.push.rules.deciding import (
    ACKED,
    ANSWERED,
    CONFIRMED,
    DROPPED,
    EXPIRED,
    FAILED,
    GATE,
    HELD,
    MERGED,
    MOVED,
    NO_BACKEND,
    NO_DEVICE,
    NOT_MEMBER,
    NOT_ON_CALL,
    OVER,
    READ,
    SENT,
    SIGNED_OUT,
    SUSPENDED,
    TAKEN,
    TOKEN_GONE,
)
from server.push.rules.kinds import DEFAULT_LANGUAGE

# By decision, then by reason; "" is for every reason that has no sentence of its own.
SENTENCES: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "nl": {
        SENT: {"": "Verstuurd naar je telefoon."},
        MERGED: {"": "Samengevoegd met een melding die nog klaarstond. Zo trilt je telefoon maar één keer."},
        HELD: {
            "": "Bewaard tot je weer bereikbaar bent.",
            PAUSE: "Bewaard tot je pauze voorbij is.",
            REST: "Bewaard tot je rust voorbij is.",
            ABSENCE: "Bewaard tot je terug bent.",
            HOLIDAY: "Bewaard tot na de feestdag.",
            CAP: "Bewaard: je hebt voor nu genoeg gedaan.",
            NO_HOURS: "Bewaard: je hebt geen uren ingesteld.",
            GATE: "Bewaard tot je plek hebt voor nog een gesprek.",
        },
        DROPPED: {
            "": "Niet verstuurd.",
            READ: "Niet verstuurd: je had het al gelezen.",
            ACKED: "Niet verstuurd: het stond al op dit apparaat.",
            ANSWERED: "Niet verstuurd: iemand heeft de oproep al opgepakt.",
            CONFIRMED: "Niet verstuurd: de testoproep is al bevestigd of is voorbij.",
            TAKEN: "Niet verstuurd: het gesprek is al opgepakt, of is niet meer nodig.",
            OVER: "Niet verstuurd: je uren waren voorbij.",
            EXPIRED: "Niet verstuurd: het lukte niet op tijd.",
            SIGNED_OUT: "Niet verstuurd: je bent uitgelogd op dit apparaat.",
            NO_DEVICE: "Niet verstuurd: dit apparaat krijgt geen meldingen meer.",
            NO_BACKEND: "Niet verstuurd: op dit soort apparaat geeft de app geen meldingen.",
            MOVED: "Niet verstuurd: iemand anders gebruikt dit apparaat nu.",
            TOKEN_GONE: (
                "Niet verstuurd: de app op dit apparaat krijgt geen meldingen meer. Open de app om dat te herstellen."
            ),
            SUSPENDED: "Niet verstuurd: je account is stilgezet.",
            NOT_MEMBER: "Niet verstuurd: je zit niet meer in dit gesprek.",
            NOT_ON_CALL: "Niet verstuurd: oproepen zijn alleen voor coördinatoren.",
        },
        FAILED: {
            "": "Niet gelukt. Het team dat de app beheert, weet ervan.",
            EXPIRED: "Niet op tijd gelukt. Het team dat de app beheert, weet ervan.",
        },
    },
    "en": {
        SENT: {"": "Sent to your phone."},
        MERGED: {"": "Joined with a notice that was still waiting, so that your phone buzzes only once."},
        HELD: {
            "": "Kept until you can be reached again.",
            PAUSE: "Kept until your pause is over.",
            REST: "Kept until your rest is over.",
            ABSENCE: "Kept until you are back.",
            HOLIDAY: "Kept until after the public holiday.",
            CAP: "Kept: you have done enough for now.",
            NO_HOURS: "Kept: you have not set any hours.",
            GATE: "Kept until you have room for another talk.",
        },
        DROPPED: {
            "": "Not sent.",
            READ: "Not sent: you had read it already.",
            ACKED: "Not sent: it was on this device already.",
            ANSWERED: "Not sent: somebody has answered the call already.",
            CONFIRMED: "Not sent: the test call was confirmed already, or is over.",
            TAKEN: "Not sent: the talk was taken already, or is not needed any more.",
            OVER: "Not sent: your hours were over.",
            EXPIRED: "Not sent: it did not work in time.",
            SIGNED_OUT: "Not sent: you have signed out on this device.",
            NO_DEVICE: "Not sent: this device gets no notices any more.",
            NO_BACKEND: "Not sent: on this kind of device the app gives no notices.",
            MOVED: "Not sent: somebody else uses this device now.",
            TOKEN_GONE: "Not sent: the app on this device gets no notices any more. Open the app to repair that.",
            SUSPENDED: "Not sent: your account is suspended.",
            NOT_MEMBER: "Not sent: you are no longer in this talk.",
            NOT_ON_CALL: "Not sent: calls are for coordinators only.",
        },
        FAILED: {
            "": "This did not work. The team that keeps the app knows.",
            EXPIRED: "This did not work in time. The team that keeps the app knows.",
        },
    },
}
_UNTIL: Final[Mapping[str, str]] = {"nl": " Tot {on}, {at}.", "en": " Until {on}, {at}."}


def explain(decision: str, reason: str, until: datetime | None, *, language: str, zone: str) -> str:
    """Return the sentence of a decision; for a held one with the day and time until when, on the clock of a zone."""
    words = language if language in SENTENCES else DEFAULT_LANGUAGE
    sentences = SENTENCES[words][decision]
    sentence = sentences.get(reason, sentences[""])
    if decision != HELD or until is None:
        return sentence
    wall = until.astimezone(ZoneInfo(zone))
    return sentence + _UNTIL[words].format(on=f"{wall.day}-{wall.month}", at=f"{wall:%H:%M}")
