"""What reading does about facts of other rooms. Facts come at least once: each handler is idempotent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.accounts.rules.roles import ADMIN, COORDINATOR
from server.events.facts import EscalationMoved, PersonSuspended, RoleChanged
from server.safety.actions.complaints import stop_handling
from server.safety.actions.glass import lock_readings, revoke_readings
from server.safety.actions.joining import leave_ended, leave_work
from server.safety.states import ACTIVE


def on_person_suspended(facts: Sequence[PersonSuspended], now: datetime) -> None:
    """Take a suspended coordinator off what they did: complaints, what they had in hands and where they were in a
    conversation for it, what they read (the grant itself ended with the suspension)."""
    people = sorted({fact.person_id for fact in facts})
    stop_handling(person_ids=people, now=now)
    lock_readings(person_ids=people)  # first: what follows writes into the audit
    leave_work(person_ids=people, for_good=False, now=now)
    revoke_readings(person_ids=people, now=now)


def on_role_changed(facts: Sequence[RoleChanged], now: datetime) -> None:
    """Take whoever is no coordinator or admin any longer, or another one, off what they did as such: complaints, what
    they had in hands, conversations that they joined, and what they read."""
    people = sorted({fact.person_id for fact in facts if fact.from_role in (COORDINATOR, ADMIN)})
    stop_handling(person_ids=people, now=now)
    lock_readings(person_ids=people)  # first: what follows writes into the audit
    leave_work(person_ids=people, for_good=True, now=now)
    revoke_readings(person_ids=people, now=now)


def on_escalation_moved(facts: Sequence[EscalationMoved], now: datetime) -> None:
    """Take the coordinators out of the conversations of escalations that have ended."""
    leave_ended(escalation_ids={fact.escalation_id for fact in facts if fact.state not in ACTIVE}, now=now)
