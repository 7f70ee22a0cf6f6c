"""A password hasher that counts its work, so that equal work is asserted without looking at a clock."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    """Counts every computed hash."""

    algorithm = "counted"
    computed: ClassVar[int] = 0

    def encode(self, password: str, salt: str) -> str:
        """Compute a hash. Verifying one comes through here as well."""
        CountingHasher.computed += 1
        return super().encode(password, salt)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)


class OutdatedHasher(MD5PasswordHasher):
    """Stands for last year's parameters."""

    algorithm = "outdated"
