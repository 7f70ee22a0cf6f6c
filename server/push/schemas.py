"""The answers of the push room as JSON schemas."""

from __future__ import annotations

from typing import Any, Final

from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape
from server.push.rules.deciding import DECISIONS
from server.push.rules.kinds import KINDS

_TEXT: Final[dict[str, Any]] = {"type": "string"}
DECISION: Final = shape(
    {
        "at": INSTANT,
        "push": UUID_TEXT | {"description": "the same for all decisions about one push"},
        "kind": {"type": "string", "enum": list(KINDS)},
        "decision": {"type": "string", "enum": list(DECISIONS)},
        "reason": _TEXT,
        "rule_id": _TEXT,
        "until": nullable(INSTANT),
        "count": {"type": "integer", "minimum": 1},
        "text": _TEXT,
    }
)
OWN_PUSHES: Final = shape({"pushes": {"type": "array", "items": DECISION}, "more": {"type": "boolean"}})
