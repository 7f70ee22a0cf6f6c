"""Teams and staff from the operator's side: nobody invites the first coordinator."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError, CommandParser

from server.accounts.actions import add_staff, create_team
from server.accounts.rules.roles import PASSWORD_ROLES
from server.foundation.clock import read_clock
from server.foundation.errors import WarmlijnError


class Command(BaseCommand):
    """`team NAME` makes a team and prints its id; `add ROLE EMAIL` makes somebody who signs in by password. Audited."""

    help = "Make a team, and the experts, coordinators and admins in it. Youths come in by invitation."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        team = verbs.add_parser("team", help="make a team; prints its id")
        team.add_argument("name", metavar="NAME")
        team.add_argument("--zone", default="Europe/Amsterdam", help="its clock, by its name in the IANA list")
        add = verbs.add_parser("add", help="make one person; the password is asked for, or is the first line of input")
        add.add_argument("role", choices=PASSWORD_ROLES)
        add.add_argument("email", metavar="EMAIL")
        add.add_argument("--name", required=True, help="what others see")
        add.add_argument("--team", required=True, type=UUID, metavar="ID", help="as `team` printed it")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Run one verb. Raises CommandError with the code of what is wrong."""
        try:
            self.stdout.write(_make_team(options) if verb == "team" else _add(options))
        except WarmlijnError as problem:
            raise CommandError(f"{problem.code}: {problem} {problem.extra or ''}".rstrip()) from None
        except (ZoneInfoNotFoundError, ValueError):
            raise CommandError("--zone: no such zone") from None


def _make_team(options: dict[str, Any]) -> str:
    return str(create_team(name=options["name"], zone=options["zone"], now=read_clock()).id)


def _add(options: dict[str, Any]) -> str:
    password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    made = add_staff(
        team_id=options["team"],
        role=options["role"],
        display_name=options["name"],
        email=options["email"],
        password=password,
        now=read_clock(),
    )
    return str(made.id)
