"""Pressing the help button as an app does: over REST, at any door, again and again until an answer comes.

What is asked through a black hole or of a server that stands still may never be answered: after a moment it is asked
once more through the next door, while the first goes on. Presses are merged, so one too many costs nothing. The page's
`help.js` keeps the same times.
"""

import asyncio
from contextlib import suppress
from itertools import cycle
from random import Random

import httpx

from tests.faults import journal as j
from tests.faults.client import Device
from tests.faults.crew import Crew

AGAIN_SECONDS = 0.3
PATIENCE_SECONDS = 1.5


async def call_for_help(crew: Crew, device: Device, random: Random) -> None:
    """Press on this device, at one door after the other, until a press is answered; each answer is journaled."""
    began, doors = asyncio.get_running_loop().time(), random.sample(list(device.doors), len(device.doors))
    waiting: set[asyncio.Task[bool]] = set()
    try:
        for door in cycle(doors):
            waiting.add(asyncio.ensure_future(_press(crew, device, began, door)))
            done, waiting = await asyncio.wait(waiting, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if any(press.result() for press in done):
                return
            await asyncio.sleep(AGAIN_SECONDS if done else 0)
    finally:
        for press in waiting:
            press.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


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
