"""Passkeys: made for this origin, verified by the device, one answer to one question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from server.accounts.actions import suspend_person
from server.accounts.actions.passkeys import forget_lapsed_challenges
from server.accounts.models import Challenge, Passkey, RecoveryCode
from server.accounts.rules.factors import CHALLENGE_LIFETIME
from tests.integration.accounts.authenticator import Authenticator, write_base64url
from tests.integration.accounts.calls import Answer, call
from tests.integration.accounts.cast import Cast
from tests.integration.accounts.factors import ask_at_door, enrol_passkey, grow_stale, sign_in
from tests.witness import nothing_changes


def come_in(device: Authenticator, **more: Any) -> Answer:
    """Answer a question of the door with a device."""
    return call("POST", "/sessions/passkey", body=device.get(ask_at_door(), device_name="laptop", **more))


def test_a_passkey_alone_signs_in(cast: Cast) -> None:
    device = Authenticator()
    added = enrol_passkey(cast.mara, device)
    assert (added.status, added.body["factor"]["kind"], len(added.body["recovery_codes"])) == (201, "passkey", 10)
    answer = come_in(device, user_handle=write_base64url(cast.mara.person.id.bytes))
    assert (answer.status, answer.body["user"]["id"]) == (201, cast.mara.id)
    assert call("GET", "/me", token=answer.body["token"]).status == 200
    assert Passkey.objects.get().sign_count == 1


def test_a_password_is_then_not_enough(cast: Cast) -> None:
    codes = enrol_passkey(cast.mara, Authenticator()).body["recovery_codes"]
    refused = sign_in("Mara")
    assert (refused.code, refused.body["factors"]) == ("auth.otp_required", ["passkey", "recovery_code"])
    assert sign_in("Mara", otp="123456").code == "auth.otp_invalid"
    assert sign_in("Mara", otp=codes[0]).status == 201


def test_the_options_ask_for_a_verified_discoverable_key_of_this_host(cast: Cast) -> None:
    device = Authenticator()
    enrol_passkey(cast.mara, device)
    options = call("POST", "/me/factors/passkeys/options", token=cast.mara.token).body["public_key"]
    assert options["rp"]["id"] == "localhost"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert [one["id"] for one in options["excludeCredentials"]] == [write_base64url(device.credential_id)]
    door = ask_at_door()
    assert (door["allowCredentials"], door["userVerification"]) == ([], "required")


SPOILT: dict[str, Callable[[Authenticator], object]] = {
    "another origin": lambda device: setattr(device, "origin", "https://evil.example"),
    "another host": lambda device: setattr(device, "rp_id", "evil.example"),
    "not verified": lambda device: setattr(device, "verifies", False),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_an_answer_that_is_not_for_us_is_refused(cast: Cast, spoil: Callable[[Authenticator], object]) -> None:
    good, bad = Authenticator(), Authenticator()
    enrol_passkey(cast.mara, good)
    spoil(bad)
    assert enrol_passkey(cast.ben, bad).code == "auth.passkey_invalid"
    assert not Passkey.objects.filter(person_id=cast.ben.id).exists()
    spoil(good)
    body = good.get(ask_at_door(), device_name="laptop")
    with nothing_changes():
        refused = call("POST", "/sessions/passkey", body=body)
    assert (refused.status, refused.code) == (401, "auth.passkey_invalid")


def test_refusals_at_the_door_are_not_told_apart(cast: Cast, now: datetime) -> None:
    mine, stranger, of_otto = Authenticator(), Authenticator(), Authenticator()
    enrol_passkey(cast.mara, mine)
    enrol_passkey(cast.otto, of_otto)
    suspend_person(person_id=cast.otto.id, actor=None, now=now)
    used = mine.get(ask_at_door(), device_name="laptop")
    assert call("POST", "/sessions/passkey", body=used).status == 201
    thief = Authenticator(credential_id=mine.credential_id, count=9)
    asked_inside = call("POST", "/sessions/current/step-up/passkey/options", token=cast.mara.token).body["public_key"]
    bodies = [
        used,
        stranger.get(ask_at_door(), device_name="laptop"),
        thief.get(ask_at_door(), device_name="laptop"),
        of_otto.get(ask_at_door(), device_name="laptop"),
        mine.get(asked_inside, device_name="laptop"),
        mine.get(ask_at_door(), device_name="laptop", user_handle=write_base64url(cast.ben.person.id.bytes)),
        mine.get({"challenge": write_base64url(b"never asked")}, device_name="laptop"),
        used | {"client_data": "bm8ganNvbg"},
        used | {"client_data": "!"},
        used | {"signature": write_base64url(b"\xff" * 70)},
    ]
    with nothing_changes():
        refused = [call("POST", "/sessions/passkey", body=body) for body in bodies]
    assert refused[0].code == "auth.passkey_invalid"
    assert all(one.seen == refused[0].seen for one in refused)


def test_a_count_that_does_not_rise_is_a_copy(cast: Cast) -> None:
    device = Authenticator()
    enrol_passkey(cast.mara, device)
    assert come_in(device).status == 201
    device.counts = False
    assert come_in(device).code == "auth.passkey_invalid"


def test_a_question_is_forgotten_after_its_time(cast: Cast, now: datetime) -> None:
    device = Authenticator()
    enrol_passkey(cast.mara, device)
    body = device.get(ask_at_door(), device_name="laptop")
    Challenge.objects.update(expires_at=now)
    assert call("POST", "/sessions/passkey", body=body).code == "auth.passkey_invalid"
    assert forget_lapsed_challenges(now=now + CHALLENGE_LIFETIME) == 1
    assert not Challenge.objects.exists()


def test_a_passkey_proves_who_one_is_under_a_new_token(cast: Cast) -> None:
    device = Authenticator()
    enrol_passkey(cast.mara, device)
    grow_stale(cast.mara)
    options = call("POST", "/sessions/current/step-up/passkey/options", token=cast.mara.token).body["public_key"]
    assert [one["id"] for one in options["allowCredentials"]] == [write_base64url(device.credential_id)]
    body = device.get(options)
    with nothing_changes():
        assert call("POST", "/sessions/current/step-up/passkey", token=cast.ben.token, body=body).status == 401
    proved = call("POST", "/sessions/current/step-up/passkey", token=cast.mara.token, body=body)
    assert proved.status == 200
    assert call("GET", "/me", token=cast.mara.token).status == 401
    assert call("POST", "/me/factors/recovery-codes", token=proved.body["token"]).status == 201


def test_a_question_is_for_one_purpose_and_one_session(cast: Cast) -> None:
    device = Authenticator()
    codes = enrol_passkey(cast.mara, device).body["recovery_codes"]
    elsewhere = sign_in("Mara", otp=codes[0]).body["token"]
    asked_there = call("POST", "/sessions/current/step-up/passkey/options", token=elsewhere).body["public_key"]
    for_a_new_one = call("POST", "/me/factors/passkeys/options", token=cast.mara.token).body["public_key"]
    bodies = [device.get(asked_there), device.get(for_a_new_one), device.get(ask_at_door())]
    with nothing_changes():
        refused = [call("POST", "/sessions/current/step-up/passkey", token=cast.mara.token, body=one) for one in bodies]
    assert [one.code for one in refused] == ["auth.passkey_invalid"] * 3
    assert call("POST", "/sessions/current/step-up/passkey", token=elsewhere, body=bodies[0]).status == 200


def test_a_passkey_is_known_once_and_there_are_not_many(cast: Cast) -> None:
    device = Authenticator()
    assert enrol_passkey(cast.mara, device).status == 201
    assert enrol_passkey(cast.ben, device).code == "accounts.factor_exists"
    for _ in range(9):
        assert enrol_passkey(cast.mara, Authenticator()).body["recovery_codes"] is None
    with nothing_changes():
        refused = call("POST", "/me/factors/passkeys/options", token=cast.mara.token)
    assert (refused.status, refused.code) == (409, "accounts.too_many_factors")
    assert RecoveryCode.objects.count() == 10
