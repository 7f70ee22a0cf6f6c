"""`python -m server serve`: the ASGI server, and with --embedded the worker loops inside it."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

BACKLOG = 4_096  # Daphne's 50 refused most of a reconnect storm of 1,000


class Command(BaseCommand):
    """Serves until SIGTERM or SIGINT, then drains."""

    help = "Serve HTTP and the socket. SIGTERM drains: bye to every socket, requests in flight finish."

    def add_arguments(self, parser: CommandParser) -> None:
        """--host, --port, --embedded."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--embedded", action="store_true", help="run the worker loops in this process")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the loop, then Daphne on it (the policy must be set before Daphne is imported)."""
        self.check(databases=["default"])
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
        from server.asgi import application
        from server.entry.daphne_server import DrainingServer

        if not settings.REDIS_URL:
            self.stderr.write("no REDIS_URL: the in-memory layer serves this one process only")
        host = options["host"].replace(":", "\\:")
        endpoint = f"tcp:port={options['port']}:interface={host}:backlog={BACKLOG}"
        server = DrainingServer(application, endpoint, lambda: self._start(options))
        server.run()
        if server.failed:
            raise CommandError(f"cannot listen on {options['host']}:{options['port']}")
        sys.stderr.flush()

    def _start(self, options: dict[str, Any]) -> None:
        from server.entry.memory import set_aside_what_stays
        from server.entry.work import start_embedded
        from server.realtime.hub import get_hub

        get_hub().ensure_started()
        if options["embedded"]:
            start_embedded()
        set_aside_what_stays()
        self.stdout.write(f"serving on http://{options['host']}:{options['port']}")
        self.stdout.flush()
