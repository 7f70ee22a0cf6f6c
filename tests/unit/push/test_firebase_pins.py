"""What this house leans on inside firebase-admin, and nobody promised: a new version that moves it fails here."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import firebase_admin
import pytest
from firebase_admin import credentials, messaging
from google.auth.exceptions import TransportError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2 import service_account

from server.push.backends.choosing import GOOGLE
from server.push.backends.fcm import _Account
from tests.unit.push.outside import Outside


def test_the_private_parts_of_the_messaging_service(outside: Outside) -> None:
    app = firebase_admin.initialize_app(credentials.Certificate(str(outside.credentials)), name="pins")
    try:
        service = messaging._get_messaging_service(app)
        assert f"{GOOGLE}/v1/projects/{{0}}/messages:send" == messaging._MessagingService.FCM_URL
        assert service._fcm_url == f"{GOOGLE}/v1/projects/{app.project_id}/messages:send"
        assert isinstance(service._client.session, AuthorizedSession)
        assert service._client.session._max_refresh_attempts == 2
    finally:
        firebase_admin.delete_app(app)


@pytest.mark.parametrize(("kind", "asked"), [(service_account.Credentials, 1), (_Account, 0)])
def test_signing_in_asks_nobody_for_an_accounts_regions(
    outside: Outside, kind: type[service_account.Credentials], asked: int
) -> None:
    calls: list[str] = []
    account = kind.from_service_account_file(str(outside.credentials), scopes=["any"])  # type: ignore[no-untyped-call]
    account.token = "made up"
    account._set_blocking_regional_access_boundary_lookup()  # in this thread, that is

    def request(url: str, **_: object) -> NoReturn:
        calls.append(url)
        raise TransportError("nobody there")  # type: ignore[no-untyped-call]

    account.before_request(request, "POST", GOOGLE, {})
    assert len(calls) == asked


def test_nothing_but_the_doors_knows_firebase_admin() -> None:
    server = Path(__file__).resolve().parents[3] / "server"
    knowing = {str(one.relative_to(server)) for one in server.rglob("*.py") if "firebase_admin" in one.read_text()}

    assert knowing == {f"push/backends/{name}.py" for name in ("fcm", "fcm_errors", "fcm_messages")}
