"""Push tokens: a browser's names an address for us to call, so only push services on the list are taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accounts.rules.push_tokens import clean_push_token, is_on_list, read_subscription

HOSTS = ("fcm.googleapis.com", ".push.apple.com")
KEYS = {"p256dh": "B" + "A" * 86, "auth": "A" * 22}
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc:DEF_1-2"


def write(endpoint: Any = ENDPOINT, **different: Any) -> str:
    return json.dumps({"endpoint": endpoint, "expirationTime": None, "keys": KEYS} | different)


def test_a_subscription_is_kept_in_one_form() -> None:
    stored = {clean_push_token(text, "web", HOSTS) for text in (write(), json.dumps(json.loads(write()), indent=2))}

    assert stored == {json.dumps({"endpoint": ENDPOINT, "keys": KEYS}, separators=(",", ":"), sort_keys=True)}
    assert read_subscription(stored.pop() or "", HOSTS) is not None


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/a",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com:8443/a",
        "https://fcm.googleapis.com:443/a",
        "https://user@fcm.googleapis.com/a",
        "https://fcm.googleapis.com@127.0.0.1/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://localhost/a",
        "https://169.254.169.254/latest/meta-data",
        "https://evil.example/a",
        "https://fcm.googleapis.com.evil.example/a",
        "https://evilpush.apple.com/a",
        "https://push.apple.com/a",
        "https://.push.apple.com/a",
        "https://FCM.googleapis.com/a",
        "https://fcm.googleapis.com\\@evil.example/a",
        "https://fcm.googleapis.com/a\r\nHost: evil.example",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/a#b",
        "https://fcm.googleapis.com/é",
        "https://fcm.googleapis.com/" + "a" * 2001,
        "file:///etc/passwd",
        "",
        None,
        7,
        ["https://fcm.googleapis.com/a"],
    ],
)
def test_an_address_elsewhere_is_no_subscription(endpoint: Any) -> None:
    assert read_subscription(write(endpoint), HOSTS) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "push-1",
        "null",
        "[]",
        "[" * 3000,
        write(keys=None),
        write(keys={"p256dh": KEYS["p256dh"]}),
        write(keys=KEYS | {"more": "x"}),
        write(keys=KEYS | {"auth": "A" * 21}),
        write(keys=KEYS | {"auth": 7}),
        write(keys=KEYS | {"p256dh": "B" + "A" * 85 + "!"}),
        write(more="field"),
        write() + " " * 4096,
    ],
)
def test_anything_else_is_no_subscription(text: str) -> None:
    assert read_subscription(text, HOSTS) is None


def test_a_host_below_one_on_the_list() -> None:
    assert is_on_list("web.push.apple.com", HOSTS)
    assert read_subscription(write("https://web.push.apple.com/Q1"), HOSTS) is not None


@pytest.mark.parametrize("token", ["", " ", "a b", "a\n", "é", "\0", "x" * 4097])
def test_a_phones_token_is_printable(token: str) -> None:
    assert clean_push_token(token, "android", HOSTS) is None


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read_subscription(text, HOSTS) is None
