"""What a coordinator may see of the team's escalations and of its roster's honesty."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Max, Q

from server.accounts.queries import PersonCard, list_cards, list_team_zones, list_with_device
from server.accounts.rules.roles import COORDINATOR
from server.availability.queries import find_shift_span, list_people_on_shifts, list_shifts
from server.availability.rules.kinds import ON_CALL
from server.foundation.database import as_texts
from server.safety.desk import find_case
from server.safety.keys import SAFETY_KEYS, place_history
from server.safety.models import Escalation, HistoryEntry, Page, Signal, TrialPage
from server.safety.rules.stepping import REMIND
from server.safety.rules.trials import is_asking_time, is_over, is_proven, is_to_be_asked
from server.safety.states import ACTIVE, OPEN, TAKEN

MOST_ESCALATIONS: Final = 200
MOST_ROWS: Final = 200  # signals and pages of one; its history is shown whole
ROSTER_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class EscalationView:
    """One escalation with its whole history, its newest signals and pages, and the youth's case file (None: none)."""

    escalation: Escalation
    history: Sequence[HistoryEntry]
    signals: Sequence[Signal]
    pages: Sequence[Page]
    case_id: UUID | None


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a page would reach somebody who stands on call in the weeks ahead."""

    person_id: str
    display_name: str
    has_device: bool
    confirmed_at: datetime | None
    is_proven: bool
    next_shift_at: datetime


def list_escalations(
    actor: PersonCard, states: Collection[str], *, before: Escalation | None = None
) -> tuple[list[Escalation], bool]:
    """Return a page of those of the actor's team in these states, the newest first, and whether more follow.

    `before` is the last one seen. Those that must not reach the actor are left out. A page holds MOST_ESCALATIONS, but
    what somebody must still answer is never cut off: one is active for each youth. Two statements.
    """
    found = Escalation.objects.filter(team_id=actor.team_id, state__in=states).order_by("-opened_at", "-id")
    kept_apart = found.exclude(excluded=[]).values_list("id", "excluded")
    found = found.exclude(id__in=[one for one, excluded in kept_apart if actor.id in excluded])
    if before is not None:
        older = Q(opened_at__lt=before.opened_at) | Q(opened_at=before.opened_at, id__lt=before.id)
        found = found.filter(older)
    if set(states) <= set(ACTIVE):
        return list(found), False
    page = list(found[: MOST_ESCALATIONS + 1])
    return page[:MOST_ESCALATIONS], len(page) > MOST_ESCALATIONS


def get_view(escalation: Escalation) -> EscalationView:
    """Return everything that happened to one. Ask after the access check. Four statements."""
    return EscalationView(
        escalation,
        list(HistoryEntry.objects.filter(escalation=escalation).order_by("number")),
        list(Signal.objects.filter(escalation=escalation).order_by("-at", "-id")[:MOST_ROWS]),
        list(Page.objects.filter(escalation=escalation).order_by("-queued_at", "-id")[:MOST_ROWS]),
        find_case(escalation),
    )


def read_history_note(entry: HistoryEntry, key_id: UUID) -> Any:
    """Return what was written with a line of the history. Ask after the access check. Raises SealBroken."""
    if entry.note is None:
        return None
    return SAFETY_KEYS.open_json(key_id, entry.note, place_history(entry.escalation_id, entry.number))


def list_confirmed(person_ids: Iterable[object]) -> dict[str, datetime]:
    """Return when these people last confirmed a test page; who never did is left out."""
    found = TrialPage.objects.filter(person_id__in=as_texts(person_ids), confirmed_at__isnull=False)
    newest = found.values_list("person_id").annotate(at=Max("confirmed_at")).order_by()
    return {str(person): at for person, at in newest}


def list_due_for_trial(*, now: datetime) -> list[PersonCard]:
    """Return who stands on call in the next ROSTER_DAYS, in any team where it is a good hour for it, and is due for a
    test page. Five statements."""
    on_shift = list_people_on_shifts(ON_CALL, now, now + timedelta(days=ROSTER_DAYS))
    zones = list_team_zones(on_shift)
    awake = [one for one, zone in zones.items() if is_asking_time(now, zone)]
    confirmed, asked, cards = list_confirmed(awake), _list_asked(awake), list_cards(awake)
    due = [one for one in sorted(awake) if is_to_be_asked(confirmed.get(one), asked.get(one), now)]
    return [cards[one] for one in due if cards[one].role == COORDINATOR]


def _list_asked(person_ids: Iterable[object]) -> dict[str, datetime]:
    """Return when these people were last asked for a test page."""
    found = TrialPage.objects.filter(person_id__in=as_texts(person_ids)).order_by("asked_at")
    return {str(person): at for person, at in found.values_list("person_id", "asked_at")}


def list_proofs(team_id: UUID | str, *, now: datetime) -> list[Proof]:
    """Return everybody on an on-call shift in the next ROSTER_DAYS, by their next shift. Four statements."""
    shifts = list_shifts(team_id, now, now + timedelta(days=ROSTER_DAYS), kind=ON_CALL)
    first: dict[str, datetime] = {}
    for begin, person_id in sorted((find_shift_span(one)[0], str(one.person_id)) for one in shifts if one.person_id):
        first.setdefault(person_id, begin)
    cards, reached, confirmed = list_cards(first), list_with_device(first), list_confirmed(first)
    return [
        Proof(
            person_id=one,
            display_name=cards[one].display_name,
            has_device=one in reached,
            confirmed_at=confirmed.get(one),
            is_proven=is_proven(confirmed.get(one), now),
            next_shift_at=begin,
        )
        for one, begin in first.items()
    ]


class ProvenPages:
    """Answers ports.rosters.PageBook."""

    def list_unproven(self, person_ids: Sequence[str], *, now: datetime) -> set[str]:
        """Return who of these people has confirmed no test page within the month."""
        confirmed = list_confirmed(person_ids)
        return {one for one in person_ids if not is_proven(confirmed.get(one), now)}


class CallDesk:
    """Answers ports.calls.PageCalls."""

    def list_waiting_pages(self, page_ids: Sequence[str]) -> set[str]:
        """Return which of these pages are neither stopped nor about an escalation that somebody has answered.

        A reminder calls somebody who has it in hands: it waits until anything is done about it.
        """
        unanswered = Q(escalation__state=OPEN)
        reminded = Q(reason=REMIND, escalation__state__in=sorted(TAKEN), escalation__changed_at__lte=F("queued_at"))
        calling = Page.objects.filter(unanswered | reminded, id__in=as_texts(page_ids), state__in=("queued", "sent"))
        return {str(one) for one in calling.values_list("id", flat=True)}

    def list_waiting_tests(self, test_page_ids: Sequence[str], *, now: datetime) -> set[str]:
        """Return which of these test pages can still be confirmed."""
        asked = TrialPage.objects.filter(id__in=as_texts(test_page_ids), confirmed_at=None)
        return {str(one) for one, at in asked.values_list("id", "asked_at") if not is_over(at, now)}
