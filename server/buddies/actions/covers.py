"""Who answers while the expert is away: the first backup of the pairing who is there; it gives back by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from server.accounts.queries import PersonCard, list_cards, list_suspended
from server.accounts.rules.roles import EXPERT
from server.availability.actions.telling import tell
from server.availability.queries import load_schedules
from server.availability.rules.schedule import Schedule
from server.buddies.actions.seats import get_talks, hold_pairing
from server.buddies.events import COVER
from server.buddies.models import Pairing, PairingBackup, PairingCover
from server.buddies.pairings import find_cover, list_backups, list_blocks
from server.buddies.rules.away import PAIRING_REASON, REMATCH_REASON, Away, find_away, find_next_turn
from server.buddies.states import COVERED, GOES_ON, SEATED
from server.foundation.clock import format_instant
from server.foundation.leases import lease_row
from server.ports.talks import TalkCard
from server.realtime.streams import EventDraft


def review_cover(pairing: Pairing, *, now: datetime) -> None:
    """Have whoever should answer a held pairing now do so, and write down when to look again.

    Publishes pairing.cover to the youth, the coordinator, and who takes over or gives back.
    """
    schedules = load_schedules([pairing.expert_id, *list_backups(pairing.id)], now=now)
    away = _find_away(pairing, schedules[str(pairing.expert_id)], now)
    running = find_cover(pairing.id)
    chosen = _choose_backup(pairing, schedules, now) if away else None
    if running is not None and (away is None or _text(running.cover_id) != chosen or running.reason != away.reason):
        _end(pairing, running, back=away is None, now=now)
        running = None
    if away is not None and running is None:
        _begin(pairing, away, chosen, now)
    elif away is not None and running is not None and running.until != away.until:
        PairingCover.objects.filter(id=running.id).update(until=away.until)
        _tell(pairing, chosen, away.until, chosen, now)
    _look_again(pairing, schedules, now)


def end_cover(pairing: Pairing, *, now: datetime) -> None:
    """Have nobody answer instead of the expert of a held pairing any more. Publishes pairing.cover."""
    running = find_cover(pairing.id)
    if running is not None:
        _end(pairing, running, back=True, now=now)
    Pairing.objects.filter(id=pairing.id).update(cover_due_at=None)


def review_due_cover(*, now: datetime) -> bool:
    """Review one pairing whose cover is due; say whether there was one."""
    due = lease_row(Pairing.objects.filter(state__in=COVERED), "cover_due_at", now=now)
    if due is None:
        return False
    with hold_pairing(due, now=now) as pairing:
        review_cover(pairing, now=now)
    return True


def hurry_covers(*, person_ids: Sequence[str], now: datetime) -> None:
    """Look soon at all pairings in which these people are expert or backup: their hours have changed."""
    backed = PairingBackup.objects.filter(person_id__in=person_ids).values("pairing_id")
    due = Pairing.objects.filter(state__in=COVERED)
    due.filter(expert_id__in=person_ids).update(cover_due_at=now)
    due.filter(id__in=backed).update(cover_due_at=now)


def _find_away(pairing: Pairing, schedule: Schedule, now: datetime) -> Away | None:
    """Return since when and why somebody else should answer; in rematch only until a successor has the talk."""
    if pairing.state not in COVERED:
        return None
    if pairing.state == "rematch":
        if Pairing.objects.filter(successor_of=pairing.id, state__in=GOES_ON).exists():
            return None
        return Away(pairing.left_at or now, None, REMATCH_REASON)
    if pairing.state == "paused":
        return Away(now, pairing.resume_due_at, PAIRING_REASON)
    return find_away(schedule, now)


def _choose_backup(pairing: Pairing, schedules: dict[str, Schedule], now: datetime) -> str | None:
    """Return the first backup who is not away themselves; nobody is asked twice, so no loop can arise.

    Whoever is proposed as the successor is no backup meanwhile.
    """
    backups = list_backups(pairing.id)
    cards, suspended = list_cards(backups), list_suspended(backups)
    blocked = list_blocks(backups, str(pairing.youth_id), now=now)
    next_ids = Pairing.objects.filter(successor_of=pairing.id, state__in=SEATED).values_list("expert_id", flat=True)
    barred = suspended | blocked | {str(pairing.expert_id), *map(str, next_ids)}
    return next(
        (
            one
            for one in backups
            if one not in barred and _is_colleague(cards.get(one), pairing) and find_away(schedules[one], now) is None
        ),
        None,
    )


def _is_colleague(card: PersonCard | None, pairing: Pairing) -> bool:
    return card is not None and card.role == EXPERT and card.team_id == str(pairing.team_id)


def _begin(pairing: Pairing, away: Away, chosen: str | None, now: datetime) -> None:
    PairingCover.objects.create(
        pairing=pairing, cover_id=UUID(chosen) if chosen else None, reason=away.reason, since=now, until=away.until
    )
    if chosen and _is_open(pairing):
        get_talks().admit(conversation_id=str(pairing.conversation_id), person_id=chosen, from_start=False, now=now)
    _tell(pairing, chosen, away.until, chosen, now)


def _end(pairing: Pairing, running: PairingCover, *, back: bool, now: datetime) -> None:
    """End a stretch; with `back` the expert answers again, else another stretch follows and is told instead.

    Whoever covered stays in the conversation if it is theirs by now.
    """
    PairingCover.objects.filter(id=running.id, ended_at=None).update(ended_at=now)
    if running.cover_id and pairing.conversation_id and not _is_expert_there(pairing, running.cover_id):
        talk = {"conversation_id": str(pairing.conversation_id), "person_id": str(running.cover_id)}
        get_talks().dismiss(**talk, now=now)
    if back:
        _tell(pairing, None, None, _text(running.cover_id), now, over=True)


def _is_expert_there(pairing: Pairing, person_id: UUID) -> bool:
    """Tell whether somebody is the expert of a pairing that talks in this one's conversation."""
    talking = Pairing.objects.filter(conversation_id=pairing.conversation_id, state__in=GOES_ON)
    return talking.filter(expert_id=person_id).exists()


def _is_open(pairing: Pairing) -> bool:
    talk: TalkCard | None = get_talks().find_talk(str(pairing.conversation_id)) if pairing.conversation_id else None
    return talk is not None and talk.state == "open"


def _tell(
    pairing: Pairing,
    chosen: str | None,
    until: datetime | None,
    concerned: str | None,
    now: datetime,
    *,
    over: bool = False,
) -> None:
    refs: dict[str, Any] = {
        "pairing": str(pairing.id),
        "over": over,
        "cover": chosen,
        "until": format_instant(until) if until else None,
    }
    told = [str(pairing.youth_id), str(pairing.coordinator_id)] + ([concerned] if concerned else [])
    conversation = _text(pairing.conversation_id)
    tell([EventDraft(one, COVER, conversation, None, refs) for one in told], now=now)


def _look_again(pairing: Pairing, schedules: dict[str, Schedule], now: datetime) -> None:
    turns = [find_next_turn(schedule, now) for schedule in schedules.values()]
    ahead = [one for one in (*turns, pairing.resume_due_at) if one is not None and one > now]
    due = min(ahead, default=None) if pairing.state in COVERED else None
    pairing.cover_due_at = due
    Pairing.objects.filter(id=pairing.id).update(cover_due_at=due)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
