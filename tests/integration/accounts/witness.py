"""Looks at every row before and after, so that a refusal can be seen to have changed nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps

_ROOMS = ("accounts", "audit", "realtime", "events")
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


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
