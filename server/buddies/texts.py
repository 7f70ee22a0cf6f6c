"""The sentences of the matching, for coordinators, in the language that is active.

What is private stays out: of a no-go theme and of a conflict the sentence names the rule and never what was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from server.buddies.rules.assignment import NO_CANDIDATE, NO_EXPERT, NO_SEAT, Unplaced
from server.buddies.rules.hard import Broken
from server.buddies.rules.score import Part

PARTS: Final = {
    "themes": gettext_noop("Has been through what the youth wants to talk about: %(found)s."),
    "overlap": gettext_noop("Is there when the youth tends to need contact: %(found)s min a week."),
    "continuity": gettext_noop("They were a pair before, and that ended well."),
    "gender": gettext_noop("Fits the youth's wish: gender."),
    "age": gettext_noop("Fits the youth's wish: age."),
    "language": gettext_noop("Speaks the language that the youth likes to talk in."),
    "likes": gettext_noop("They like the same things: %(found)s."),
    "region": gettext_noop("Comes from the same region."),
    "room": gettext_noop("Has room: %(free)s of %(capacity)s places are free."),
    "fairness": gettext_noop("Times asked in the last 90 days: %(found)s."),
}
RULES: Final = {
    "takes_new": gettext_noop("Takes no new contacts at the moment."),
    "kind": gettext_noop("Does not do this kind of contact."),
    "capacity": gettext_noop("Has no room: %(load)s of %(capacity)s places are taken."),
    "training": gettext_noop("Has no valid training."),
    "vog": gettext_noop("Has no valid certificate of conduct (VOG)."),
    "conflict_institution": gettext_noop("There may be a link through an institution."),
    "conflict_place": gettext_noop("There may be a link through a place."),
    "conflict_person": gettext_noop("There may be a link through somebody they know."),
    "not_from": gettext_noop("The youth wants nobody from where this expert comes from."),
    "no_go": gettext_noop("The youth wants to talk about something that this expert does not talk about."),
    "language": gettext_noop("They speak no language in common."),
    "language_need": gettext_noop("Does not speak the language that the youth needs."),
    "gender_need": gettext_noop("Does not fit what the youth needs: gender."),
    "age_need": gettext_noop("Does not fit what the youth needs: age."),
    "blocked": gettext_noop("Contact between these two is blocked."),
    "left": gettext_noop("They were paired before, and that came to its end."),
    "declined": gettext_noop("One of the two has said no to this already."),
    "overlap": gettext_noop(
        "Too seldom there when the youth needs contact: %(found)s min a week, %(least)s is the least."
    ),
}
UNPLACED: Final = {
    NO_EXPERT: gettext_noop("The team has no experts yet."),
    NO_CANDIDATE: gettext_noop("No expert fits: a rule excludes each of them."),
    NO_SEAT: gettext_noop("There are experts who fit, but their places go to others on the list."),
}


def describe_part(part: Part, themes: Mapping[str, str]) -> str:
    """Return why a component gave points. `themes` are the words for themes, in the same language; else the code."""
    if part.component == "room":
        free, capacity = part.found
        return _(PARTS["room"]) % {"free": free, "capacity": capacity}
    words = [themes.get(one, one) for one in part.found] if part.component == "themes" else part.found
    return _(PARTS[part.component]) % {"found": ", ".join(words)}


def describe_broken(broken: Broken) -> str:
    """Return which rule excludes an expert, with numbers where it has some and never with what is private."""
    if broken.rule == "capacity":
        load, capacity = broken.found
        return _(RULES["capacity"]) % {"load": load, "capacity": capacity}
    if broken.rule == "overlap":
        found, least = broken.found
        return _(RULES["overlap"]) % {"found": found, "least": least}
    return _(RULES[broken.rule])


def describe_unplaced(unplaced: Unplaced) -> str:
    """Return why a youth of the waiting list is left without a proposal."""
    return _(UNPLACED[unplaced.why])
