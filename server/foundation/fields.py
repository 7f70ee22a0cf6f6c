"""What a request may hold: a literal table of fields per request, read by the validator, the schemas and the tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from server.foundation.errors import BadRequest

Kind = Literal["text", "integer", "boolean", "uuid", "cursor", "id", "texts", "integers", "objects"]

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", re.ASCII)
_CURSOR = re.compile(r"[0-9A-Za-z_-]{1,32}\.(?:0|[1-9][0-9]{0,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its kind, whether it may be left out or null, and its bounds (code points, or the number itself).

    `rows` is the table of each object of a list; the list holds `high` objects at most.
    """

    kind: Kind
    required: bool = True
    nullable: bool = False
    low: int = 0
    high: int = 64
    rows: Mapping[str, Field] | None = None

    def read(self, name: str, value: Any) -> Any:
        """Return the value in the form that code uses (uuids in lower case). Raises BadRequest naming the field."""
        if value is None and self.nullable:
            return None
        if not self.fits(value):
            raise BadRequest(f"{name}: {self._expected()}")
        if self.rows is not None:
            return [read_fields(self.rows, row) for row in value]
        return value.lower() if self.kind == "uuid" else value

    def fits(self, value: Any) -> bool:
        """Tell whether the value is of the field's kind and within its bounds."""
        match self.kind:
            case "integer":
                return self._is_number(value)
            case "boolean":
                return isinstance(value, bool)
            case "uuid":
                return isinstance(value, str) and _UUID.fullmatch(value) is not None
            case "cursor":
                return isinstance(value, str) and _CURSOR.fullmatch(value) is not None
            case "id":
                return (isinstance(value, str) and 1 <= len(value) <= 64) or (
                    isinstance(value, int) and not isinstance(value, bool)
                )
            case "texts":
                return (
                    isinstance(value, list)
                    and len(value) <= 32
                    and all(isinstance(item, str) and len(item) <= self.high for item in value)
                )
            case "integers":
                return isinstance(value, list) and len(value) <= 32 and all(map(self._is_number, value))
            case "objects":
                return (
                    isinstance(value, list)
                    and len(value) <= self.high
                    and all(isinstance(item, dict) for item in value)
                )
        return isinstance(value, str) and self.low <= len(value) <= self.high

    def _is_number(self, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high

    def _expected(self) -> str:
        match self.kind:
            case "integer":
                return f"a whole number from {self.low} to {self.high} was expected"
            case "text":
                return f"a text of {self.low} to {self.high} characters was expected"
            case "id":
                return "a short text or a whole number was expected"
            case "texts":
                return "a list of short texts was expected"
            case "integers":
                return f"a list of whole numbers from {self.low} to {self.high} was expected"
            case "objects":
                return f"a list of at most {self.high} objects was expected"
        return f"a {self.kind} was expected"


Fields = Mapping[str, Field]


def read_fields(fields: Fields, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values by the table, absent optional ones as None. Raises BadRequest on a missing, an unknown
    or a misfitting field, naming it."""
    for name in given:
        if name not in fields:
            raise BadRequest("unknown field: " + name[:40])
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in given:
            values[name] = field.read(name, given[name])
        elif field.required:
            raise BadRequest(f"{name} is missing")
        else:
            values[name] = None
    return values
