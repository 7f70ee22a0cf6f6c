"""Pairings to begin with, many at once: for benchmarks and tests, never for real people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from server.buddies.models import ExpertProfile, Pairing, PairingSeat, PairingStep, PairingWarmth
from server.buddies.rules.kinds import BRIDGE, BUDDY
from server.buddies.rules.life import SYSTEM
from server.buddies.rules.validity import WARNING_DAYS
from server.buddies.team_settings import get_buddy_settings

_VALID_FOR: Final = timedelta(days=3 * 365)
_CAPACITY: Final = 3


@dataclass(frozen=True, slots=True)
class FoundPair:
    """A youth and an expert who talk already."""

    youth_id: UUID
    expert_id: UUID
    conversation_id: UUID


def found_pairings(*, team_id: UUID, coordinator_id: UUID, pairs: Sequence[FoundPair], now: datetime) -> None:
    """Make active pairings, and the experts' profiles with valid papers: a fixed number of statements.

    Needs an open transaction.
    """
    ends_on, silent_at = (now + _VALID_FOR).date(), now + timedelta(days=get_buddy_settings(team_id).silence_days)
    ExpertProfile.objects.bulk_create(
        ExpertProfile(
            person_id=one.expert_id,
            team_id=team_id,
            version=1,
            capacity=_CAPACITY,
            kinds=[BUDDY, BRIDGE],
            trained_until=ends_on,
            vog_until=ends_on,
            warn_at=now + _VALID_FOR - timedelta(days=max(WARNING_DAYS)),
            changed_at=now,
        )
        for one in pairs
    )
    PairingSeat.objects.bulk_create(
        PairingSeat(person_id=person) for one in pairs for person in (one.youth_id, one.expert_id)
    )
    pairings = Pairing.objects.bulk_create(_draft(team_id, coordinator_id, one, now) for one in pairs)
    PairingStep.objects.bulk_create(
        PairingStep(pairing=one, number=1, verb="activate", to_state=one.state, by=SYSTEM, at=now) for one in pairings
    )
    PairingWarmth.objects.bulk_create(
        PairingWarmth(
            pairing=one,
            conversation_id=one.conversation_id,
            youth_id=one.youth_id,
            heard_at=now,
            due_at=silent_at,
        )
        for one in pairings
    )


def _draft(team_id: UUID, coordinator_id: UUID, pair: FoundPair, now: datetime) -> Pairing:
    said = dict.fromkeys(("youth_yes_at", "expert_yes_at", "youth_on_at", "expert_on_at"), now)
    return Pairing(
        team_id=team_id,
        youth_id=pair.youth_id,
        expert_id=pair.expert_id,
        coordinator_id=coordinator_id,
        conversation_id=pair.conversation_id,
        state="active",
        proposed_at=now,
        introduced_at=now,
        active_at=now,
        **said,
    )
