"""What the room hands to a backend, and what it hears back. Backends know no table, rule or decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

# `send` returns within this time whatever the other side does, for up to 500 pushes: a lease must last longer. What did
# not get its turn comes again, and is decided anew: a pause that began meanwhile counts. One exchange takes 5 s.
SEND_SECONDS: Final = 8.0


class Verdict(StrEnum):
    """What became of one push; the sender loop does the rest."""

    SENT = "sent"
    GONE = "gone"  # the token is dead: forget it unless it was registered again meanwhile
    RETRY = "retry"  # the other side or the way to it: again after a back-off, or after `retry_after`
    BROKEN = "broken"  # this one can never be sent: park it, it must block nobody
    STOPPED = "stopped"  # the configuration: nothing can be sent; stop the sender, alarm, lose nothing
    UNREACHED = "unreached"  # no backend of this installation reaches its platform: nothing was sent
    LATE = "late"  # `may_until` had passed before it went onto the wire: nothing was sent


@dataclass(frozen=True, slots=True)
class Push:
    """All that ever leaves the house for one device: no text, no name."""

    delivery_id: str
    token: str  # of the push service; for `web` the browser's subscription as JSON
    platform: str  # android | ios | web
    kind: str
    language: str
    collapse_id: str  # at most 64 ASCII characters, opaque: repeats with one id replace each other on the device
    subject: str | None  # id of the page, test page or request that the app opens; never a conversation's text or name
    breaks_silence: bool
    ttl_seconds: int
    may_until: datetime  # not to be sent at or after this instant


@dataclass(frozen=True, slots=True)
class Outcome:
    """One push's verdict, why in a stable word, and the seconds to wait when the other side named them."""

    verdict: Verdict
    cause: str = ""
    retry_after: float | None = None


class PushBackend(Protocol):
    """Sends pushes. Never raises, keeps their order, is bounded in time; call it outside any transaction."""

    name: str

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Return one outcome for each push, in order."""
        ...
