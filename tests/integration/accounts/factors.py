"""Second factors as a client sets them up and uses them, over REST."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pyotp import TOTP

from server.accounts.models import Session
from tests.integration.accounts.authenticator import Authenticator
from tests.integration.accounts.calls import Answer, call
from tests.integration.accounts.cast import PASSWORD, Player, make_email


def sign_in(name: str, password: str = PASSWORD, **more: Any) -> Answer:
    """Sign in as somebody of the cast."""
    return call("POST", "/sessions", body={"email": make_email(name), "password": password, "device_name": "x", **more})


def enrol_totp(player: Player) -> tuple[TOTP, list[str]]:
    """Set up an authenticator app; return it, and the recovery codes."""
    begun = call("POST", "/me/factors/totp", token=player.token)
    assert begun.status == 201, begun.body
    app = TOTP(begun.body["secret"])
    added = call("POST", "/me/factors/totp/confirm", token=player.token, body={"otp": app.now()})
    assert added.status == 201, added.body
    return app, added.body["recovery_codes"] or []


def type_code(app: TOTP, now: datetime, steps: int = 0) -> str:
    """Return the code of the half minute now, or of one so many steps away."""
    return app.at(now, counter_offset=steps)


def enrol_passkey(player: Player, device: Authenticator) -> Answer:
    """Make a passkey on a device and add it."""
    options = call("POST", "/me/factors/passkeys/options", token=player.token)
    assert options.status == 200, options.body
    body = device.create(options.body["public_key"])
    return call("POST", "/me/factors/passkeys", token=player.token, body=body)


def ask_at_door() -> dict[str, Any]:
    """Return the question that a browser at the door is asked."""
    asked: dict[str, Any] = call("POST", "/sessions/passkey/options").body["public_key"]
    return asked


def grow_stale(player: Player, by: timedelta = timedelta(days=1)) -> None:
    """Have a session's proof be old."""
    session = Session.objects.get(id=player.session.id)
    Session.objects.filter(id=session.id).update(proved_at=session.proved_at - by)
