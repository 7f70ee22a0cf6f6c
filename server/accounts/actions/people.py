"""Making people, and changing what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from server.accounts.actions.changes import record_change
from server.accounts.actions.sessions import end_locked_sessions
from server.accounts.errors import EmailTaken, PasswordRefused
from server.accounts.models import Person, Team
from server.accounts.rules.names import clean_email, clean_name
from server.accounts.rules.roles import require_role
from server.foundation.errors import NotFound
from server.realtime.streams import lock_streams, open_streams


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be made by `create_people`: no e-mail address, no password."""

    role: str
    display_name: str


def create_person(
    *,
    team_id: UUID | str,
    role: str,
    display_name: str,
    email: str | None = None,
    password: str | None = None,
    now: datetime,
) -> Person:
    """Make a person and their log of events. Without a password nobody can sign in as them by password.

    Raises PasswordRefused (Django's validators, the list of common passwords among them), EmailTaken,
    BadRequest.
    """
    person = _draft(team_id, NewPerson(role, display_name), now)
    person.email = clean_email(email) if email else None
    if password is not None:
        require_good_password(password, person)
        person.password = make_password(password)
    with transaction.atomic():
        _require_free_email(person.email)
        _insert([person])
    return person


def create_people(*, team_id: UUID | str, people: Sequence[NewPerson], now: datetime) -> list[Person]:
    """Make any number of people with a fixed number of statements per thousand, in the order given."""
    drafts = [_draft(team_id, new, now) for new in people]
    with transaction.atomic():
        _insert(drafts)
    return drafts


def change_role(*, person_id: UUID | str, role: str, actor: Person | None = None, now: datetime) -> int:
    """Give a person another role; returns how many sessions ended by it: each had the old role's lifetimes.

    `actor` is None when the server does it. Locks the person's stream, then the team's audit stream. Publishes
    SessionEnded. Raises NotFound.
    """
    with transaction.atomic():
        heads = lock_streams([person_id])
        if not Person.objects.filter(id=person_id).exclude(role=role).update(role=require_role(role)):
            if str(person_id) not in heads:
                raise NotFound()
            return 0
        ended = end_locked_sessions(heads, person_id, reason="revoked", now=now)
        record_change("person.role_changed", person_id, actor, now=now)
        return len(ended)


def require_good_password(password: str, person: Person) -> None:
    """Run Django's validators. Raises PasswordRefused with their codes."""
    try:
        validate_password(password, person)
    except ValidationError as problem:
        raise PasswordRefused([error.code or "invalid" for error in problem.error_list]) from None


def _draft(team_id: UUID | str, new: NewPerson, now: datetime) -> Person:
    return Person(
        team_id=UUID(str(team_id)),
        role=require_role(new.role),
        display_name=clean_name(new.display_name, field="display_name"),
        password=make_password(None),
        created_at=now,
    )


def _insert(drafts: Sequence[Person]) -> None:
    teams = {team.id: team for team in Team.objects.filter(id__in={draft.team_id for draft in drafts})}
    for draft in drafts:
        if draft.team_id not in teams:
            raise NotFound()
        draft.team = teams[draft.team_id]
        draft.zone, draft.language = draft.team.zone, draft.team.locale
    Person.objects.bulk_create(drafts, batch_size=1000)
    open_streams(draft.id for draft in drafts)


def _require_free_email(email: str | None) -> None:
    # The unique column has the last word; this only gives the usual case its own error.
    if email is not None and Person.objects.filter(email=email).exists():
        raise EmailTaken()
