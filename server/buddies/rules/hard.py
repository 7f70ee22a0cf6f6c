"""The rules that no match may break. Each says what it found, or None; all are asked, none hides another.

What is not known of a youth breaks nothing; what is not known of an expert does where the youth needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from server.buddies.rules.meeting import Meeting

Found = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A hard rule that a match would break: its stable code and what it found.

    `found` is sorted: themes of no_go, names of the conflicts and of not_from, [minutes, least] of overlap,
    [load, capacity] of capacity; else empty. Of no_go and the conflicts it is private to those whose it is: no
    sentence holds it, and `repr` leaves it out so that no log does.
    """

    rule: str
    found: Found = field(default=(), repr=False)


def list_broken_rules(meeting: Meeting) -> tuple[Broken, ...]:
    """Return every hard rule that a match of these two would break, in the order of RULES; empty when none."""
    broken = []
    for code, rule in RULES.items():
        found = rule(meeting)
        if found is not None:
            broken.append(Broken(code, found))
    return tuple(broken)


def _takes_new(meeting: Meeting) -> Found | None:
    return None if meeting.expert.takes_new else ()


def _kind(meeting: Meeting) -> Found | None:
    return None if meeting.youth.kind in meeting.expert.kinds else ()


def _capacity(meeting: Meeting) -> Found | None:
    load, capacity = meeting.expert.load, meeting.expert.capacity
    return None if load < capacity else (str(load), str(capacity))


def _training(meeting: Meeting) -> Found | None:
    return _is_over(meeting.expert.trained_until, meeting.team.today)


def _vog(meeting: Meeting) -> Found | None:
    return _is_over(meeting.expert.vog_until, meeting.team.today)


def _conflict_institution(meeting: Meeting) -> Found | None:
    return _name(meeting.youth.institutions & meeting.expert.institutions)


def _conflict_place(meeting: Meeting) -> Found | None:
    return _name(meeting.youth.places & meeting.expert.places)


def _conflict_person(meeting: Meeting) -> Found | None:
    """Somebody whom both know, or one of them among those whom the other knows."""
    youth, expert = meeting.youth, meeting.expert
    of_youth, of_expert = youth.people_known, expert.people_known
    if not of_youth and not of_expert:
        return None
    return _name(of_youth & of_expert | of_youth & {expert.id} | of_expert & {youth.id})


def _not_from(meeting: Meeting) -> Found | None:
    unwanted = meeting.youth.not_from
    return _name(unwanted & meeting.expert.institutions | unwanted & meeting.expert.places) if unwanted else None


def _no_go(meeting: Meeting) -> Found | None:
    return _name(meeting.youth.themes & meeting.expert.no_go)


def _language(meeting: Meeting) -> Found | None:
    spoken = meeting.youth.languages
    return () if spoken and spoken.isdisjoint(meeting.expert.languages) else None


def _language_need(meeting: Meeting) -> Found | None:
    wish = meeting.youth.language_wish
    return () if wish and "language" in meeting.youth.needs and wish not in meeting.expert.languages else None


def _gender_need(meeting: Meeting) -> Found | None:
    wish = meeting.youth.gender_wish
    return () if wish and "gender" in meeting.youth.needs and wish != meeting.expert.gender else None


def _age_need(meeting: Meeting) -> Found | None:
    return () if "age" in meeting.youth.needs and fits_age(meeting) is False else None


def _blocked(meeting: Meeting) -> Found | None:
    return () if meeting.expert.id in meeting.youth.blocked else None


def _left(meeting: Meeting) -> Found | None:
    return () if meeting.expert.id in meeting.youth.left else None


def _declined(meeting: Meeting) -> Found | None:
    return () if meeting.expert.id in meeting.youth.declined else None


def _overlap(meeting: Meeting) -> Found | None:
    least = meeting.team.weights.least_overlap_minutes
    if meeting.minutes is None or meeting.minutes >= least:
        return None
    return str(meeting.minutes), str(least)


RULES: Final[dict[str, Callable[[Meeting], Found | None]]] = {
    "takes_new": _takes_new,
    "kind": _kind,
    "capacity": _capacity,
    "training": _training,
    "vog": _vog,
    "conflict_institution": _conflict_institution,
    "conflict_place": _conflict_place,
    "conflict_person": _conflict_person,
    "not_from": _not_from,
    "no_go": _no_go,
    "language": _language,
    "language_need": _language_need,
    "gender_need": _gender_need,
    "age_need": _age_need,
    "blocked": _blocked,
    "left": _left,
    "declined": _declined,
    "overlap": _overlap,
}


def fits_age(meeting: Meeting) -> bool | None:
    """Tell whether the expert is as much older as the youth wishes; None when the youth left that, or their age, open.

    An expert whose age is not known does not fit.
    """
    youth, expert = meeting.youth, meeting.expert
    if youth.age is None or youth.age_distance is None:
        return None
    least, most = youth.age_distance
    return expert.age is not None and least <= expert.age - youth.age <= most


def _name(shared: Iterable[str]) -> Found | None:
    return tuple(sorted(shared)) or None


def _is_over(until: date | None, today: date) -> Found | None:
    return () if until is None or until < today else None
