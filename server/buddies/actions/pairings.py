"""Proposing a pairing, and who stands behind the expert. Locks as `seats.hold_pairings`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, get_team_zone
from server.accounts.rules.roles import EXPERT, YOUTH
from server.availability.rules.reading import find_local_date, read_date
from server.buddies.actions.bridges import find_bridge_look
from server.buddies.actions.covers import review_cover
from server.buddies.actions.requests import place_request
from server.buddies.actions.seats import hold_pairings, lock_requests, lock_seats, lock_talks_of
from server.buddies.actions.steps import announce_step, write_step
from server.buddies.fitting import require_backup_fits, require_fit
from server.buddies.models import Pairing, PairingBackup
from server.buddies.models.pairings import KINDS
from server.buddies.pairing_access import access_step, access_team_person
from server.buddies.pairing_errors import (
    EndBeforeStart,
    IllegalTransition,
    KindUnknown,
    Oneself,
    PairingExists,
    RuleUnknown,
    TooManyBackups,
    YouthTaken,
)
from server.buddies.pairing_policies import require_pair
from server.buddies.pairings import find_predecessor
from server.buddies.rules.life import MOST_BACKUPS, WAIVABLE
from server.buddies.states import COVERED, OPEN, SEATED
from server.buddies.team_settings import get_buddy_settings


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a coordinator proposes, as it came over the wire: ids, an ISO date, names of waived rules."""

    youth_id: str
    expert_id: str
    backup_ids: Sequence[str] = ()
    kind: str = "buddy"
    bridge_until: str | None = None
    override: Sequence[str] = field(default=())


def propose_pairing(*, actor: PersonCard, proposal: Proposal, now: datetime) -> Pairing:
    """Propose a youth and an expert to each other; both are asked. A waiting youth is off the list by it.

    A youth in rematch gets a successor. Exact with any number of coordinators at once: both seats are locked before
    anything is counted. Raises Forbidden, NotFound, and of pairing_errors: Oneself, KindUnknown, RuleUnknown,
    TooManyBackups, EndBeforeStart, YouthTaken, PairingExists, NotTakingNew, ExpertFull, TrainingExpired, VogExpired,
    PairBlocked, Conflict, HardRule. Publishes PairingMoved, pairing.changed.
    """
    require_pair(actor)
    ends_on = _read_proposal(actor, proposal, now)
    people = [proposal.youth_id, proposal.expert_id, *proposal.backup_ids]
    with transaction.atomic():
        lock_seats(people)
        lock_requests([proposal.youth_id])
        before = find_predecessor(proposal.youth_id)
        lock_talks_of([before] if before else [], people=[*people, actor.id], now=now)
        return propose_held(actor, proposal, ends_on=ends_on, before=before, now=now)


def propose_held(
    actor: PersonCard, proposal: Proposal, *, ends_on: date | None, before: Pairing | None, now: datetime
) -> Pairing:
    """Propose while the seats of all of them are locked, and their talks. Raises as `propose_pairing`."""
    _require_free(actor.team_id, proposal)
    team = UUID(actor.team_id)
    require_fit(team, proposal.youth_id, proposal.expert_id, proposal.kind, proposal.override, now=now)
    for backup in proposal.backup_ids:
        require_backup_fits(team, proposal.youth_id, backup, proposal.kind, proposal.override, now=now)
    pairing = Pairing.objects.create(
        team_id=team,
        youth_id=UUID(proposal.youth_id),
        expert_id=UUID(proposal.expert_id),
        coordinator_id=UUID(actor.id),
        kind=proposal.kind,
        successor_of=before,
        override=sorted(proposal.override),
        bridge_until=ends_on,
        bridge_due_at=find_bridge_look(ends_on, actor.team_id) if ends_on else None,
        proposed_at=now,
    )
    _write_backups(pairing, proposal.backup_ids)
    place_request(youth_id=proposal.youth_id, now=now)
    announce_step(pairing, write_step(pairing, "propose", "", actor=actor, now=now), now=now)
    return pairing


def set_backups(*, actor: PersonCard, pairing_id: UUID | str, backup_ids: Sequence[str], now: datetime) -> Pairing:
    """Say who takes over when the expert is away, the first who is there; none for an empty list.

    Raises Forbidden, NotFound, IllegalTransition when the pairing is over, Oneself, TooManyBackups, and of the rules
    for experts all but capacity and taking new: a backup takes no seat. Publishes pairing.cover when somebody else
    answers by it.
    """
    require_pair(actor)
    seen = access_step(actor, pairing_id)
    _require_backups(actor, str(seen.expert_id), backup_ids)
    with hold_pairings([seen], people=backup_ids, now=now) as (pairing,):
        if pairing.state not in OPEN:
            raise IllegalTransition(f"a backup is not possible while {pairing.state}")
        for backup in backup_ids:
            require_backup_fits(pairing.team_id, str(pairing.youth_id), backup, pairing.kind, pairing.override, now=now)
        PairingBackup.objects.filter(pairing=pairing).delete()
        _write_backups(pairing, backup_ids)
        if pairing.state in COVERED:
            review_cover(pairing, now=now)
    return pairing


def read_bridge_end(text: str | None, team_id: str, now: datetime) -> date | None:
    """Return the last day of a bridge. Raises DateMalformed, EndBeforeStart."""
    if text is None:
        return None
    ends_on = read_date(text)
    if ends_on < find_local_date(now, get_team_zone(team_id)):
        raise EndBeforeStart()
    return ends_on


def _read_proposal(actor: PersonCard, proposal: Proposal, now: datetime) -> date | None:
    """Check what needs no lock; return the last day of the bridge."""
    if proposal.youth_id == proposal.expert_id:
        raise Oneself()
    access_team_person(actor, proposal.youth_id, YOUTH)
    access_team_person(actor, proposal.expert_id, EXPERT)
    _require_backups(actor, proposal.expert_id, proposal.backup_ids)
    if proposal.kind not in KINDS:
        raise KindUnknown()
    if set(proposal.override) - set(WAIVABLE):
        raise RuleUnknown()
    return read_bridge_end(proposal.bridge_until, actor.team_id, now)


def _require_backups(actor: PersonCard, expert_id: str, backup_ids: Sequence[str]) -> None:
    if expert_id in backup_ids:
        raise Oneself()
    if len(backup_ids) > MOST_BACKUPS or len(set(backup_ids)) != len(backup_ids):
        raise TooManyBackups()
    for backup in backup_ids:
        access_team_person(actor, backup, EXPERT)


def _require_free(team_id: str, proposal: Proposal) -> None:
    """Raise PairingExists, YouthTaken. The caller has locked the youth's seat."""
    seated = Pairing.objects.filter(youth_id=proposal.youth_id, state__in=SEATED)
    if seated.filter(expert_id=proposal.expert_id).exists():
        raise PairingExists()
    if seated.count() >= get_buddy_settings(team_id).pairings_per_youth:
        raise YouthTaken()


def _write_backups(pairing: Pairing, backup_ids: Sequence[str]) -> None:
    PairingBackup.objects.bulk_create(
        PairingBackup(pairing=pairing, person_id=UUID(one), position=at) for at, one in enumerate(backup_ids)
    )
