"""Answers ports.pairings.PairingBook: who is there for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q

from server.buddies.models import Pairing, PairingBackup, PairingCover
from server.buddies.states import GOES_ON
from server.ports.pairings import CurrentPairing, TouchedPairing


class Pairings:
    """The pairings that go on, and who ever had a part in one. Each question is three queries at most."""

    def list_current(self, team_id: str) -> tuple[CurrentPairing, ...]:
        """Return all of a team, by id."""
        return tuple(_show(Pairing.objects.filter(team_id=team_id, state__in=GOES_ON).order_by("id")))

    def list_touching(self, person_ids: Sequence[str]) -> tuple[TouchedPairing, ...]:
        """Return those of any time and state in which one of these people is or was the youth or answered, by id."""
        backed = PairingBackup.objects.filter(person_id__in=person_ids).values("pairing_id")
        covered = PairingCover.objects.filter(cover_id__in=person_ids).values("pairing_id")
        own = Q(youth_id__in=person_ids) | Q(expert_id__in=person_ids)
        found = list(Pairing.objects.filter(own | Q(id__in=backed) | Q(id__in=covered)).order_by("id"))
        answering = _list_answering(found)
        return tuple(
            TouchedPairing(str(one.youth_id), str(one.coordinator_id), frozenset(answering[one.id])) for one in found
        )


def _list_answering(pairings: Sequence[Pairing]) -> dict[UUID, set[str]]:
    """Return the expert, the backups and all who ever covered, by pairing."""
    answering = {one.id: {str(one.expert_id)} for one in pairings}
    backups = PairingBackup.objects.filter(pairing__in=answering).values_list("pairing_id", "person_id")
    covers = PairingCover.objects.filter(pairing__in=answering, cover_id__isnull=False)
    for pairing_id, person_id in (*backups, *covers.values_list("pairing_id", "cover_id")):
        answering[pairing_id].add(str(person_id))
    return answering


def _show(pairings: Iterable[Pairing]) -> list[CurrentPairing]:
    found = list(pairings)
    ids = [one.id for one in found]
    firsts = PairingBackup.objects.filter(pairing__in=ids, position=0).values_list("pairing_id", "person_id")
    covers = PairingCover.objects.filter(pairing__in=ids, ended_at=None).values_list("pairing_id", "cover_id")
    backups, covering = dict(firsts), dict(covers)
    return [
        CurrentPairing(
            id=str(one.id),
            team_id=str(one.team_id),
            state=one.state,
            youth_id=str(one.youth_id),
            expert_id=str(one.expert_id),
            backup_id=_text(backups.get(one.id)),
            cover_id=_text(covering.get(one.id)),
            coordinator_id=str(one.coordinator_id),
            conversation_id=_text(one.conversation_id),
        )
        for one in found
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
