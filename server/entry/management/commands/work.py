"""`python -m server work`: the worker loops alone; any number of them side by side."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT."""

    help = "Run the worker loops (the outbox relay and what is due). Any number may run side by side."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the loops."""
        self.check(databases=["default"])
        from server.entry.work import run_worker

        asyncio.run(run_worker())
