"""One entry: who did what to whom, with which right (the fields of NEN 7513). Ids and codes, never text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from server.audit.rules.actions import ACTIONS, ACTOR_ROLES, OUTCOMES, PROCESSES, PURPOSES

Id = UUID | str
_IDS: Final = ("stream_id", "actor_id", "acting_for_id", "subject_id", "object_id", "session_id", "authorisation_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be recorded. Raises ValueError when made with an id that is none or a code of no table.

    `stream_id` is the team whose log it belongs to. `actor_id` is None when the server itself acts (`system`) or
    whoever runs its commands (`operator`); `acting_for_id` is who they stood in for. `subject_id` is the person it is
    about. The kind of `object_id` follows from the action. `authorisation_id` is the special right that was used, such
    as a break-glass. Until `shown_from` the subject is not shown it; None shows it at once.
    """

    stream_id: Id
    action: str
    actor_id: Id | None
    actor_role: str
    purpose: str
    acting_for_id: Id | None = None
    subject_id: Id | None = None
    object_id: Id | None = None
    session_id: Id | None = None
    process: str = "web"
    emergency: bool = False
    outcome: str = "done"
    authorisation_id: Id | None = None
    shown_from: datetime | None = None

    def __post_init__(self) -> None:
        for name in _IDS:
            _require_id(name, getattr(self, name))
        _require_code("action", self.action, ACTIONS)
        _require_code("actor_role", self.actor_role, ACTOR_ROLES)
        _require_code("purpose", self.purpose, PURPOSES)
        _require_code("process", self.process, PROCESSES)
        _require_code("outcome", self.outcome, OUTCOMES)
        if type(self.emergency) is not bool:
            raise ValueError("emergency is yes or no")
        if self.shown_from is not None and self.shown_from.tzinfo is None:
            raise ValueError("shown_from needs a zone")
        if (self.actor_id is None) != (self.actor_role in ("system", "operator")):
            raise ValueError("a person acts by id and with a role of people")

    @property
    def object_kind(self) -> str:
        """Return what `object_id` is an id of."""
        return ACTIONS[self.action].object_kind


def _require_id(name: str, value: object) -> None:
    """Refuse what is no id without repeating it: it may be a text that was put into the wrong place."""
    if value is None and name != "stream_id":
        return
    try:
        UUID(str(value))
    except ValueError:
        raise ValueError(f"{name} is not an id") from None


def _require_code(name: str, value: object, table: object) -> None:
    if not isinstance(value, str) or value not in table:  # type: ignore[operator]
        raise ValueError(f"{name} is not a code of its table")
