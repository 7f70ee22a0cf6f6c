"""`python -m server protocol`: write the published contract from the code, or say where it is stale."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from server.entry.protocol.files import compare_documents, find_directory, write_documents
from server.entry.protocol.openapi import ProtocolIncomplete


class Command(BaseCommand):
    """Reads code only: neither the database nor the key ring."""

    help = "Write docs/protocol/openapi.yaml and asyncapi.yaml; --check only compares, and fails when one is stale."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--check."""
        parser.add_argument("--check", action="store_true", help="write nothing, exit with 1 when a file is stale")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write or compare. Raises CommandError with the beginning of each difference."""
        try:
            self._compare() if check else self._write()
        except ProtocolIncomplete as problem:
            raise CommandError(str(problem)) from problem

    def _write(self) -> None:
        changed = write_documents(find_directory())
        self.stdout.write("\n".join(f"{name}: written" for name in changed) or "nothing has changed")

    def _compare(self) -> None:
        differences = compare_documents(find_directory())
        if differences:
            raise CommandError("\n".join([*differences, "run: python -m server protocol"]))
