"""The last resort of a development machine: a line in the log."""

from __future__ import annotations

from server.foundation.logs import get_logger
from server.safety.channels import Message

log = get_logger(__name__)


class Console:
    """Writes that a message would leave the house."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def send(self, message: Message) -> None:
        """Write a line."""
        log.warning("last_resort", channel=self._channel, reference=message.reference, level=message.level)
