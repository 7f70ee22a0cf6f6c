"""Looks at every row of the house before and after, so that a refusal can be seen to have changed nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps

from server.events.facts import Fact, read_fact
from server.events.models import OutboxEvent
from tests.emptying import list_filled

Photograph = dict[str, list[tuple[Any, ...]]]


def photograph() -> Photograph:
    """Return all rows of all tables that hold any, by table."""
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return {
        table: sorted(map(_plain, models[table]._default_manager.values_list()), key=repr) for table in list_filled()
    }


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Assert that every row is as it was."""
    before = photograph()
    assert before, "an empty house shows nothing"
    yield
    assert photograph() == before


def list_facts(kind: type[Fact]) -> list[Fact]:
    """Return the recorded facts of a kind, in order."""
    rows = OutboxEvent.objects.filter(name=kind.fact_name).order_by("id")
    return [read_fact(one.name, one.payload) for one in rows]


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
