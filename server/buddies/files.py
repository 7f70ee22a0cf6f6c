"""Opening people's files: profiles of experts, intakes of youths. Ask after the access check; shapes choose what is
shown of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import EXPERT, YOUTH
from server.buddies.keys import BUDDY_KEYS, place_file
from server.buddies.models import ExpertProfile, PersonFile, YouthProfile
from server.buddies.rules.fields import EXPERT_FIELDS, YOUTH_FIELDS, Table
from server.foundation.database import as_texts
from server.foundation.json_codec import decode_stored
from server.foundation.sealing import Dek, SealBroken


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: whose role it is for, under which name it is sealed, its table and its fields."""

    role: str
    namespace: str
    model: type[PersonFile]
    table: Table


EXPERT_FILE: Final = FileKind(EXPERT, "buddies.expert", ExpertProfile, EXPERT_FIELDS)
YOUTH_FILE: Final = FileKind(YOUTH, "buddies.youth", YouthProfile, YOUTH_FIELDS)
FILE_OF_ROLE: Final = {kind.role: kind for kind in (EXPERT_FILE, YOUTH_FILE)}


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A person's file with every field, `row` None when nothing is on record. `repr` leaves out what was sealed."""

    person: PersonCard
    kind: FileKind
    row: PersonFile | None
    values: dict[str, Any] = field(repr=False)

    @property
    def version(self) -> int:
        """The version that was seen, 0 for none."""
        return self.row.version if self.row else 0


def get_file(person: PersonCard) -> OpenFile:
    """Return somebody's file, empty when there is none. Raises SealBroken when it cannot be opened."""
    kind = FILE_OF_ROLE[person.role]
    row = kind.model._default_manager.filter(person_id=person.id).first()
    return OpenFile(person, kind, row, open_row(kind, row) if row else list_empty(kind))


def list_files(kind: FileKind, people: Sequence[PersonCard]) -> dict[str, OpenFile]:
    """Return these people's files by id: one query for the rows, and one for keys that were not used before.

    A file whose key was destroyed counts as none: nothing is on record. Raises SealBroken for any other that does not
    open.
    """
    rows = {
        str(row.person_id): row for row in kind.model._default_manager.filter(person_id__in=[one.id for one in people])
    }
    deks = BUDDY_KEYS.load(row.key_id for row in rows.values() if row.sealed is not None)
    return {one.id: _open_file(one, kind, rows.get(one.id), deks) for one in people}


def open_row(kind: FileKind, row: PersonFile) -> dict[str, Any]:
    """Return every field of a row. Raises SealBroken."""
    return _read_row(kind, row, BUDDY_KEYS.load([row.key_id]) if row.sealed is not None else {})


def list_empty(kind: FileKind) -> dict[str, Any]:
    """Return every field as it is while nothing was told."""
    return {one.name: one.empty for one in kind.table}


def list_filled(person_ids: Iterable[object]) -> set[str]:
    """Return which of these youths have an intake that somebody has filled in."""
    found = YouthProfile.objects.filter(person_id__in=as_texts(person_ids), intake_at__isnull=False)
    return {str(one) for one in found.values_list("person_id", flat=True)}


def _open_file(person: PersonCard, kind: FileKind, row: PersonFile | None, deks: dict[str, Dek]) -> OpenFile:
    erased = row is not None and row.sealed is not None and str(row.key_id) not in deks
    if row is None or erased:
        return OpenFile(person, kind, None, list_empty(kind))
    return OpenFile(person, kind, row, _read_row(kind, row, deks))


def _read_row(kind: FileKind, row: PersonFile, deks: dict[str, Dek]) -> dict[str, Any]:
    told = _unseal(kind, row, deks) if row.sealed is not None else {}
    columns = {one.name: getattr(row, one.name) for one in kind.table if not one.sealed}
    return {one.name: columns[one.name] if one.name in columns else told.get(one.name, one.empty) for one in kind.table}


def _unseal(kind: FileKind, row: PersonFile, deks: dict[str, Dek]) -> dict[str, Any]:
    dek = deks.get(str(row.key_id))
    if dek is None:
        raise SealBroken
    place = place_file(kind.namespace, row.person_id, row.version)
    opened: dict[str, Any] = decode_stored(dek.open(bytes(row.sealed or b""), place.locate(dek)))
    return opened
