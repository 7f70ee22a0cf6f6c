"""Small words for JSON schemas, so that a published shape is one screen."""

from __future__ import annotations

from typing import Any, Final

INSTANT: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$",
}
UUID_TEXT: Final[dict[str, Any]] = {"type": "string", "format": "uuid"}


def shape(fields: dict[str, Any], *, optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the schema of an object with exactly these fields."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(fields),
        "properties": fields | (optional or {}),
    }


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema that also takes null."""
    return {"oneOf": [schema, {"type": "null"}]}
