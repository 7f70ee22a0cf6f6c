"""`python -m server demo`: a small team to try things with, and a sign-in link for each of its people."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from server.accounts.rules.roles import COORDINATOR
from server.entry.demo_team import open_demo_links
from server.foundation.clock import read_clock


class Command(BaseCommand):
    """Only in dev: the links sign in without any other proof."""

    help = "Create the demo team (once) and print a sign-in link for a youth, an expert and a coordinator."

    def add_arguments(self, parser: CommandParser) -> None:
        """--url, --quiet-links."""
        parser.add_argument("--url", default="http://localhost:8000", help="where the server is reached")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create and print."""
        if settings.APP_ENV != "dev":
            raise CommandError("the demo team is for APP_ENV=dev only")
        self.stdout.write("Sign-in links of the demo team (open them in separate browser windows):")
        for person, token in open_demo_links(now=read_clock()):
            face = "/desk/" if person.role == COORDINATOR else "/"
            self.stdout.write(f"  {person.role:<12}{person.display_name:<8}{options['url']}{face}#token={token}")
