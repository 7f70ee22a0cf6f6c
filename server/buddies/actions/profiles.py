"""Telling of oneself, and what coordinators add: profiles of experts, intakes of youths.

A field that is not named keeps its value, null empties it: nobody loses what another has told by leaving it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, get_team_zone
from server.availability.rules.reading import find_local_date
from server.buddies.errors import ProfileChanged
from server.buddies.files import FILE_OF_ROLE, FileKind, OpenFile, open_row
from server.buddies.keys import BUDDY_KEYS, place_file
from server.buddies.models import ExpertProfile, PersonFile, YouthProfile
from server.buddies.profile_access import access_file_owner
from server.buddies.profile_policies import require_have_intake, require_have_profile
from server.buddies.rules.fields import COORDINATOR, SELF, Reader, list_writable
from server.buddies.rules.intake import Known, read_fields_told, require_whole
from server.buddies.team_settings import get_buddy_settings
from server.buddies.words import list_themes

Told = Mapping[str, Any]
_WARNED_OF = ("trained_until", "vog_until")


def set_own_profile(*, actor: PersonCard, told: Told, seen_version: int | None, now: datetime) -> OpenFile:
    """Have an expert tell of themselves; return their file.

    With `seen_version` only on top of the version that the caller has seen. Raises Forbidden, ProfileChanged, and what
    `read_fields_told` and `require_whole` raise. Locks the file's row.
    """
    require_have_profile(actor)
    return _tell(actor, actor, SELF, told, seen_version, now)


def fill_in_intake(*, actor: PersonCard, told: Told, seen_version: int | None, now: datetime) -> OpenFile:
    """Have a youth answer what they like to answer; return their file. Raises and locks as `set_own_profile`."""
    require_have_intake(actor)
    return _tell(actor, actor, SELF, told, seen_version, now)


def set_buddy_profile(
    *, actor: PersonCard, person_id: UUID | str, told: Told, seen_version: int | None, now: datetime
) -> OpenFile:
    """Have a coordinator write in the file of an expert or a youth of their team; return it.

    Training, certificate, capacity and a bridge's end are theirs alone. Raises NotFound as well, and as
    `set_own_profile`. Locks the file's row.
    """
    person = access_file_owner(actor, person_id)
    return _tell(actor, person, COORDINATOR, told, seen_version, now)


def _tell(
    actor: PersonCard, person: PersonCard, writer: Reader, told: Told, seen_version: int | None, now: datetime
) -> OpenFile:
    kind = FILE_OF_ROLE[person.role]
    known = _find_known(person.team_id, now)
    read = read_fields_told(tuple(list_writable(kind.table, writer)), told, known)
    with transaction.atomic():
        row = _lock_row(kind, person, now)
        if seen_version is not None and seen_version != row.version:
            raise ProfileChanged()
        values = open_row(kind, row) | read
        require_whole(values, known, read)
        _write(kind, row, values, read, actor, now)
    return OpenFile(person, kind, row, values)


def _find_known(team_id: str, now: datetime) -> Known:
    codes = {theme.code for theme in list_themes(get_buddy_settings(team_id))}
    return Known(codes, find_local_date(now, get_team_zone(team_id)))


def _lock_row(kind: FileKind, person: PersonCard, now: datetime) -> PersonFile:
    """Return the row locked, made where it was missing. A row that is not saved after that is not made."""
    rows = kind.model._default_manager.select_for_update(no_key=True)
    found = rows.filter(person_id=person.id).first()
    if found is not None:
        return found
    empty = {one.name: one.empty for one in kind.table if not one.sealed}
    draft = kind.model(person_id=UUID(person.id), team_id=UUID(person.team_id), changed_at=now, **empty)
    kind.model._default_manager.bulk_create([draft], ignore_conflicts=True)
    return rows.get(person_id=person.id)


def _write(kind: FileKind, row: PersonFile, values: Told, read: Told, actor: PersonCard, now: datetime) -> None:
    for one in kind.table:
        if not one.sealed:
            setattr(row, one.name, values[one.name])
    row.version, row.changed_at, row.changed_by = row.version + 1, now, UUID(actor.id)
    sealed = {one.name: values[one.name] for one in kind.table if one.sealed}
    if row.sealed is not None or any(sealed[one.name] != one.empty for one in kind.table if one.sealed):
        row.key = row.key or BUDDY_KEYS.make(now=now)[0]
        place = place_file(kind.namespace, row.person_id, row.version)
        row.sealed = BUDDY_KEYS.seal_json(row.key.id, sealed, place)
    _mark(row, read, now)
    row.save()


def _mark(row: PersonFile, read: Told, now: datetime) -> None:
    if isinstance(row, YouthProfile) and row.intake_at is None and row.sealed is not None:
        row.intake_at = now
    if isinstance(row, ExpertProfile) and any(name in read for name in _WARNED_OF):
        row.warn_at = now
