"""Push registration: a token leads to one session of one person."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from server.accounts.actions import end_session, register_device, start_session, start_sessions, suspend_person
from server.accounts.actions.devices import forget_dead_token
from server.accounts.device_queries import list_device_places
from server.accounts.models import Device, Session
from server.accounts.tasks import step_forget_devices
from server.foundation.errors import NotSignedIn
from server.foundation.ids import hash_secret
from tests.integration.accounts.calls import Answer, call
from tests.integration.accounts.cast import Cast
from tests.witness import nothing_changes

PUSH_TOKEN = "push-1"


def register(token: str, push_token: str = PUSH_TOKEN, platform: str = "android") -> Answer:
    return call("POST", "/devices", token=token, body={"push_token": push_token, "platform": platform})


def write_subscription(host: str, **form: Any) -> str:
    keys = {"p256dh": "B" + "A" * 86, "auth": "A" * 22}
    return json.dumps({"endpoint": f"https://{host}/push/1", "keys": keys}, **form)


def make_device(session: Session, at: int, now: datetime) -> Device:
    token = f"many-{at}"
    return Device(
        session=session,
        person_id=session.person_id,
        push_token=token,
        push_token_hash=hash_secret(token),
        platform="ios",
        registered_at=now,
    )


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


@pytest.mark.parametrize(
    ("push_token", "platform"),
    [("a b", "ios"), ("é", "android"), ("push-1", "web"), ("{}", "web"), (write_subscription("evil.example"), "web")],
)
def test_a_token_that_nothing_can_be_sent_to_is_refused(
    cast: Cast, push_token: str, platform: str, settings: Settings
) -> None:
    settings.PUSH_BACKEND = ("fcm", "webpush")
    with nothing_changes():
        answer = register(cast.ada.token, push_token, platform)
        assert (answer.status, answer.code) == (400, "device.token_invalid")


@pytest.mark.parametrize(("push_token", "status"), [("push-1", 201), ("{}", 400), (" {}", 400), ("a b", 400)])
def test_without_web_push_a_browser_may_bring_a_plain_token(cast: Cast, push_token: str, status: int) -> None:
    assert register(cast.ada.token, push_token, "web").status == status


def test_a_browsers_subscription_is_stored_in_one_form(cast: Cast) -> None:
    assert register(cast.ada.token, write_subscription("fcm.googleapis.com", indent=1), "web").status == 201
    assert register(cast.ben.token, write_subscription("fcm.googleapis.com"), "web").status == 201
    assert list(read_owners().values()) == [cast.ben.id]


def test_ten_devices_at_most_and_the_one_unused_longest_goes(cast: Cast, now: datetime) -> None:
    for at in range(12):
        session, _ = start_session(person_id=cast.ada.id, device_name=f"phone {at}", now=now - timedelta(hours=12 - at))
        register_device(session=session, push_token=f"push-{at}", platform="ios", now=now)
    register(cast.ben.token, "push-of-ben")

    assert set(read_owners()) == {*(f"push-{at}" for at in range(2, 12)), "push-of-ben"}


def test_the_phone_in_the_hand_is_never_the_one_that_goes(cast: Cast, now: datetime) -> None:
    for at in range(10):
        session, _ = start_session(person_id=cast.ada.id, device_name=f"phone {at}", now=now + timedelta(hours=at + 1))
        register_device(session=session, push_token=f"push-{at}", platform="ios", now=now)
    register(cast.ada.token, "push-in-hand")

    assert set(read_owners()) == {*(f"push-{at}" for at in range(1, 10)), "push-in-hand"}


def test_thousands_of_devices_cost_no_more_than_ten(
    cast: Cast, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sessions = [one for one, _ in start_sessions(person_ids=[cast.ada.id] * 2_000, device_name="many", now=now)]
    Device.objects.bulk_create(make_device(session, at, now) for at, session in enumerate(sessions))

    with django_assert_max_num_queries(20):
        register_device(session=cast.ada.session, push_token="push", platform="ios", now=now)
    assert Device.objects.count() == 10
    assert Device.objects.filter(session=cast.ada.session).exists()


def test_a_dead_token_goes_unless_it_was_registered_since(cast: Cast, now: datetime) -> None:
    for at, player in enumerate((cast.ada, cast.ben)):
        register_device(session=player.session, push_token=f"push-{at}", platform="ios", now=now)

    with nothing_changes():
        assert not forget_dead_token(push_token_hash=hash_secret("push-0"), not_after=now - timedelta(microseconds=1))
        assert not forget_dead_token(push_token_hash=hash_secret("unknown"), not_after=now)
    assert forget_dead_token(push_token_hash=hash_secret("push-0"), not_after=now)
    assert read_owners() == {"push-1": cast.ben.id}


def test_an_old_registration_is_asked_again_and_then_dropped(cast: Cast, now: datetime) -> None:
    seen = []
    for days in (0, 59, 60, 270):
        device = register_device(
            session=cast.ada.session, push_token="push", platform="ios", now=now - timedelta(days=days)
        )
        seen.append(call("GET", "/me", token=cast.ada.token).body["push"])
    assert seen == [{"registered": True, "ask_again": days >= 60} for days in (0, 59, 60, 270)]

    assert step_forget_devices(device.registered_at + timedelta(days=270, seconds=1))
    assert call("GET", "/me", token=cast.ada.token).body["push"] == {"registered": False, "ask_again": True}


@pytest.mark.parametrize("end", ["sign_out", "suspend"])
def test_nothing_is_left_to_push_to_after_the_end(cast: Cast, now: datetime, end: str) -> None:
    register(cast.ada.token, "push-1")
    register(cast.ben.token, "push-2")
    if end == "sign_out":
        call("DELETE", "/sessions/current", token=cast.ada.token)
    else:
        suspend_person(person_id=cast.ada.id, actor=None, now=now)
    assert read_owners() == {"push-2": cast.ben.id}
    assert [one.person_id for one in list_device_places([cast.ada.id, cast.ben.id], now=now)] == [cast.ben.id]


def test_eve_hears_of_her_own_device_alone(cast: Cast) -> None:
    eve = cast.make_eve()
    register(cast.ada.token, "push-1")
    with nothing_changes():
        assert call("GET", "/me", token=eve.token).body["push"] == {"registered": False, "ask_again": True}
        assert call("DELETE", "/devices/current", token=eve.token).status == 204


@pytest.mark.parametrize(("push_token", "platform"), [("", "ios"), ("x" * 4097, "ios"), ("push", "windows")])
def test_odd_registrations_are_refused(cast: Cast, push_token: str, platform: str) -> None:
    with nothing_changes():
        assert register(cast.ada.token, push_token, platform).code == "proto.bad_frame"
