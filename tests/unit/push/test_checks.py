"""What no process starts with, and which backend reaches which platform."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from server.push.backends.choosing import GOOGLE, NoBackend, find_backend, forget_backends
from server.push.backends.port import Outcome, Verdict
from server.push.backends.vapid import make_vapid_key
from server.push.checks import check_push
from tests.unit.push.outside import make_push


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Any]:
    """Settings in order for everything."""
    (tmp_path / "account.json").write_text("{}")
    make_vapid_key(tmp_path / "vapid.pem")
    return {
        "PUSH_BACKEND": ["fcm", "webpush"],
        "FCM_CREDENTIALS_FILE": tmp_path / "account.json",
        "VAPID_KEY_FILE": tmp_path / "vapid.pem",
        "VAPID_SUBJECT": "mailto:beheer@example.org",
    }


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    """No backend of these settings is kept."""
    forget_backends()
    yield
    forget_backends()


def list_findings(**settings: Any) -> set[str | None]:
    """Return the ids of what is found."""
    with override_settings(**settings):
        return {message.id for message in check_push(None)}


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_a_configuration_in_order_is_let_through(files: dict[str, Any], environment: str) -> None:
    assert list_findings(**files, APP_ENV=environment) == set()


@pytest.mark.parametrize("environment", ["dev", "prod"])
@pytest.mark.parametrize(
    ("wrong", "id_"),
    [
        ({"PUSH_BACKEND": []}, "warmlijn.E031"),
        ({"PUSH_BACKEND": ["fcm", "apns"]}, "warmlijn.E031"),
        ({"FCM_CREDENTIALS_FILE": None}, "warmlijn.E032"),
        ({"FCM_CREDENTIALS_FILE": Path("/nowhere/account.json")}, "warmlijn.E032"),
        ({"FCM_BASE_URL": "https://fcm.example.org"}, "warmlijn.E033"),
        ({"FCM_BASE_URL": "http://10.0.0.1:80"}, "warmlijn.E033"),
        ({"FCM_BASE_URL": "https://fcm.googleapis.com@evil.example"}, "warmlijn.E033"),
        ({"VAPID_SUBJECT": ""}, "warmlijn.E034"),
        ({"VAPID_SUBJECT": "beheer@example.org"}, "warmlijn.E034"),
        ({"WEBPUSH_HOSTS": []}, "warmlijn.E035"),
        ({"WEBPUSH_HOSTS": ["https://fcm.googleapis.com"]}, "warmlijn.E035"),
        ({"WEBPUSH_HOSTS": ["localhost"]}, "warmlijn.E035"),
        ({"VAPID_KEY_FILE": None}, "warmlijn.E036"),
    ],
)
def test_what_is_wrong_is_refused_by_its_id(
    files: dict[str, Any], environment: str, wrong: dict[str, Any], id_: str
) -> None:
    assert list_findings(**files | wrong, APP_ENV=environment) == {id_}


def test_a_stand_in_on_this_machine_is_for_dev_alone(files: dict[str, Any]) -> None:
    near = files | {"FCM_BASE_URL": "http://127.0.0.1:8099"}

    assert list_findings(**near, APP_ENV="dev") == set()
    assert list_findings(**near, APP_ENV="prod") == {"warmlijn.E033"}
    assert list_findings(**files, FCM_BASE_URL=GOOGLE, APP_ENV="prod") == set()


def test_a_key_that_others_can_read_is_refused(files: dict[str, Any]) -> None:
    files["VAPID_KEY_FILE"].chmod(0o640)

    assert list_findings(**files) == {"warmlijn.E036"}
    files["VAPID_KEY_FILE"].chmod(stat.S_IRUSR)
    assert list_findings(**files) == set()


def test_a_production_in_which_no_phone_rings_is_warned_of() -> None:
    assert list_findings(PUSH_BACKEND=["console"], APP_ENV="prod") == {"warmlijn.W031"}
    assert list_findings(PUSH_BACKEND=["console"], APP_ENV="dev") == set()


@pytest.mark.parametrize(
    ("listed", "reached"),
    [
        (["console"], {"android": "console", "ios": "console", "web": "console"}),
        (["fcm"], {"android": "fcm", "ios": "fcm", "web": "none"}),
        (["fcm", "webpush"], {"android": "fcm", "ios": "fcm", "web": "webpush"}),
        (["webpush", "console"], {"android": "console", "ios": "console", "web": "webpush"}),
    ],
)
def test_the_first_backend_that_reaches_a_platform_has_it(
    files: dict[str, Any], listed: list[str], reached: dict[str, str]
) -> None:
    with override_settings(**files | {"PUSH_BACKEND": listed}):
        assert {platform: find_backend(platform).name for platform in reached} == reached
        assert find_backend("ios") is find_backend("ios")


def test_what_nobody_reaches_is_said_to_be_so() -> None:
    assert NoBackend().send([make_push()]) == [Outcome(Verdict.UNREACHED, "no_backend")]


def test_the_console_shows_the_sentence_and_never_the_token(caplog: pytest.LogCaptureFixture) -> None:
    with override_settings(PUSH_BACKEND=["console"]):
        backend = find_backend("android")
    late, odd = make_push(may_until=make_push().may_until.replace(year=2020)), make_push(subject="hoi Ada")
    fresh = make_push("secret-token", may_until=make_push().may_until.replace(year=2100))

    with caplog.at_level(logging.INFO):
        outcomes = backend.send([fresh, late, odd])
    assert [one.verdict for one in outcomes] == [Verdict.SENT, Verdict.LATE, Verdict.BROKEN]
    shown = "".join(record.getMessage() for record in caplog.records)
    assert shown.count("push_shown") == 1
    assert "Er is een bericht voor je." in shown
    assert "secret-token" not in shown
