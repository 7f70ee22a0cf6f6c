"""Changing one's own password."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from server.accounts.actions.people import require_good_password
from server.accounts.actions.sessions import end_locked_sessions
from server.accounts.actions.sign_in import is_password_of
from server.accounts.errors import CredentialsInvalid
from server.accounts.models import Person
from server.realtime.streams import lock_streams


def change_password(
    *, actor: Person, session_id: UUID | str, old_password: str, new_password: str, now: datetime
) -> int:
    """Set the actor's password; the other sessions end with it, and their number is returned.

    Locks the actor's stream. Publishes SessionEnded. Raises CredentialsInvalid when `old_password` is not (or
    no longer, under the lock) the password, PasswordRefused when the new one is too weak.
    """
    if not is_password_of(actor, old_password):
        raise CredentialsInvalid()
    require_good_password(new_password, actor)
    renewed = make_password(new_password)
    with transaction.atomic():
        heads = lock_streams([actor.id])
        if not Person.objects.filter(id=actor.id, password=actor.password).update(password=renewed):
            raise CredentialsInvalid()
        return len(end_locked_sessions(heads, actor.id, keep=session_id, reason="revoked", now=now))
