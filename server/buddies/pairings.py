"""What may be asked about pairings: who is paired with whom, who answers, how full an expert is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from server.accounts.queries import PersonCard, ask_standing, list_cards
from server.accounts.rules.roles import COORDINATOR
from server.buddies.models import Pairing, PairingBackup, PairingCover, PairingStep
from server.buddies.states import OPEN, SEATED
from server.foundation.database import as_texts, open_pipeline

MOST_SHOWN: Final = 500


@dataclass(frozen=True, slots=True)
class PairingSheet:
    """A pairing with all that is shown of it beside its own columns; `people` holds the cards by id."""

    pairing: Pairing
    backup_ids: tuple[str, ...]
    cover: PairingCover | None
    people: dict[str, PersonCard]


@dataclass(frozen=True, slots=True)
class FormerPairings:
    """Which experts a youth has had: whom they (or who) declined, whom they left, whom they parted from well.

    Ids as text. `left` also holds experts who handed back or were blocked.
    """

    declined: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()


def list_pairings(person: PersonCard, state: str | None = None) -> list[Pairing]:
    """Return the pairings that somebody may see, the newest first, MOST_SHOWN at most.

    A coordinator the team's, the two their own, a backup those that they stand in for while they are open.
    """
    found = _list_visible(person)
    found = found.filter(state=state) if state else found
    return list(found.order_by("-proposed_at", "-id")[:MOST_SHOWN])


def load_sheets(pairings: Sequence[Pairing]) -> list[PairingSheet]:
    """Return these pairings with what is shown of them, in order; three queries however many."""
    ids = [one.id for one in pairings]
    backups: dict[object, list[str]] = {}
    rows = PairingBackup.objects.filter(pairing__in=ids).order_by("position")
    for pairing_id, person_id in rows.values_list("pairing_id", "person_id"):
        backups.setdefault(pairing_id, []).append(str(person_id))
    covers = {one.pairing_id: one for one in PairingCover.objects.filter(pairing__in=ids, ended_at=None)}
    named = {str(one) for pairing in pairings for one in (pairing.youth_id, pairing.expert_id)}
    named |= {one for found in backups.values() for one in found}
    named |= {str(one.cover_id) for one in covers.values() if one.cover_id}
    people = list_cards(named)
    return [PairingSheet(one, tuple(backups.get(one.id, ())), covers.get(one.id), people) for one in pairings]


def list_steps(pairing_id: UUID) -> list[PairingStep]:
    """Return the steps of a pairing in order."""
    return list(PairingStep.objects.filter(pairing_id=pairing_id).order_by("number"))


def list_backups(pairing_id: UUID) -> list[str]:
    """Return the backups of a pairing, the first to take over first."""
    found = PairingBackup.objects.filter(pairing_id=pairing_id).order_by("position")
    return [str(one) for one in found.values_list("person_id", flat=True)]


def find_cover(pairing_id: UUID) -> PairingCover | None:
    """Return the stretch that runs in which the expert is away, or None."""
    return PairingCover.objects.filter(pairing_id=pairing_id, ended_at=None).first()


def count_loads(expert_ids: Iterable[object]) -> dict[str, int]:
    """Return how many seats of each of these experts are taken; who has none taken is left out."""
    seated = Pairing.objects.filter(expert_id__in=as_texts(expert_ids), state__in=SEATED)
    counted = seated.values_list("expert_id").annotate(count=Count("id")).order_by()
    return {str(one): count for one, count in counted}


def count_asked(expert_ids: Iterable[object], since: datetime) -> dict[str, int]:
    """Return how often each of these experts was proposed since then; who was not is left out."""
    proposed = Pairing.objects.filter(expert_id__in=as_texts(expert_ids), proposed_at__gte=since)
    counted = proposed.values_list("expert_id").annotate(count=Count("id")).order_by()
    return {str(one): count for one, count in counted}


def list_seated_youths(team_id: object) -> dict[str, int]:
    """Return how many pairings each youth of a team has or is proposed for; who has none is left out."""
    seated = Pairing.objects.filter(team_id=str(team_id), state__in=SEATED)
    counted = seated.values_list("youth_id").annotate(count=Count("id")).order_by()
    return {str(one): count for one, count in counted}


def list_former(youth_ids: Iterable[object]) -> dict[str, FormerPairings]:
    """Return which experts these youths have had, by youth, with one query; who had none is left out."""
    ended = Pairing.objects.filter(youth_id__in=as_texts(youth_ids)).exclude(state__in=SEATED)
    found: dict[str, dict[str, set[str]]] = {}
    for youth, expert, state, left_at in ended.values_list("youth_id", "expert_id", "state", "left_at"):
        kind = "left" if left_at is not None else state
        found.setdefault(str(youth), {}).setdefault(kind, set()).add(str(expert))
    return {
        youth: FormerPairings(*(frozenset(kinds.get(kind, ())) for kind in ("declined", "left", "closed")))
        for youth, kinds in found.items()
    }


def find_predecessor(youth_id: object) -> Pairing | None:
    """Return the pairing that a new one of this youth follows: the newest in rematch, or None."""
    found = Pairing.objects.filter(youth_id=str(youth_id), state="rematch")
    return found.order_by("-left_at", "-id").first()


def list_blocks(person_ids: Iterable[str], with_id: str, *, now: datetime) -> set[str]:
    """Return between whom of these people and somebody there is a block, whoever placed it."""
    with open_pipeline() as pipeline:
        standing = ask_standing(pipeline, [], [with_id], now=now)
    return {one for one in person_ids if standing.is_blocked(one, with_id)}


def _list_visible(person: PersonCard) -> QuerySet[Pairing]:
    if person.role == COORDINATOR:
        return Pairing.objects.filter(team_id=person.team_id)
    standing_in = PairingBackup.objects.filter(person_id=person.id).values("pairing_id")
    own = Q(youth_id=person.id) | Q(expert_id=person.id)
    return Pairing.objects.filter(own | Q(id__in=standing_in, state__in=OPEN))
