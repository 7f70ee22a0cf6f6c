"""The hottest path's own transaction keeps what Django's promises: all or nothing, and hooks only after the commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from server.accounts.models import Team
from server.foundation.database import open_pipeline, open_transaction
from server.foundation.ids import make_id

NOW = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)
COLUMNS = {"id": "uuid", "name": "text", "slug": "text", "locale": "text", "zone": "text", "created_at": "timestamptz"}


def write_team(slug: str, *, commit: bool) -> None:
    with open_pipeline() as pipeline:
        pipeline.insert("accounts_team", COLUMNS, [(str(make_id()), slug, slug, "nl", "Europe/Amsterdam", NOW)])
        if commit:
            pipeline.commit()


def list_slugs() -> list[str]:
    return sorted(Team.objects.filter(created_at__lt=NOW + timedelta(days=1)).values_list("slug", flat=True))


@pytest.mark.parametrize("commit", [True, False], ids=["with its own commit", "without"])
def test_what_was_written_stays_and_hooks_run_after_the_commit(commit: bool) -> None:
    seen: list[list[str]] = []
    with open_transaction():
        write_team("one", commit=commit)
        transaction.on_commit(lambda: seen.append(list_slugs()))
        assert seen == []
    assert seen == [["one"]]
    assert connection.in_atomic_block is False
    assert connection.get_autocommit() is True


def test_a_failure_leaves_nothing_and_runs_no_hook() -> None:
    seen: list[str] = []
    with pytest.raises(RuntimeError, match="in the middle"):
        with open_transaction():
            write_team("one", commit=False)
            transaction.on_commit(lambda: seen.append("hook"))
            raise RuntimeError("in the middle")
    assert list_slugs() == []
    write_team("two", commit=False)  # the connection works on, in autocommit
    assert list_slugs() == ["two"]
    assert seen == []


def test_a_refused_statement_leaves_nothing_and_hinders_nothing() -> None:
    write_team("one", commit=False)
    with pytest.raises(DatabaseError), open_transaction():
        write_team("two", commit=False)
        write_team("one", commit=True)  # the slug is taken
    assert list_slugs() == ["one"]
    with open_transaction():
        write_team("three", commit=True)
    assert list_slugs() == ["one", "three"]


@pytest.mark.parametrize("outer", [transaction.atomic, open_transaction])
def test_inside_another_transaction_the_outer_one_decides(outer: Callable[[], object]) -> None:
    with pytest.raises(RuntimeError, match="outside"), outer():  # type: ignore[attr-defined]
        if outer is open_transaction:
            write_team("zero", commit=False)
        with open_transaction():
            write_team("one", commit=True)
        assert "one" in list_slugs()
        raise RuntimeError("outside")
    assert list_slugs() == []
