"""The help card as the page words it: who answers is data of the safety room, when to call is copy of this one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from server.ports.help_card import HelpCard
from server.ports.registry import ask_port


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One line: when to call it, who answers, the number as people read it, and the digits that a phone dials."""

    when: str | Promise
    name: str
    shown: str
    dialled: str
    hours: str | Promise
    checked_on: date


# Reviewed as copy, by number; a line without words of its own is shown under its name.
_WHEN: dict[str, str | Promise] = {
    "112": _("Is somebody in danger right now?"),
    "0800-0113": _("Are you thinking about suicide?"),
    "0800-2000": _("Violence or abuse at home?"),
    "0800-0432": _("18 or younger, and want to talk?"),
}
_HOURS: dict[str, str | Promise] = {"24/7": _("day and night")}


def list_help_lines() -> list[HelpLine]:
    """Return the lines of the help card, the most urgent first. Raises Unavailable when nobody holds the card."""
    return [_word(line) for line in ask_port(HelpCard).list_help_lines()]


def _word(line: dict[str, Any]) -> HelpLine:
    phone, hours = str(line["phone"]), str(line["hours"])
    return HelpLine(
        when=_WHEN.get(phone, line["name"]),
        name=line["name"],
        shown=phone,
        dialled="".join(mark for mark in phone if mark.isdigit() or mark == "+"),
        hours=_HOURS.get(hours, hours.replace("-", "–")),
        checked_on=date.fromisoformat(str(line["checked_on"])),
    )
