"""`python -m server streams renew-epoch`: after a restore, so that every device starts from a snapshot."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from server.realtime.actions.epochs import renew_epochs


class Command(BaseCommand):
    """A restore takes positions back; a cursor from before it must not be resumed."""

    help = "Give every log a new epoch: run it after restoring a backup, before the servers start."

    def add_arguments(self, parser: CommandParser) -> None:
        """renew-epoch."""
        parser.add_argument("what", choices=["renew-epoch"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Renew."""
        self.stdout.write(f"{renew_epochs()} logs have a new epoch")
