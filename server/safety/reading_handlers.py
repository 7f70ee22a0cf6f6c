"""What reading does about facts of other rooms. Facts come at least once: each handler is idempotent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.events.facts import EscalationMoved, PersonSuspended
from server.safety.actions.complaints import stop_handling
from server.safety.actions.glass import revoke_readings
from server.safety.actions.joining import leave_ended
from server.safety.states import ACTIVE


def on_person_suspended(facts: Sequence[PersonSuspended], now: datetime) -> None:
    """End what a suspended coordinator reads (the grant itself ended with the suspension), and find somebody else for
    the complaints that they handled."""
    people = sorted({fact.person_id for fact in facts})
    for person_id in people:
        stop_handling(person_id=person_id, now=now)
    for person_id in people:  # last: it writes into the audit, whose lock is the last of all
        revoke_readings(person_id=person_id, now=now)


def on_escalation_moved(facts: Sequence[EscalationMoved], now: datetime) -> None:
    """Take the coordinators out of the conversations of escalations that have ended."""
    for escalation_id in sorted({fact.escalation_id for fact in facts if fact.state not in ACTIVE}):
        leave_ended(escalation_id=escalation_id, now=now)
