"""Make pairs that can talk."""

import json
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandParser
from rest_framework.authtoken.models import Token

from tests.load.baseline.models import Conversation


class Command(BaseCommand):
    """Write the same lines as the product's seed command does."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of pairs and the file."""
        parser.add_argument("--pairs", type=int, required=True)
        parser.add_argument("--json", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the pairs and write one JSON object a line."""
        lines = [json.dumps(make_pair(number)) for number in range(options["pairs"])]
        Path(options["json"]).write_text("\n".join(lines) + "\n")


def make_pair(number: int) -> dict[str, object]:
    """Create a youth, an expert and their conversation."""
    conversation = Conversation.objects.create()
    pair: dict[str, object] = {"conversation": str(conversation.pk)}
    for role in ("youth", "expert"):
        user = User.objects.create(username=f"{role}{number}")
        conversation.members.add(user.pk)
        pair[role] = {"id": str(user.pk), "token": Token.objects.create(user=user).key}
    return pair
