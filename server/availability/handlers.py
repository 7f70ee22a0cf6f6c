"""What the availability room does about facts of other rooms. Facts come at least once: each handler is idempotent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Sum

from server.accounts.queries import PersonCard, list_cards
from server.accounts.rules.roles import EXPERT
from server.availability.actions.caps import ReachedCap, close_by_caps
from server.availability.actions.contacts import Contact, count_contacts
from server.availability.actions.teams import hurry_coverage
from server.availability.actions.telling import hurry_held_events
from server.availability.models import ContactMinute
from server.availability.queries import list_settings_of_people, load_schedules
from server.availability.rules.caps import find_cap
from server.availability.rules.reading import read_instant
from server.availability.rules.usage import LOOK_BACK_DAYS, find_minute, find_usage
from server.availability.rules.wind_down import HoursSettings, find_evening
from server.events.facts import HoursChanged, MessageAccepted, RoleChanged
from server.events.seen import Seen

_counted: Seen[tuple[str, datetime]] = Seen()  # who wrote in which minute, youths included


def on_message_accepted(facts: Sequence[MessageAccepted], now: datetime) -> None:
    """Count the contact minutes of experts who wrote, and close the hours of who has reached a cap by them.

    A number of statements that does not hang on how many facts there are, and few while nobody's minute is new. Locks
    as `change_hours` when a cap is reached.
    """
    written = _counted.list_new((one.sender_id, find_minute(_read_at(one, now))) for one in facts)
    if not written:
        return
    _counted.remember(written)
    cards = list_cards({one for one, _ in written})
    experts = {one: card for one, card in cards.items() if card.role == EXPERT}
    contacts = [Contact(one, minute) for one, minute in sorted(written) if one in experts]
    if not contacts:
        return
    zones = {one: schedule.zone for one, schedule in load_schedules(experts, now=now).items()}
    settings = list_settings_of_people(list(experts.values()))
    active = count_contacts(contacts=contacts, zones=zones, settings=settings)
    if active:
        used = _list_minutes(active, now)
        judged = [_judge(experts[one], used.get(one, {}), settings[one], zones[one], now) for one in sorted(active)]
        close_by_caps(reached=[one for one in judged if one is not None], now=now)


def on_hours_changed(facts: Sequence[HoursChanged], now: datetime) -> None:
    """Look soon at what waits for the hours of these people to begin."""
    hurry_held_events(person_ids={fact.person_id for fact in facts}, now=now)


def on_role_changed(facts: Sequence[RoleChanged], now: datetime) -> None:
    """Look at their teams' rosters soon: shifts that are not for a new role become nobody's, and the gap is told."""
    hurry_coverage(team_ids={fact.team_id for fact in facts}, now=now)


def _read_at(fact: MessageAccepted, now: datetime) -> datetime:
    return read_instant(fact.at) if fact.at else now


def _list_minutes(person_ids: Iterable[str], now: datetime) -> dict[str, dict[date, int]]:
    since = (now - timedelta(days=LOOK_BACK_DAYS + 1)).date()
    found = ContactMinute.objects.filter(person_id__in=list(person_ids), evening__gte=since)
    grouped: dict[str, dict[date, int]] = {}
    for one in found.values("person_id", "evening").annotate(sum=Sum("minutes")):
        grouped.setdefault(str(one["person_id"]), {})[one["evening"]] = one["sum"]
    return grouped


def _judge(
    person: PersonCard, used: dict[date, int], settings: HoursSettings, zone: str, now: datetime
) -> ReachedCap | None:
    usage = find_usage(used, find_evening(now, zone, settings.evening_starts))
    closure = find_cap(usage, settings, now, zone)
    return None if closure is None else ReachedCap(person, closure)
