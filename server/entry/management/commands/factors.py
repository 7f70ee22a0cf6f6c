"""Second factors from the operator's side: for somebody who lost theirs and has no colleague who could reset them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from server.accounts.actions.factors import reset_factors
from server.accounts.queries import find_person_by_email
from server.foundation.clock import read_clock
from server.foundation.errors import WarmlijnError


class Command(BaseCommand):
    """`reset EMAIL` takes all factors and recovery codes and ends all sessions; the password stays. Audited."""

    help = "Take the second factors of somebody who lost them. docs/operations.md says what to ask first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        reset = verbs.add_parser("reset", help="all factors and recovery codes go, all sessions end")
        reset.add_argument("email", metavar="EMAIL")

    def handle(self, *args: Any, verb: str, email: str, **options: Any) -> None:
        """Run the verb. Raises CommandError when nobody has this address, or who has it signs in without a password."""
        person = find_person_by_email(email)
        if person is None:
            raise CommandError("nobody has this e-mail address")
        try:
            ended = reset_factors(person_id=person.id, actor=None, now=read_clock())
        except WarmlijnError as problem:
            raise CommandError(f"{problem.code}: {problem}") from None
        self.stdout.write(f"{person.id}: no second factor any more, {ended} sessions ended; noted in the audit log")
