"""A message of `rules.payload` as firebase-admin wants it: as its own objects, which its encoder checks and writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firebase_admin import messaging


def make_message(shape: Mapping[str, Any]) -> messaging.Message:
    """Return firebase-admin's message; what its encoder writes is `shape` again."""
    android, apns = shape.get("android"), shape.get("apns")
    message = messaging.Message(
        data=shape["data"],
        android=_make_android(android) if android else None,
        apns=_make_apns(apns) if apns else None,
    )
    # Set afterwards: the constructor warns that one day an app's installation id will take the place of its token.
    message.token = shape["token"]
    return message


def _make_android(shape: Mapping[str, Any]) -> messaging.AndroidConfig:
    told = shape["notification"]
    notification = messaging.AndroidNotification(
        title_loc_key=told["title_loc_key"],
        body_loc_key=told["body_loc_key"],
        channel_id=told["channel_id"],
        tag=told["tag"],
        priority=told["notification_priority"].removeprefix("PRIORITY_").lower()
        if "notification_priority" in told
        else None,
    )
    return messaging.AndroidConfig(
        collapse_key=shape.get("collapse_key"),
        priority=shape["priority"],
        ttl=int(shape["ttl"].removesuffix("s")),
        notification=notification,
    )


def _make_apns(shape: Mapping[str, Any]) -> messaging.APNSConfig:
    aps = shape["payload"]["aps"]
    sound = aps["sound"]
    made = messaging.Aps(
        alert=messaging.ApsAlert(title_loc_key=aps["alert"]["title-loc-key"], loc_key=aps["alert"]["loc-key"]),
        sound=sound if isinstance(sound, str) else messaging.CriticalSound(sound["name"], True, sound["volume"]),
        thread_id=aps["thread-id"],
        custom_data={"interruption-level": aps["interruption-level"]},
    )
    return messaging.APNSConfig(headers=shape["headers"], payload=messaging.APNSPayload(made))
