"""The help button: pressed by a youth, never refused, merged into one escalation, answered from the database alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from server.accounts.queries import PersonCard
from server.safety.actions.escalations import Raised, raise_signal
from server.safety.file_policies import require_press_help
from server.safety.rules.help_notes import cut_note
from server.safety.rules.levels import EMERGENCY

# Who presses is believed: nobody in distress weighs how bad it is, and a coordinator lowers it in a minute's talk.
LEVEL: Final = EMERGENCY


@dataclass(frozen=True, slots=True)
class PressedHelp:
    """The escalation that a press opened or joined, and what became of its note (`rules.help_notes`)."""

    raised: Raised
    note: str


def press_help(*, actor: PersonCard, note: str | None = None, now: datetime) -> PressedHelp:
    """Call for the actor's team now, at level emergency: 1,000 presses are one escalation with 1,000 signals.

    A note that is too long is cut. Raises Forbidden for who is no youth, nothing else. Publishes and locks as
    `raise_signal`.
    """
    require_press_help(actor)
    kept, fate = cut_note(note)
    raised = raise_signal(
        team_id=actor.team_id, youth_id=actor.id, kind="help", level=LEVEL, by=actor, note=kept, now=now
    )
    return PressedHelp(raised, fate)
