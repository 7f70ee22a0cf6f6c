"""The witness itself: a negative control, since a test that a refusal changes nothing is only as good as its eyes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from server.accounts.models import Person, Session
from server.audit.models import AuditStream
from tests.cast import Cast, make_cast
from tests.witness import nothing_changes

CHANGES: dict[str, Callable[[Cast], object]] = {
    "a row that is new": lambda cast: AuditStream.objects.create(id=cast.team.id),
    "a row that is gone": lambda cast: Session.objects.filter(id=cast.ada.session_id).delete(),
    "a value that is another": lambda cast: Person.objects.filter(id=cast.ada.id).update(display_name="Eva"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_it_sees(change: str) -> None:
    cast = make_cast()
    with pytest.raises(AssertionError), nothing_changes():
        CHANGES[change](cast)


@pytest.mark.django_db
def test_an_empty_house_is_no_witness() -> None:
    with pytest.raises(AssertionError, match="an empty house"), nothing_changes():
        pass
