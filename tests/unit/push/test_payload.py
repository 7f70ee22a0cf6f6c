"""Payloads: what leaves is described by a schema without a place for a text, and lives no longer than it may."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from firebase_admin import messaging
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from server.push.backends.fcm_messages import make_message
from server.push.rules.kinds import KINDS
from server.push.rules.payload import (
    CHANNELS,
    EMERGENCY_CHANNEL,
    FCM_SCHEMA,
    WEB_SCHEMA,
    build_data,
    build_fcm_message,
    build_web_headers,
    find_misfit,
    find_ttl,
)
from tests.unit.push.outside import NOW, SUBJECT, find_collapse_id, make_push

pushes = st.builds(
    make_push,
    platform=st.sampled_from(["android", "ios"]),
    kind=st.sampled_from(sorted(KINDS)),
    breaks_silence=st.booleans(),
    subject=st.sampled_from([None, SUBJECT]),
    collapse_id=st.from_regex(r"[0-9A-Za-z_.:=-]{1,64}", fullmatch=True),
    ttl_seconds=st.integers(0, 10**7),
    may_until=st.integers(1, 10**7).map(lambda seconds: NOW + timedelta(seconds=seconds)),
)


def walk(node: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object of a schema."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


@given(pushes)
def test_firebase_admin_writes_what_the_table_says_and_the_schema_has_it(push: Any) -> None:
    message = build_fcm_message(push, now=NOW)

    Draft202012Validator(dict(FCM_SCHEMA)).validate(message)
    Draft202012Validator(dict(WEB_SCHEMA)).validate(build_data(push))
    assert messaging._MessagingService.encode_message(make_message(message)) == message
    assert find_collapse_id(message) == push.collapse_id
    assert find_ttl(push, now=NOW) <= (push.may_until - NOW).total_seconds()
    assert len(json.dumps(message)) < 4096 + len(push.token)


def test_no_object_of_the_schemas_takes_a_field_that_is_not_named_or_a_text_that_is_not_bounded() -> None:
    for schema in (FCM_SCHEMA, WEB_SCHEMA):
        for node in walk(dict(schema)):
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
            if node.get("type") == "string":
                assert "pattern" in node or node.get("maxLength") == 4096  # the token


@pytest.mark.parametrize("smuggled", [{"title": "Ben"}, {"body": "hoi"}, {"text": "hoi"}, {"name": "Ben"}])
def test_the_schema_refuses_a_text(smuggled: dict[str, str]) -> None:
    message = build_fcm_message(make_push(), now=NOW)
    message["android"]["notification"] |= smuggled

    assert not Draft202012Validator(dict(FCM_SCHEMA)).is_valid(message)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_only_what_may_break_the_silence_does(kind: str) -> None:
    for loud in (False, True):
        android = build_fcm_message(make_push(kind=kind, breaks_silence=loud), now=NOW)["android"]
        aps = build_fcm_message(make_push(kind=kind, breaks_silence=loud, platform="ios"), now=NOW)["apns"]["payload"][
            "aps"
        ]
        assert (android["notification"]["channel_id"] == EMERGENCY_CHANNEL) is loud
        assert (aps["interruption-level"] == "critical") is loud
        assert (aps["sound"] == "default") is not loud
        assert android["notification"]["channel_id"] in CHANNELS


def test_firebase_keeps_the_last_of_each_kind_but_every_page() -> None:
    keys = {kind: build_fcm_message(make_push(kind=kind), now=NOW)["android"].get("collapse_key") for kind in KINDS}

    assert {kind for kind, key in keys.items() if key is None} == {one.name for one in KINDS.values() if one.urgent}
    assert len({key for key in keys.values() if key}) <= 4  # Firebase keeps four keys for a phone


def test_a_push_whose_time_is_over_lives_no_second() -> None:
    over = make_push(may_until=NOW - timedelta(hours=1), platform="ios")

    assert build_fcm_message(over, now=NOW)["apns"]["headers"]["apns-expiration"] == "0"
    assert build_web_headers(over, now=NOW)["TTL"] == "0"


@given(st.text(max_size=80))
def test_no_text_passes_as_a_subject_or_as_a_collapse_id(text: str) -> None:
    assert find_misfit(make_push(subject=text)) == "subject"
    if find_misfit(make_push(collapse_id=text)) is None:
        assert " " not in text
        assert text.isascii()
