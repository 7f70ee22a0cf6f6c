"""Django's command would write somebody without team, role and audit, and cannot: this one says what to do."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Refuses: nobody here may do everything."""

    help = "There are no superusers: `people team` and `people add admin` make the first team and its admin."

    def run_from_argv(self, argv: list[str]) -> None:
        """Refuse whatever else was typed. Exits with 1."""
        super().run_from_argv(argv[:2])

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError."""
        raise CommandError("there are no superusers here: make a team with `people team`, then `people add admin`")
