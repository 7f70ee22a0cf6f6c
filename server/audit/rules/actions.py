"""The words of the audit log: every code that an entry may hold. What is not in these tables cannot be recorded.

A new code is a line here and nothing else; a code that was ever recorded is never given another meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ActionKind:
    """What an action is done to (`object_kind`, empty for none), and what it means to whom it is about.

    `look`: the youth finds it under "who looked". `tells`: its `shown_from` says from when on the looks under the
    same authorisation are shown there.
    """

    object_kind: str
    look: bool = False
    tells: bool = False


ACTIONS: Final[Mapping[str, ActionKind]] = {
    "conversation.read": ActionKind("conversation", look=True),
    "conversation.joined": ActionKind("conversation", look=True),
    "conversation.left": ActionKind("conversation"),
    "case.read": ActionKind("case", look=True),
    "case.written": ActionKind("case"),
    "meldcode.read": ActionKind("meldcode", look=True),
    "meldcode.written": ActionKind("meldcode"),
    "signal.read": ActionKind("signal"),
    "complaint.read": ActionKind("complaint"),
    "complaint.shown": ActionKind("complaint"),
    "profile.read": ActionKind("person", look=True),
    "break_glass.opened": ActionKind("break_glass", tells=True),
    "break_glass.telling_moved": ActionKind("break_glass", tells=True),
    "break_glass.refused": ActionKind("conversation"),
    "break_glass.ended": ActionKind("break_glass"),
    "break_glass.reviewed": ActionKind("break_glass"),
    "export.made": ActionKind("export", look=True),
    "export.fetched": ActionKind("export", look=True),
    "person.added": ActionKind("person"),
    "invitation.made": ActionKind("invitation"),
    "invitation.revoked": ActionKind("invitation"),
    "invitation.used": ActionKind("invitation"),
    "person.role_changed": ActionKind("person"),
    "person.suspended": ActionKind("person"),
    "person.suspension_lifted": ActionKind("person"),
    "person.signed_out": ActionKind("person"),
    "person.recovered": ActionKind("person"),
    "factor.added": ActionKind("person"),
    "factor.removed": ActionKind("person"),
    "factor.reset": ActionKind("person"),
    "recovery_codes.made": ActionKind("person"),
    "session.ended": ActionKind("session"),
    "audit.read": ActionKind("audit_stream"),
    "audit.restored": ActionKind("audit_stream"),
}
LOOKS: Final = frozenset(code for code, kind in ACTIONS.items() if kind.look)
TELLING: Final = frozenset(code for code, kind in ACTIONS.items() if kind.tells)

# Who acted: the four roles of people, the server itself, and whoever runs its commands.
ACTOR_ROLES: Final = ("youth", "expert", "coordinator", "admin", "system", "operator")
# Why it was done, and by which ground (AVG articles 6 and 9; docs/audit.md explains each).
PURPOSES: Final[Mapping[str, str]] = {
    "support": "task",
    "safety": "vital_interest",
    "supervision": "task",
    "complaint": "legal_duty",
    "legal_duty": "legal_duty",
    "own_request": "own_request",
    "administration": "task",
    "security": "task",
}
OUTCOMES: Final = ("done", "refused", "failed")
# Which of our processes did it: a web process, a worker's loop, a command of the operator.
PROCESSES: Final = ("web", "worker", "command")
