"""`python -m server gate`: turn a member's gate by hand, to try held messages with (dev only)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from server.chat.actions.gates import close_gate, open_gate
from server.foundation.clock import read_clock
from server.foundation.errors import WarmlijnError


class Command(BaseCommand):
    """Only in dev: in production the experts' hours turn the gates."""

    help = "Open or close the gate of one member of one conversation (APP_ENV=dev only)."

    def add_arguments(self, parser: CommandParser) -> None:
        """--conversation, --person, open|close."""
        parser.add_argument("--conversation", type=UUID, required=True)
        parser.add_argument("--person", type=UUID, required=True)
        parser.add_argument("turn", choices=["open", "close"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Turn it."""
        if settings.APP_ENV != "dev":
            raise CommandError("gates are turned by hand in APP_ENV=dev only")
        now = read_clock()
        place = {"conversation_id": options["conversation"], "person_id": options["person"], "now": now}
        try:
            if options["turn"] == "open":
                self.stdout.write(f"opened, {open_gate(**place)} messages released")
            else:
                close_gate(**place, reason="outside_window", opens_at=now + timedelta(hours=8))
                self.stdout.write("closed")
        except WarmlijnError as problem:
            raise CommandError(problem.code) from problem
