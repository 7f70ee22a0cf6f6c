"""Everybody of a team, as its coordinators and admins see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Max

from server.accounts.models import Device, Person, Session, Suspension
from server.accounts.rules.last_seen import tell_last_seen
from server.accounts.rules.roles import YOUTH

MOST_PEOPLE: Final = 500


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person with what the team sees of them; `last_seen` and `devices` are None for a youth."""

    person: Person
    suspension: Suspension | None
    last_seen: str | None
    devices: int | None


def list_people(
    team_id: UUID | str, *, role: str | None, after: UUID | None, limit: int, now: datetime
) -> tuple[list[PersonLine], bool]:
    """Return a page of a team's people in the order in which they came, and whether more follow; four queries.

    `after` is the last person of the page before. `last_seen` and `devices` are not asked for youths: when somebody
    who is cared for opens the app is theirs alone.
    """
    found = Person.objects.filter(team_id=team_id).order_by("id")
    found = found if role is None else found.filter(role=role)
    found = found if after is None else found.filter(id__gt=after)
    page = list(found[: limit + 1])
    return _draw_lines(page[:limit], now), len(page) > limit


def list_team_ids(team_id: UUID | str, role: str) -> list[str]:
    """Return everybody who has this role in a team, suspended or not, by id."""
    found = Person.objects.filter(team_id=team_id, role=role).order_by("id")
    return [str(one) for one in found.values_list("id", flat=True)]


def _draw_lines(people: Sequence[Person], now: datetime) -> list[PersonLine]:
    staff = [one.id for one in people if one.role != YOUTH]
    seen = dict(Session.objects.filter(person_id__in=staff).values_list("person_id").annotate(Max("last_used_at")))
    live = Device.objects.filter(person_id__in=staff, session__ended_at=None, session__idle_expires_at__gt=now)
    devices = dict(live.values_list("person_id").annotate(Count("id")))
    held = Suspension.objects.filter(person_id__in=[one.id for one in people], lifted_at=None)
    suspensions = {one.person_id: one for one in held}
    return [
        PersonLine(
            person=one,
            suspension=suspensions.get(one.id),
            last_seen=None if one.role == YOUTH else tell_last_seen(seen.get(one.id), now),
            devices=None if one.role == YOUTH else devices.get(one.id, 0),
        )
        for one in people
    ]
