"""Fill a database with due pushes, as the server makes them: devices registered, messages accepted, facts handed on.

Reads what `seed` wrote from the file named on the command line; run with the settings of the server that will send.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def main(seats: Path) -> int:
    """Give everybody a phone, let each pair write both ways, hand the facts on; return how many deliveries wait."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.settings")
    import django

    django.setup()
    pairs = [pair for pair in map(json.loads, seats.read_text().splitlines()) if "youth" in pair]
    _register(pairs)
    _talk(pairs)
    return _count()


def _register(pairs: list[dict[str, Any]]) -> None:
    from server.accounts.models import Device, Session
    from server.foundation.clock import read_clock
    from server.foundation.ids import hash_secret

    people = [pair[role]["id"] for pair in pairs for role in ("youth", "expert")]
    devices = [
        Device(
            session_id=session_id,
            person_id=person_id,
            push_token=f"phone-of-{person_id}",
            push_token_hash=hash_secret(f"phone-of-{person_id}"),
            platform="ios" if at % 3 == 0 else "android",
            registered_at=read_clock(),
        )
        for at, (session_id, person_id) in enumerate(
            Session.objects.filter(person_id__in=people).values_list("id", "person_id")
        )
    ]
    Device.objects.bulk_create(devices, batch_size=1000)


def _talk(pairs: list[dict[str, Any]]) -> None:
    from server.chat.actions.accept import MessageDraft, accept_messages
    from server.events.relay import step_relay
    from server.foundation.clock import read_clock
    from server.foundation.ids import make_id
    from server.wiring import LISTENERS

    for role in ("youth", "expert"):
        drafts = [
            MessageDraft(pair[role]["id"], None, pair["conversation"], str(make_id()), "een bericht") for pair in pairs
        ]
        for start in range(0, len(drafts), 100):
            accept_messages(drafts[start : start + 100], now=read_clock())
    while step_relay(read_clock(), LISTENERS):
        pass


def _count() -> int:
    from server.push.models import Delivery

    return Delivery.objects.filter(state="waiting").count()


if __name__ == "__main__":
    print(json.dumps({"waiting": main(Path(sys.argv[1]))}))
