"""The real firebase-admin against the stand-in process: what each answer makes of a push."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from server.foundation.signing import make_rsa_pair
from server.push.backends.fcm import FcmBackend, FcmConfig
from server.push.backends.port import Outcome, Verdict
from server.push.backends.transport import KeptConnections
from server.push.rules.kinds import KINDS
from server.push.rules.payload import FCM_SCHEMA
from tests.unit.push.outside import NOW, SUBJECT, Outside, find_collapse_id, make_push

Open = Callable[..., FcmBackend]
SENT = Outcome(Verdict.SENT)


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens backends, and closes them at the end."""
    made: list[FcmBackend] = []

    def open_backend(
        file: Path | None, address: str, *, seconds: float = 20.0, read_seconds: float = 5.0
    ) -> FcmBackend:
        way_out = KeptConnections(read_seconds=read_seconds)
        made.append(FcmBackend(FcmConfig(file, address), clock=lambda: NOW, way_out=way_out, seconds=seconds))
        return made[-1]

    yield open_backend
    for one in made:
        one.close()


@pytest.fixture
def fcm(outside: Outside, opened: Open) -> FcmBackend:
    """The backend, with the stand-in's address and account."""
    return opened(outside.credentials, outside.address)


def test_every_kind_arrives_on_both_platforms_and_holds_keys_and_ids_alone(fcm: FcmBackend, outside: Outside) -> None:
    pushes = [
        make_push(f"{platform}-{kind}-{loud}", platform=platform, kind=kind, breaks_silence=loud, subject=SUBJECT)
        for platform in ("android", "ios")
        for kind in KINDS
        for loud in (False, True)
    ]

    assert fcm.send(pushes) == [SENT] * len(pushes)
    received = [one["message"] for one in outside.read()["received"]]
    assert {one["token"] for one in received} == {one.token for one in pushes}
    for message in received:
        Draft202012Validator(dict(FCM_SCHEMA)).validate(message)
        assert find_collapse_id(message) == "c0ffee"


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("unregistered", Outcome(Verdict.GONE, "unregistered")),
        ("not_found", Outcome(Verdict.RETRY, "not_found")),
        ("invalid_argument", Outcome(Verdict.BROKEN, "bad_token")),
        ("sender_id_mismatch", Outcome(Verdict.BROKEN, "sender_mismatch")),
        ("forbidden", Outcome(Verdict.STOPPED, "forbidden")),
        ("unauthenticated", Outcome(Verdict.STOPPED, "unauthenticated")),
        ("apns_auth", Outcome(Verdict.RETRY, "apns_auth")),
        ("quota", Outcome(Verdict.RETRY, "quota", 7.0)),
        ("unavailable", Outcome(Verdict.RETRY, "unavailable")),
        ("internal", Outcome(Verdict.RETRY, "internal")),
        ("html", Outcome(Verdict.RETRY, "not_json")),
        ("redirect", Outcome(Verdict.RETRY, "redirected")),
        ("cut", Outcome(Verdict.RETRY, "cut")),
        ("cut_late", Outcome(Verdict.RETRY, "cut")),
        ("html_with_200", Outcome(Verdict.RETRY, "not_json")),
        ("error_with_200", Outcome(Verdict.RETRY, "odd_answer")),
        ("nothing_with_200", Outcome(Verdict.RETRY, "not_json")),
    ],
)
def test_an_answer_of_firebase_is_judged(fcm: FcmBackend, outside: Outside, fault: str, outcome: Outcome) -> None:
    outside.tell("faults", tokens={"phone-2": fault})

    assert fcm.send([make_push("phone-1"), make_push("phone-2"), make_push("phone-3")]) == [SENT, outcome, SENT]


def test_an_answer_that_does_not_come_is_a_time_out_and_no_repeat(outside: Outside, opened: Open) -> None:
    outside.tell("faults", tokens={"phone-1": "hang"})
    fcm = opened(outside.credentials, outside.address, read_seconds=0.2)

    assert fcm.send([make_push()]) == [Outcome(Verdict.RETRY, "timeout")]
    assert outside.read()["count"] == 1


def test_a_batch_ends_in_time_whatever_drags_on_and_the_next_one_goes_out(outside: Outside, opened: Open) -> None:
    outside.tell("faults", tokens={f"slow-{at}": "hang" for at in range(60)})
    fcm = opened(outside.credentials, outside.address, seconds=1.0, read_seconds=600.0)
    fcm.send([make_push("phone-1")])  # signed in

    outcomes = fcm.send([make_push(f"slow-{at}") for at in range(60)])
    assert {one.verdict for one in outcomes} == {Verdict.RETRY}
    assert {one.cause for one in outcomes} <= {"timeout", "cut"}
    # Not a thread is left behind: as many as there are send at once.
    outside.tell("forget")
    assert Outcome(Verdict.SENT) in fcm.send([make_push(f"phone-{at}") for at in range(4)])


