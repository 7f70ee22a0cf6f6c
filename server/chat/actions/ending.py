"""Winding down: an expert hears 15 and 5 minutes before the end of their hours (as the team has it), once each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from server.accounts.queries import list_cards
from server.availability.queries import list_reachability, list_settings_of_people
from server.availability.rules.wind_down import BOUNDS, find_notices
from server.chat.actions.conversations import list_guarded
from server.chat.duty import list_running
from server.chat.models import EndNotice, Membership
from server.chat.rules.turns import OPEN
from server.events.facts import HoursEnding
from server.events.outbox import record_facts
from server.foundation.clock import format_instant
from server.realtime.streams import EventDraft, append_events

KIND: Final = "hours.ending"
_EARLIEST: Final = timedelta(minutes=BOUNDS["notice_minutes"][1])
_AT_ONCE: Final = 500  # experts in one step


def step_notify_ends(now: datetime) -> bool:
    """Give the notices that are due to experts whose hours end soon; say whether there were any.

    Safe with any number of workers: a notice is a row that only one of them makes. Publishes hours.ending into the
    expert's own log, and HoursEnding. Locks: the experts' streams.
    """
    ending = Membership.objects.filter(
        guarded=True, left_at=None, gate=OPEN, turns_at__gt=now, turns_at__lte=now + _EARLIEST
    )
    people = [str(one) for one in ending.values_list("person_id", flat=True).distinct()[:_AT_ONCE]]
    due = _list_due(people, now) if people else []
    with transaction.atomic():
        told = [one for one in due if EndNotice.objects.get_or_create(**one)[1]]
        append_events([_draft(one) for one in told], now=now)
        record_facts(_list_facts(told, now), now=now)
    return bool(told)


def _list_due(people: list[str], now: datetime) -> list[dict[str, Any]]:
    hours, cards = list_reachability(people, now), list_guarded(people)
    settings = list_settings_of_people(list(cards.values()))
    given = _list_given(people, now)
    return [
        {"person_id": UUID(one), "until": until, "minutes": minutes}
        for one in sorted(cards)
        for until in [hours[one].until]
        if until is not None
        for minutes in find_notices(hours[one], settings[one], now, given.get((one, until), set()))
    ]


def _list_given(people: list[str], now: datetime) -> Mapping[tuple[str, datetime], set[int]]:
    given: dict[tuple[str, datetime], set[int]] = {}
    for person, until, minutes in EndNotice.objects.filter(person_id__in=people, until__gt=now).values_list(
        "person_id", "until", "minutes"
    ):
        given.setdefault((str(person), until), set()).add(minutes)
    return given


def _list_facts(told: Sequence[Mapping[str, Any]], now: datetime) -> list[HoursEnding]:
    """Return a fact for each notice, with the running talks of whoever was told."""
    people = {str(one["person_id"]) for one in told}
    if not people:
        return []
    running, cards = list_running(people, now=now), list_cards(people)
    talks = {one: tuple(sorted(talk for person, talk in running if person == one)) for one in people}
    return [
        HoursEnding(id_, cards[id_].team_id, talks[id_], format_instant(one["until"]), one["minutes"])
        for one in told
        for id_ in [str(one["person_id"])]
    ]


def _draft(notice: Mapping[str, Any]) -> EventDraft:
    refs = {"until": format_instant(notice["until"]), "minutes": notice["minutes"]}
    return EventDraft(str(notice["person_id"]), KIND, None, None, refs, KIND)
