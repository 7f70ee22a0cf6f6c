"""Push registration: a token leads to one session of one person."""

from __future__ import annotations

from datetime import datetime

import pytest

from server.accounts.actions import end_session, register_device, start_session
from server.accounts.models import Device
from server.foundation.errors import NotSignedIn
from tests.integration.accounts.calls import Answer, call
from tests.integration.accounts.cast import Cast
from tests.witness import nothing_changes

PUSH_TOKEN = "push-1"


def register(token: str, push_token: str = PUSH_TOKEN, platform: str = "android") -> Answer:
    return call("POST", "/devices", token=token, body={"push_token": push_token, "platform": platform})


def read_owners() -> dict[str, str]:
    return {one.push_token: str(one.person_id) for one in Device.objects.all()}


def test_a_device_is_registered_once_however_often_it_says_so(cast: Cast) -> None:
    for platform in ("android", "android", "ios"):
        answer = register(cast.ada.token, platform=platform)
        assert (answer.status, answer.body["platform"]) == (201, platform)
    assert Device.objects.get().platform == "ios"


def test_a_new_push_token_takes_the_place_of_the_sessions_old_one(cast: Cast) -> None:
    register(cast.ada.token, "push-1")
    register(cast.ada.token, "push-2")
    assert read_owners() == {"push-2": cast.ada.id}


def test_a_phone_that_changes_hands_pushes_to_the_new_owner_only(cast: Cast) -> None:
    register(cast.ada.token, "push-1")
    register(cast.ben.token, "push-2")
    register(cast.ben.token, "push-1")
    assert read_owners() == {"push-1": cast.ben.id}


def test_two_sessions_of_one_person_have_a_device_each(cast: Cast, now: datetime) -> None:
    _, tablet = start_session(person_id=cast.ada.id, device_name="tablet", now=now)
    register(cast.ada.token, "push-1")
    register(tablet, "push-2")
    assert read_owners() == {"push-1": cast.ada.id, "push-2": cast.ada.id}


def test_removing_takes_ones_own_device_and_answers_the_same_without(cast: Cast) -> None:
    register(cast.ada.token, "push-1")
    register(cast.ben.token, "push-2")
    answers = [call("DELETE", "/devices/current", token=cast.ada.token) for _ in range(2)]
    assert [one.status for one in answers] == [204, 204]
    assert read_owners() == {"push-2": cast.ben.id}


def test_an_ended_session_registers_nothing(cast: Cast, now: datetime) -> None:
    end_session(session_id=cast.ada.session.id, reason="revoked", now=now)
    with nothing_changes(), pytest.raises(NotSignedIn):
        register_device(session=cast.ada.session, push_token="push-1", platform="ios", now=now)


@pytest.mark.parametrize(("push_token", "platform"), [("", "ios"), ("x" * 4097, "ios"), ("push", "windows")])
def test_odd_registrations_are_refused(cast: Cast, push_token: str, platform: str) -> None:
    with nothing_changes():
        assert register(cast.ada.token, push_token, platform).code == "proto.bad_frame"
