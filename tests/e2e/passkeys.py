"""A device that makes passkeys: Chromium's own virtual one, behind the browser's real WebAuthn."""

from __future__ import annotations

from tests.e2e.browser import Phone

_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,  # the finger fits
    "automaticPresenceSimulation": True,
}


def add_device(phone: Phone) -> None:
    """Let this phone make passkeys and sign with them; its owner's finger always fits."""
    debugger = phone.context.new_cdp_session(phone.page)
    debugger.send("WebAuthn.enable")
    debugger.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})
