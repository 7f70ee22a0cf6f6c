"""What both files do to a schema: close its objects, name what is shown in several places, say what a field means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from server.accounts.serializers import PERSON_SCHEMA
from server.availability import schemas as hours
from server.chat.schemas import CONVERSATION, HELP_LINE, HOLD, MEMBER, MESSAGE, SENT

# Words that mean the same wherever they stand; a field that is not here says enough by its name and type.
WORDS: Final[dict[str, str]] = {
    "at": "when the server accepted it",
    "body": "the text, 1 to 4,000 code points",
    "c": "the conversation",
    "caps": "what this client can do beyond the contract",
    "checked_on": "when somebody last compared this line with its own website",
    "cursor": "where the device stands in its user's log: epoch.position, to be kept and not to be read",
    "delivered_upto": "the newest message that a device of the member has acknowledged",
    "detail": "for developers; never shown to people",
    "device_id": "chosen once for each installation; a newer socket of the same device replaces the older",
    "dup": "this `m` was stored before, and this is the same answer again",
    "gate": "whether new messages reach the caller now",
    "head": "the newest position of the user's log",
    "heartbeat_s": "send a ping as often as this while in the foreground",
    "last_seq": "the newest message that the caller may see",
    "m": "made once, when the person presses send, and kept through every retry; unique per sender for ever",
    "mid": "the message",
    "next_opening": "when they can be reached again; null while open, and when nobody knows",
    "more": "there is more beyond this",
    "opens_at": "null when nobody knows",
    "pos": "the position in the user's log",
    "re": "the id of the request that this answers",
    "read_upto": "the newest message that the member has read",
    "reply_to": "the message (`mid`) that this one answers",
    "retry": "never: it can only fail again; same: send it again unchanged; after: not before retry_after_ms",
    "retry_after_ms": "wait at least this long",
    "rule_id": "the rule that decided: a window, an exception, a holiday, an absence, a shift, a pause, a cap",
    "seq": "1, 2, 3 … inside the conversation; final when given",
    "ticket": "from POST /api/v1/realtime/tickets; 30 seconds, one use; absent with a bearer header",
    "upto": "a seq; everything up to it, it included",
    "visible_upto": "the newest message that the caller may see",
}
_NAMED: Final[dict[str, dict[str, Any]]] = {
    "Conversation": CONVERSATION,
    "HelpLine": HELP_LINE,
    "Hold": HOLD,
    "Hours": hours.HOURS,
    "HoursException": hours.EXCEPTION,
    "Member": MEMBER,
    "Message": MESSAGE,
    "Person": PERSON_SCHEMA,
    "Reachability": hours.REACHABILITY,
    "Sent": SENT,
    "Shift": hours.SHIFT,
    "ShiftSwap": hours.SWAP,
    "TeamHours": hours.TEAM_HOURS,
    "WeeklyWindow": hours.WEEKLY_WINDOW,
    "Window": hours.WINDOW,
}


def close_objects(node: Any) -> Any:
    """Return the schema with every object of named fields closed to others."""
    if isinstance(node, list):
        return [close_objects(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {key: close_objects(value) for key, value in node.items()}
    if closed.get("type") == "object" and "properties" in closed:
        closed.setdefault("additionalProperties", False)
    return closed


def name_shapes(node: Any, shapes: Mapping[str, Any]) -> Any:
    """Return the schema with a reference wherever one of the named shapes stood."""
    for name, shape in shapes.items():
        if node == shape:
            return refer("schemas", name)
    return name_inside(node, shapes)


def name_inside(node: Any, shapes: Mapping[str, Any]) -> Any:
    """Return the schema itself, with references below it."""
    if isinstance(node, list):
        return [name_shapes(item, shapes) for item in node]
    if isinstance(node, dict):
        return {key: name_shapes(value, shapes) for key, value in node.items()}
    return node


def describe_fields(node: Any, words: Mapping[str, str]) -> Any:
    """Return the schema with a sentence at every field whose name is among the words."""
    if isinstance(node, list):
        return [describe_fields(item, words) for item in node]
    if not isinstance(node, dict):
        return node
    told = {key: describe_fields(value, words) for key, value in node.items()}
    if told.get("type") == "object" and isinstance(told.get("properties"), dict):
        told["properties"] = {name: _describe(name, field, words) for name, field in told["properties"].items()}
    return told


def list_named_shapes() -> dict[str, Any]:
    """Return the shapes that have a name of their own, closed."""
    return {name: close_objects(shape) for name, shape in _NAMED.items()}


def keep_used(shapes: Mapping[str, Any], *users: Any) -> dict[str, Any]:
    """Return the shapes that the users refer to, directly or through another shape."""
    used: dict[str, Any] = {}
    waiting = list(users)
    while waiting:
        for name in _list_references(waiting.pop()):
            if name in shapes and name not in used:
                used[name] = shapes[name]
                waiting.append(shapes[name])
    return {name: shape for name, shape in shapes.items() if name in used}


def refer(group: str, name: str) -> dict[str, str]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{group}/{name}"}


def _describe(name: str, field: Any, words: Mapping[str, str]) -> Any:
    silent = name not in words or "$ref" in field or "description" in field or "const" in field
    return field if silent else field | {"description": words[name]}


def _list_references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _list_references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"].rpartition("/")[2]] if isinstance(node.get("$ref"), str) else []
    return own + [name for value in node.values() for name in _list_references(value)]
