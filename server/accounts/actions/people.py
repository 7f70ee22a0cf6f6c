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
from server.accounts.actions.sessions import end_locked_sessions, require_locked_session
from server.accounts.actions.standing import withdraw_invitations
from server.accounts.errors import EmailTaken, LastAdmin, PasswordRefused
from server.accounts.models import Person, Session, Team
from server.accounts.policies import require_change_role
from server.accounts.rules.names import clean_email, clean_name
from server.accounts.rules.roles import ADMIN, require_role
from server.events.facts import RoleChanged
from server.events.outbox import record_facts
from server.foundation.errors import NotFound
from server.realtime.streams import lock_streams, open_streams


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be made. Without a password nobody can sign in as them by password."""

    role: str
    display_name: str
    email: str | None = None
    password: str | None = None


def create_person(
    *,
    team_id: UUID | str,
    role: str,
    display_name: str,
    email: str | None = None,
    password: str | None = None,
    now: datetime,
) -> Person:
    """Make one person, as `create_people` does."""
    new = NewPerson(role, display_name, email, password)
    return create_people(team_id=team_id, people=[new], now=now)[0]


def create_people(*, team_id: UUID | str, people: Sequence[NewPerson], now: datetime) -> list[Person]:
    """Make any number of people and their logs of events, in order; a fixed number of statements per thousand.

    Raises PasswordRefused (Django's validators, the list of common passwords among them), EmailTaken, BadRequest.
    """
    drafts = [_draft(team_id, new, now) for new in people]
    with transaction.atomic():
        _require_free_emails([draft.email for draft in drafts if draft.email is not None])
        _insert(drafts)
    return drafts


def add_staff(*, team_id: UUID | str, role: str, display_name: str, email: str, password: str, now: datetime) -> Person:
    """Make somebody who signs in by password, by the operator's hand: an entry in the audit log says so.

    Locks the team's audit stream. Raises as `create_people`, and NotFound when there is no such team.
    """
    with transaction.atomic():
        person = create_person(
            team_id=team_id, role=role, display_name=display_name, email=email, password=password, now=now
        )
        record_change("person.added", person.id, None, server="operator", now=now)
    return person


def change_role(*, person_id: UUID | str, role: str, actor: Session | None = None, now: datetime) -> int:
    """Give a person another role; returns how many sessions ended by it: each had the old role's lifetimes.
    What they invited into the staff is revoked.

    `actor` is the session over which somebody does it, None when the server does. Nobody changes their own role, so
    of two admins who do it to each other one stays. Locks the streams of both, then the team's audit stream. Publishes
    RoleChanged, SessionEnded. Raises NotFound, Forbidden (`policies.require_change_role`), NotSignedIn, LastAdmin.
    """
    require_role(role)
    with transaction.atomic():
        heads = lock_streams([person_id] if actor is None else [person_id, actor.person_id])
        person = Person.objects.filter(id=person_id).first()
        if actor is not None:
            require_change_role(require_locked_session(actor, now=now), person, role)
        if person is None:
            raise NotFound()
        if person.role == role:
            return 0
        _require_other_admin(person)
        Person.objects.filter(id=person_id).update(role=role)
        ended = end_locked_sessions(heads, person_id, reason="revoked", now=now)
        withdraw_invitations(person_id, now=now)
        record_facts([RoleChanged(str(person.id), str(person.team_id), person.role, role)], now=now)
        by, session_id = (None, None) if actor is None else (actor.person, actor.id)
        record_change("person.role_changed", person_id, by, session_id=session_id, now=now)
        return len(ended)


def require_good_password(password: str, person: Person) -> None:
    """Run Django's validators. Raises PasswordRefused with their codes."""
    try:
        validate_password(password, person)
    except ValidationError as problem:
        raise PasswordRefused([error.code or "invalid" for error in problem.error_list]) from None


def _require_other_admin(person: Person) -> None:
    if person.role == ADMIN:
        others = Person.objects.filter(team_id=person.team_id, role=ADMIN, suspended_at=None).exclude(id=person.id)
        if not others.exists():
            raise LastAdmin()


def _draft(team_id: UUID | str, new: NewPerson, now: datetime) -> Person:
    person = Person(
        team_id=UUID(str(team_id)),
        role=require_role(new.role),
        display_name=clean_name(new.display_name, field="display_name"),
        email=clean_email(new.email) if new.email else None,
        created_at=now,
    )
    if new.password is not None:
        require_good_password(new.password, person)
    person.password = make_password(new.password)
    return person


def _insert(drafts: Sequence[Person]) -> None:
    teams = {team.id: team for team in Team.objects.filter(id__in={draft.team_id for draft in drafts})}
    for draft in drafts:
        if draft.team_id not in teams:
            raise NotFound()
        draft.team = teams[draft.team_id]
        draft.zone, draft.language = draft.team.zone, draft.team.locale
    Person.objects.bulk_create(drafts, batch_size=1000)
    open_streams(draft.id for draft in drafts)


def _require_free_emails(emails: Sequence[str]) -> None:
    # The unique column has the last word; this only gives the usual case its own error.
    if len(set(emails)) < len(emails) or (emails and Person.objects.filter(email__in=emails).exists()):
        raise EmailTaken()
