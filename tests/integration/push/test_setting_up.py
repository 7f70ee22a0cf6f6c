"""Setting push up: the browsers' key, the command, and a test that rings coordinators alone."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from server.accounts.models import Person
from server.push.backends.choosing import forget_backends
from server.push.backends.vapid import make_vapid_key
from tests.cast import Cast
from tests.integration.accounts.calls import call
from tests.integration.push.desk import give_phone
from tests.witness import nothing_changes


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    """No backend of these settings is kept."""
    forget_backends()
    yield
    forget_backends()


def run(*arguments: str) -> str:
    """Run a verb and return what it printed. Raises CommandError."""
    printed = StringIO()
    call_command("push", *arguments, stdout=printed)
    return printed.getvalue()


def test_a_browser_asks_for_the_key(cast: Cast, tmp_path: Path) -> None:
    public = make_vapid_key(tmp_path / "vapid.pem")
    with override_settings(PUSH_BACKEND=["webpush"], VAPID_KEY_FILE=tmp_path / "vapid.pem"), nothing_changes():
        answer = call("GET", "/push/key", token=cast.ada.token)
        assert (answer.status, answer.body) == (200, {"key": public})
        assert len(base64.urlsafe_b64decode(public + "=")) == 65
        assert call("GET", "/push/key").status == 401
        assert call("GET", "/push/key?more=1", token=cast.ada.token).status == 400


def test_there_is_no_key_where_there_are_no_web_pushes(cast: Cast) -> None:
    with nothing_changes():
        assert call("GET", "/push/key", token=cast.ada.token).code == "http.not_found"
        with override_settings(PUSH_BACKEND=["webpush"], VAPID_KEY_FILE=Path("/nowhere/vapid.pem")):
            assert call("GET", "/push/key", token=cast.ada.token).code == "http.not_found"


def test_the_command_makes_a_key_once(tmp_path: Path) -> None:
    file = tmp_path / "vapid.pem"

    assert str(file) in run("key", str(file))
    with pytest.raises(CommandError, match=r"push\.key_exists"):
        run("key", str(file))
    with override_settings(VAPID_KEY_FILE=None), pytest.raises(CommandError, match=r"push\.no_file"):
        run("key")


def test_the_check_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    assert run("check").splitlines() == ["console: pushes go into the log"]
    (tmp_path / "account.json").write_text("{}")
    with override_settings(PUSH_BACKEND=["fcm"], FCM_CREDENTIALS_FILE=tmp_path / "account.json"):
        with pytest.raises(CommandError, match=r"^push\.no_credentials: [^\n]+$"):
            run("check")
    with override_settings(PUSH_BACKEND=["fcm"], FCM_CREDENTIALS_FILE=None):
        with pytest.raises(CommandError, match=r"^warmlijn\.E032 [^\n]+$"):
            run("check")


def test_a_stand_in_has_no_place_in_production() -> None:
    with override_settings(APP_ENV="prod"), pytest.raises(CommandError, match=r"push\.no_stand_in"):
        run("fake")


def test_a_test_rings_a_coordinators_devices_and_stores_nothing(cast: Cast) -> None:
    device = give_phone(cast.mara)
    with nothing_changes():
        assert run("send-test", find_address(cast.mara.id)).splitlines() == [f"android {device}: sent"]


@pytest.mark.parametrize("who", ["ben", "nobody", "mara without a device"])
def test_nobody_else_is_rung(cast: Cast, who: str) -> None:
    give_phone(cast.ben)
    address = "nobody@team.example" if who == "nobody" else find_address(getattr(cast, who.split()[0]).id)
    with nothing_changes(), pytest.raises(CommandError, match=r"push\.nobody"):
        run("send-test", address)


def find_address(person_id: str) -> str:
    """Return somebody's e-mail address, giving them one if need be."""
    Person.objects.filter(id=person_id, email=None).update(email=f"{person_id}@team.example")
    return str(Person.objects.get(id=person_id).email)
