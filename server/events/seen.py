"""What a listener has dealt with already: a memory of this process, so that the same is not asked of the tables again.

It only saves work. Facts come at least once and to any process: a listener stays idempotent without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from django.db import transaction

Key = TypeVar("Key")


class Seen(Generic[Key]):
    """Keys that were dealt with in transactions that committed; when there are `most`, all are forgotten."""

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._keys: set[Key] = set()

    def list_new(self, keys: Iterable[Key]) -> set[Key]:
        """Return which of these keys are not known yet."""
        return set(keys) - self._keys

    def remember(self, keys: set[Key]) -> None:
        """Know these keys once the open transaction has committed."""
        transaction.on_commit(lambda: self._add(keys))

    def forget(self) -> None:
        """Know nothing (tests)."""
        self._keys.clear()

    def _add(self, keys: set[Key]) -> None:
        if len(self._keys) + len(keys) > self._most:
            self._keys.clear()
        self._keys |= keys