def test_what_is_too_late_on_the_wire_is_not_sent(fcm: FcmBackend, outside: Outside) -> None:
    late = make_push("late", may_until=NOW)

    assert fcm.send([make_push(), late]) == [SENT, Outcome(Verdict.LATE, "late")]
    assert [one["message"]["token"] for one in outside.read()["received"]] == ["phone-1"]


@pytest.mark.parametrize(
    ("field", "value", "cause"),
    [
        ("kind", "Ben schreef: hoi", "bad_request"),
        ("subject", "Ben schreef: hoi", "bad_request"),
        ("collapse_id", "van Ben", "bad_request"),
        ("collapse_id", "x" * 65, "bad_request"),
        ("token", "", "bad_token"),
        ("token", "é", "bad_token"),
        ("token", "x" * 4097, "bad_token"),
    ],
)
def test_what_could_carry_a_text_or_cannot_arrive_never_leaves(
    fcm: FcmBackend, outside: Outside, field: str, value: str, cause: str
) -> None:
    assert fcm.send([make_push(**{field: value})]) == [Outcome(Verdict.BROKEN, cause)]
    assert outside.read()["count"] == 0


def test_a_lapsed_access_is_renewed_once_for_all(fcm: FcmBackend, outside: Outside) -> None:
    pushes = [make_push(f"phone-{at}") for at in range(50)]
    assert fcm.send(pushes) == [SENT] * 50
    outside.tell("firebase", expire=True)

    assert fcm.send(pushes) == [SENT] * 50
    assert outside.read()["sign_ins"] == 2


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("unauthenticated", Outcome(Verdict.STOPPED, "no_credentials")),
        ("forbidden", Outcome(Verdict.STOPPED, "no_credentials")),
        ("unavailable", Outcome(Verdict.RETRY, "unavailable")),
        ("quota", Outcome(Verdict.RETRY, "unavailable")),
    ],
)
def test_a_failed_sign_in_stops_only_when_google_says_no(
    outside: Outside, opened: Open, fault: str, outcome: Outcome
) -> None:
    outside.tell("firebase", sign_ins=fault)
    fcm = opened(outside.credentials, outside.address)

    assert fcm.send([make_push(), make_push()]) == [outcome, outcome]
    assert outside.read()["sign_ins"] == 1
    outside.tell("firebase", sign_ins=None)
    assert fcm.send([make_push()]) == [SENT]


def test_nobody_listens(outside: Outside, opened: Open, tmp_path: Path) -> None:
    account = json.loads(outside.credentials.read_text())
    elsewhere = tmp_path / "account.json"
    elsewhere.write_text(json.dumps(account | {"token_uri": "http://127.0.0.1:9/token"}))

    assert opened(elsewhere, outside.address).send([make_push()]) == [Outcome(Verdict.RETRY, "cut")]
    assert opened(outside.credentials, "http://127.0.0.1:9").send([make_push()]) == [Outcome(Verdict.RETRY, "cut")]


@pytest.mark.parametrize("content", [None, "", "no JSON", "{}", '{"type": "service_account"}'])
def test_credentials_that_are_none_stop_the_sender_and_are_read_again(
    outside: Outside, opened: Open, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "account.json"
    if content is not None:
        file.write_text(content)
    fcm = opened(file, outside.address)

    assert fcm.send([make_push()]) == [Outcome(Verdict.STOPPED, "no_credentials")]
    file.write_text(outside.credentials.read_text())
    assert fcm.send([make_push()]) == [SENT]


def test_somebody_elses_key_is_refused(outside: Outside, opened: Open, tmp_path: Path) -> None:
    account = json.loads(outside.credentials.read_text())
    file = tmp_path / "account.json"
    file.write_text(json.dumps(account | {"private_key": make_rsa_pair()[0]}))

    assert opened(file, outside.address).send([make_push()]) == [Outcome(Verdict.STOPPED, "no_credentials")]


def test_a_push_lives_no_longer_than_it_may_be_sent(fcm: FcmBackend, outside: Outside) -> None:
    until = NOW + timedelta(seconds=90)
    fcm.send([make_push("a", may_until=until), make_push("i", platform="ios", may_until=until)])

    by_token = {one["message"]["token"]: one["message"] for one in outside.read()["received"]}
    assert by_token["a"]["android"]["ttl"] == "90s"
    assert by_token["i"]["apns"]["headers"]["apns-expiration"] == str(int(until.timestamp()))
