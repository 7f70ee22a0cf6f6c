"""The last resort: a message to the organisation's standing address, by e-mail and by a second channel.

One small interface, `LastResort`; a vendor of text messages would be one more module here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves the house: no name, no text, no person's id. `page_id` tells a message sent twice from two.

    `to` is the team's own standing address, "" for the installation's.
    """

    page_id: str
    reference: str
    level: str
    subject: str
    text: str
    to: str = ""


class LastResort(Protocol):
    """Sends a message or raises; returns when somebody else has taken it on."""

    def send(self, message: Message) -> None:
        """Hand the message on. Raises ChannelFailed, OSError."""


class ChannelFailed(Exception):
    """The channel did not take the message; says what kind of failure it was, never an address or a secret."""


class ChannelMissing(ChannelFailed):
    """The channel is not configured: a last resort that nobody set up."""
