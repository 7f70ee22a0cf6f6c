"""Who may take part in what of a pairing: `can_` returns why not (None: may), `require_` raises."""

from __future__ import annotations

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR, EXPERT, YOUTH
from server.buddies.models import Pairing
from server.buddies.rules.life import VERB_ROLES
from server.foundation.errors import Forbidden

PAIRING_ROLES = (YOUTH, EXPERT, COORDINATOR)


def can_pair(actor: PersonCard) -> str | None:
    """People decide who is paired, and those people are the coordinators."""
    return None if actor.role == COORDINATOR else "role"


def can_take(actor: PersonCard, verb: str) -> str | None:
    """Each verb has its roles."""
    return None if actor.role in VERB_ROLES[verb] else "role"


def can_take_part(actor: PersonCard, pairing: Pairing) -> str | None:
    """A backup sees a pairing; its steps belong to the two and to the coordinators."""
    return None if actor.role == COORDINATOR or is_one_of_two(actor, pairing) else "part"


def is_one_of_two(actor: PersonCard, pairing: Pairing) -> bool:
    """Tell whether somebody is the youth or the expert of a pairing."""
    return actor.id in (str(pairing.youth_id), str(pairing.expert_id))


def require_pair(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor is a coordinator."""
    _require(can_pair(actor))


def require_role(actor: PersonCard, *roles: str) -> None:
    """Raise Forbidden unless the actor has one of these roles."""
    _require(None if actor.role in roles else "role")


def require_take(actor: PersonCard, verb: str) -> None:
    """Raise Forbidden unless the verb is for the actor's role."""
    _require(can_take(actor, verb))


def require_take_part(actor: PersonCard, pairing: Pairing) -> None:
    """Raise Forbidden for a backup."""
    _require(can_take_part(actor, pairing))


def _require(reason: str | None) -> None:
    if reason is not None:
        raise Forbidden(extra={"reason": reason})
