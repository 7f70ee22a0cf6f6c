"""`python -m server seed`: active pairs with sessions, one JSON object a line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from server.entry.seeding import seed_pairs
from server.foundation.clock import read_clock
from server.foundation.json_codec import encode

_MOST_PAIRS = 100_000


class Command(BaseCommand):
    """Writes the tokens only to FILE (mode 0600) or to standard output."""

    help = "Create N active pairs (youth, expert, conversation) and write ids and tokens, one JSON object a line."

    def add_arguments(self, parser: CommandParser) -> None:
        """--pairs N, --coordinators M, --json FILE."""
        parser.add_argument("--pairs", type=int, required=True)
        parser.add_argument("--coordinators", type=int, default=0)
        parser.add_argument("--json", required=True, metavar="FILE", help="'-' is standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed and write."""
        pairs, coordinators = options["pairs"], options["coordinators"]
        if not 0 <= pairs <= _MOST_PAIRS or not 0 <= coordinators <= _MOST_PAIRS:
            raise CommandError(f"between 0 and {_MOST_PAIRS} can be seeded at once")
        lines = [encode(line).decode() + "\n" for line in seed_pairs(pairs, coordinators, now=read_clock())]
        if options["json"] == "-":
            sys.stdout.writelines(lines)
            return
        path = Path(options["json"])
        path.touch(mode=0o600)
        path.write_text("".join(lines), encoding="utf-8")
