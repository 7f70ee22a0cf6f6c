"""Reading about reading: who is told of it, what a team sees of it, and who looked at a youth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from server.accounts.queries import PersonCard, list_standing
from server.accounts.rules.roles import ADMIN, COORDINATOR
from server.audit.queries import Look, list_looks
from server.availability.queries import list_on_shift
from server.availability.rules.kinds import ON_CALL
from server.foundation.key_store import SealedPlace
from server.safety.keys import SAFETY_KEYS
from server.safety.models import GlassOpening

GLASS_OPENED: Final = "glass.opened"
GLASS_REVIEW_DUE: Final = "glass.review_due"
MOST_OPENINGS: Final = 200


@dataclass(frozen=True, slots=True)
class GlassTexts:
    """The sealed words about an opening, opened; None where there are none."""

    reason: str
    safety_reason: str | None
    review_note: str | None


def place_glass_text(opening_id: UUID | str, name: str) -> SealedPlace:
    """Return where one of the three texts of an opening belongs."""
    return SealedPlace(f"safety.glass.{name}", owner=str(opening_id), row=str(opening_id))


def read_glass_texts(opening: GlassOpening) -> GlassTexts:
    """Return the words about an opening. Call after the access check. Raises SealBroken."""
    reason = SAFETY_KEYS.open_json(opening.key_id, opening.reason, place_glass_text(opening.id, "reason"))
    return GlassTexts(
        reason=str(reason),
        safety_reason=_open(opening, "safety_reason", opening.safety_reason),
        review_note=_open(opening, "review_note", opening.review_note),
    )


def list_witnesses(actor: PersonCard, *, now: datetime) -> list[str]:
    """Return who is told at once that a coordinator breaks the glass, ids ascending; nobody when there is nobody.

    Who is on call now; else the other coordinators; else the team's admins.
    """
    coordinators = {one.id for one in list_standing([COORDINATOR], actor.team_id)} - {actor.id}
    on_call = coordinators.intersection(list_on_shift(actor.team_id, ON_CALL, now))
    admins = {one.id for one in list_standing([ADMIN], actor.team_id)}
    return sorted(on_call or coordinators or admins)


def list_reviewers(team_id: str, *, besides: str) -> list[str]:
    """Return who of a team may review a reading by this person, ids ascending."""
    return sorted({one.id for one in list_standing([COORDINATOR, ADMIN], team_id)} - {besides})


def list_openings(team_id: str, *, running: bool | None, now: datetime) -> list[GlassOpening]:
    """Return a team's readings, the newest first, 200 at most: those that run now, those that do not, or all."""
    found = GlassOpening.objects.filter(team_id=team_id)
    if running is not None:
        live = {"ended_at": None, "until__gt": now}
        found = found.filter(**live) if running else found.exclude(**live)
    return list(found.order_by("-opened_at", "-id")[:MOST_OPENINGS])


@dataclass(frozen=True, slots=True)
class SeenLook:
    """A look as the youth is told of it; `reason_code` is that of the broken glass, empty for every other look."""

    look: Look
    reason_code: str


def list_seen_looks(youth_id: str, *, now: datetime) -> list[SeenLook]:
    """Return who looked at a youth, the newest first, 100 at most; what they are not to be told yet is left out."""
    looks = list_looks(youth_id, now=now)
    openings = list(GlassOpening.objects.filter(youth_id=youth_id))
    return [SeenLook(look, _find_reason(look, openings)) for look in looks]


def _find_reason(look: Look, openings: Sequence[GlassOpening]) -> str:
    by_glass = (
        one.reason_code
        for one in openings
        if look.action == "conversation.read"
        and (str(one.conversation_id), str(one.coordinator_id)) == (look.object_id, look.actor_id)
        and one.opened_at <= look.at < one.until
    )
    return next(by_glass, "")


def _open(opening: GlassOpening, name: str, blob: bytes | memoryview | None) -> str | None:
    return (
        None if blob is None else str(SAFETY_KEYS.open_json(opening.key_id, blob, place_glass_text(opening.id, name)))
    )
