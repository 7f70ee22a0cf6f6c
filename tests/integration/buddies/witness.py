"""Looks at every row of the rooms before and after, so that a refusal can be seen to have changed nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps

from server.events.facts import Fact, read_fact
from server.events.models import OutboxEvent
from server.realtime.models import UserEvent
from tests.cast import Player

_ROOMS = ("accounts", "availability", "buddies", "chat", "events", "realtime")
Photograph = dict[str, list[tuple[Any, ...]]]


def photograph() -> Photograph:
    """Return all rows of all tables of these rooms."""
    return {
        model._meta.label: sorted(map(_plain, model._default_manager.values_list()), key=repr)
        for room in _ROOMS
        for model in apps.get_app_config(room).get_models()
    }


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Assert that every row is as it was."""
    before = photograph()
    yield
    assert photograph() == before


def list_facts(kind: type[Fact]) -> list[Fact]:
    """Return the recorded facts of a kind, in order."""
    rows = OutboxEvent.objects.filter(name=kind.fact_name).order_by("id")
    return [read_fact(one.name, one.payload) for one in rows]


def list_events(player: Player, kind: str) -> list[dict[str, Any]]:
    """Return what the events of a kind in somebody's log refer to, in order."""
    rows = UserEvent.objects.filter(user_id=player.id, kind=kind).order_by("pos")
    return [one.refs or {} for one in rows]


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
