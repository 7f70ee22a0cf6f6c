"""What a push looks like on the wire: keys and ids, never a word that a person wrote or is called by.

`FCM_SCHEMA` and `WEB_SCHEMA` describe everything that may leave the house; no object there takes a field that is not
named. The tests hold every payload that the stand-in of Firebase receives against them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from server.push.backends.port import Push
from server.push.rules.kinds import HIGH, KINDS, TITLE_KEY, Kind

# The one channel that may break do-not-disturb, of the highest importance: an emergency's page, nothing else.
EMERGENCY_CHANNEL: Final = "emergencies"
CHANNELS: Final = (*sorted({kind.channel for kind in KINDS.values()}), EMERGENCY_CHANNEL)
_SUBJECT: Final = r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$"
_COLLAPSE_ID: Final = r"^[0-9A-Za-z_.:=-]{1,64}$"
_MOST_TOKEN: Final = 4096
_MOST_TTL: Final = 28 * 86_400  # seconds; Firebase's longest


def find_misfit(push: Push) -> str | None:
    """Return which field of a push could carry what must not leave or cannot be sent, None when none does."""
    if push.kind not in KINDS:
        return "kind"
    if push.subject is not None and not re.fullmatch(_SUBJECT, push.subject):
        return "subject"
    if not re.fullmatch(_COLLAPSE_ID, push.collapse_id):
        return "collapse_id"
    if not 1 <= len(push.token) <= _MOST_TOKEN or not push.token.isascii():
        return "token"
    return None


def build_fcm_message(push: Push, *, now: datetime) -> dict[str, Any]:
    """Return the `message` of FCM's HTTP v1 for a phone. The push fits (`find_misfit`)."""
    message: dict[str, Any] = {"token": push.token, "data": build_data(push)}
    kind, ttl = KINDS[push.kind], find_ttl(push, now=now)
    if push.platform == "ios":
        return message | {"apns": _build_apns(push, kind, ttl, now)}
    return message | {"android": _build_android(push, kind, ttl)}


def build_data(push: Push) -> dict[str, str]:
    """Return what the app itself reads, and all of a web push's payload: the kind, and which thing to open."""
    return {"kind": push.kind} | ({} if push.subject is None else {"subject": push.subject})


def build_web_headers(push: Push, *, now: datetime) -> dict[str, str]:
    """Return the headers of a web push (RFC 8030): how long, how urgent, and which earlier one it replaces."""
    urgency = "high" if KINDS[push.kind].priority == HIGH else "normal"
    # A topic is at most 32 characters of base64url, so the collapse id goes in as a hash.
    digest = hashlib.sha256(push.collapse_id.encode()).digest()
    topic = base64.urlsafe_b64encode(digest)[:32].decode()
    return {"TTL": str(find_ttl(push, now=now)), "Urgency": urgency, "Topic": topic}


def find_ttl(push: Push, *, now: datetime) -> int:
    """Return for how many seconds the push service may keep it: never beyond `may_until`, so that a phone that
    comes back online does not ring after its owner's hours."""
    left = int((push.may_until - now).total_seconds())
    return max(0, min(push.ttl_seconds, left, _MOST_TTL))


def _build_android(push: Push, kind: Kind, ttl: int) -> dict[str, Any]:
    notification: dict[str, Any] = {
        "title_loc_key": TITLE_KEY,
        "body_loc_key": kind.loc_key,
        "channel_id": EMERGENCY_CHANNEL if push.breaks_silence else kind.channel,
        "tag": push.collapse_id,
    }
    if push.breaks_silence:
        notification["notification_priority"] = "PRIORITY_MAX"
    android = {"priority": kind.priority, "ttl": f"{ttl}s", "notification": notification}
    # The tag makes repeats invisible. The collapse key is for a phone that is offline: Firebase keeps the last push of
    # a key, and of four keys at most. So each kind has one, and what is urgent has none: every page is kept.
    return android if kind.urgent else android | {"collapse_key": push.kind}


def _build_apns(push: Push, kind: Kind, ttl: int, now: datetime) -> dict[str, Any]:
    aps: dict[str, Any] = {
        "alert": {"title-loc-key": TITLE_KEY, "loc-key": kind.loc_key},
        "sound": "default",
        "thread-id": push.kind,
        "interruption-level": "active",
    }
    if push.breaks_silence:
        aps |= {"sound": {"name": "default", "critical": 1, "volume": 1.0}, "interruption-level": "critical"}
    headers = {
        "apns-push-type": "alert",
        "apns-priority": "10" if kind.priority == HIGH else "5",
        "apns-expiration": str(int(now.timestamp()) + ttl if ttl else 0),  # 0: now or never
        "apns-collapse-id": push.collapse_id,
    }
    return {"headers": headers, "payload": {"aps": aps}}


def _closed(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    properties = {**required, **(optional or {})}
    return {"type": "object", "additionalProperties": False, "required": [*required], "properties": properties}


_LOC_KEYS: Final = {"enum": sorted({kind.loc_key for kind in KINDS.values()})}
_TITLE: Final = {"const": TITLE_KEY}
_ID: Final = {"type": "string", "pattern": _COLLAPSE_ID}
_TOKEN: Final = {"type": "string", "minLength": 1, "maxLength": _MOST_TOKEN}

WEB_SCHEMA: Final[Mapping[str, Any]] = _closed(
    {"kind": {"enum": sorted(KINDS)}}, {"subject": {"type": "string", "pattern": _SUBJECT}}
)
_ANDROID_SCHEMA: Final = _closed(
    {
        "priority": {"enum": ["high", "normal"]},
        "ttl": {"type": "string", "pattern": "^[0-9]{1,7}s$"},
        "notification": _closed(
            {"title_loc_key": _TITLE, "body_loc_key": _LOC_KEYS, "channel_id": {"enum": [*CHANNELS]}, "tag": _ID},
            {"notification_priority": {"const": "PRIORITY_MAX"}},
        ),
    },
    {"collapse_key": {"enum": sorted(KINDS)}},
)
_APS_SCHEMA: Final = _closed(
    {
        "alert": _closed({"title-loc-key": _TITLE, "loc-key": _LOC_KEYS}),
        "sound": {
            "oneOf": [
                {"const": "default"},
                _closed({"name": {"const": "default"}, "critical": {"const": 1}, "volume": {"const": 1.0}}),
            ]
        },
        "thread-id": {"enum": sorted(KINDS)},
        "interruption-level": {"enum": ["active", "critical"]},
    }
)
_APNS_SCHEMA: Final = _closed(
    {
        "headers": _closed(
            {
                "apns-push-type": {"const": "alert"},
                "apns-priority": {"enum": ["10", "5"]},
                "apns-expiration": {"type": "string", "pattern": "^[0-9]{1,11}$"},
                "apns-collapse-id": _ID,
            }
        ),
        "payload": _closed({"aps": _APS_SCHEMA}),
    }
)
FCM_SCHEMA: Final[Mapping[str, Any]] = {
    "oneOf": [
        _closed({"token": _TOKEN, "data": WEB_SCHEMA, "android": _ANDROID_SCHEMA}),
        _closed({"token": _TOKEN, "data": WEB_SCHEMA, "apns": _APNS_SCHEMA}),
    ]
}
