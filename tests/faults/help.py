"""Pressing the help button: over REST, through any door, again and again until an answer comes."""

import asyncio
from contextlib import suppress
from itertools import cycle
from random import Random

import httpx

from tests.faults import journal as j
from tests.faults.client import Device
from tests.faults.crew import Crew

AGAIN_SECONDS = 0.3


async def call_for_help(crew: Crew, device: Device, random: Random) -> None:
    """Press on this device, at one door after the other, until the server answers; every press is journaled."""
    began, doors = asyncio.get_running_loop().time(), random.sample(list(device.doors), len(device.doors))
    for door in cycle(doors):
        if await _press(crew, device, began, door):
            return
        await asyncio.sleep(AGAIN_SECONDS)


async def _press(crew: Crew, device: Device, began: float, door: int) -> bool:
    started, status, escalation = asyncio.get_running_loop().time(), 0, ""
    with suppress(httpx.HTTPError):
        answer = await device.rest.call("POST", door, device.account, "/help", {})
        status = answer.status
        # An answer that was cut off on the way says nothing: who has not read it presses again.
        escalation = str(answer.body.get("escalation", {}).get("id", "")) if answer.is_success else ""
    told = {"began": began, "started": started, "status": status, "escalation": escalation}
    crew.note(j.HelpPressed, device.name, device.account.id, **told)
    return bool(escalation) or 300 <= status < 500
