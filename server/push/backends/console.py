"""The console: each push becomes a line of the log, for a machine without Firebase. It shows what a phone would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from server.foundation.clock import read_clock
from server.foundation.logs import get_logger
from server.push.backends.port import Outcome, Push, Verdict
from server.push.rules.kinds import find_words
from server.push.rules.payload import find_misfit

log = get_logger(__name__)


class ConsoleBackend:
    """Writes ids, the kind and the sentence; never the token."""

    name = "console"

    def __init__(self, *, clock: Callable[[], datetime] = read_clock) -> None:
        self._clock = clock

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Return one outcome for each push, in order."""
        return [self._show(push) for push in pushes]

    def _show(self, push: Push) -> Outcome:
        misfit = find_misfit(push)
        if misfit is not None:
            return Outcome(Verdict.BROKEN, "bad_token" if misfit == "token" else "bad_request")
        if self._clock() >= push.may_until:
            return Outcome(Verdict.LATE, "late")
        log.info(
            "push_shown",
            delivery=push.delivery_id,
            kind=push.kind,
            platform=push.platform,
            subject=push.subject,
            breaks_silence=push.breaks_silence,
            sentence=find_words(push.kind, push.language),
        )
        return Outcome(Verdict.SENT)
