"""Ringing a coordinator's devices at once, past the queue, so that whoever sets push up hears what a backend says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from server.accounts.device_queries import PushDevice, list_device_places, list_push_devices
from server.accounts.queries import find_person_by_email
from server.accounts.rules.roles import ADMIN, COORDINATOR
from server.foundation.ids import make_id
from server.push.backends.choosing import find_backend
from server.push.backends.port import Outcome, Push
from server.push.rules.kinds import KINDS, TEST

_WORTH = timedelta(minutes=5)


class NobodyToTest(Exception):
    """There is nobody whom a test may ring; the message says why."""


def send_test(*, email: str, now: datetime) -> Sequence[tuple[PushDevice, Outcome]]:
    """Ring each device of a coordinator or admin; return what became of each. Nothing is stored.

    Raises NobodyToTest: nobody of that address, somebody of another role (an expert must not be rung outside their
    hours, a youth not at all), or nobody's device.
    """
    person = find_person_by_email(email)
    if person is None or person.role not in (COORDINATOR, ADMIN):
        raise NobodyToTest("no coordinator or admin has this e-mail address")
    places = list_device_places([person.id], now=now)
    if not places:
        raise NobodyToTest("no device of theirs is registered: sign in on it and allow notifications")
    devices = list(list_push_devices([one.id for one in places], now=now).values())
    return [(one, find_backend(one.platform).send([_draft(one, now)])[0]) for one in devices]


def _draft(device: PushDevice, now: datetime) -> Push:
    return Push(
        delivery_id=str(make_id()),
        token=device.token,
        platform=device.platform,
        kind=TEST,
        language=device.language,
        collapse_id=make_id().hex,
        subject=None,
        breaks_silence=False,
        ttl_seconds=int(min(_WORTH, KINDS[TEST].ttl).total_seconds()),
        may_until=now + _WORTH,
    )
