"""The checker of frames refuses what is not published, and says where."""

from typing import Any

import pytest

from tests.frames import check_answer, check_sent_by_client, check_sent_by_server

ID = "0192f0c1-7b5e-7c3d-8a4b-0000000000c1"
AT = "2026-11-21T19:00:09.030Z"
PONG = {"type": "pong", "re": "a1", "head": 7, "server_time": AT}
SEND = {"type": "send", "id": 4, "c": ID, "m": ID, "body": "hoi"}
MESSAGE = {"c": ID, "seq": 3, "mid": ID, "sender": ID, "body": "hoi", "at": AT}
NEW = {"pos": 2, "kind": "msg.new"} | MESSAGE
EVENTS: dict[str, Any] = {"type": "events", "from": "abc.1", "to": "abc.2", "more": False, "ev": [NEW]}
BYE = {"type": "bye", "code": 4000, "reason": "drain", "retry_after_ms": 500}
LIMITED = {"type": "error", "code": "rate.limited", "retry": "after", "retry_after_ms": 10}
MESSAGES = "/api/v1/conversations/{conversation_id}/messages"
MISSING = {
    "type": "about:blank",
    "title": "Not found",
    "status": 404,
    "code": "conv.not_found",
    "retry": "never",
}


def _without(frame: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in frame.items() if key != name}


@pytest.mark.parametrize("frame", [PONG, PONG | {"re": 5}, EVENTS, EVENTS | {"re": 1, "ev": []}, BYE, LIMITED])
def test_takes_what_a_server_may_send(frame: dict[str, Any]) -> None:
    check_sent_by_server(frame)


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (PONG | {"debug": 1}, r"server pong: \$: .*'debug' was unexpected"),
        (_without(PONG, "head"), r"server pong: \$: 'head' is a required property"),
        (PONG | {"head": "7"}, r"server pong: \$\.head: '7' is not of type 'integer'"),
        (PONG | {"re": True}, r"server pong: \$\.re"),
        (PONG | {"server_time": "2026-11-21T19:00:09+01:00"}, r"server pong: \$\.server_time"),
        (_without(PONG, "type"), r"server: a frame without a type"),
        (SEND, r"server: no frame 'send' is published"),
        (EVENTS | {"from": "1"}, r"server events: \$\.from"),
        (EVENTS | {"ev": [NEW, NEW | {"seq": 0}]}, r"server events: \$\.ev\[1\]\.seq"),
        (EVENTS | {"ev": [NEW | {"mid": "a message"}]}, r"server events: \$\.ev\[0\]\.mid: .*'uuid'"),
        (EVENTS | {"ev": [NEW | {"kind": "msg.own"}]}, r"server events: \$\.ev\[0\]: 0 of \d+ forms fit .*msg\.own"),
        (EVENTS | {"ev": [NEW | {"body": "x" * 4001}]}, r"server events: \$\.ev\[0\]\.body"),
        (BYE | {"reason": "heartbeat"}, r"server bye: .*heartbeat"),
        (LIMITED | {"retry": "never"}, r"server error: .*rate\.limited"),
        (LIMITED | {"code": "rate.unheard"}, r"server error: .*rate\.unheard"),
        ({"type": "error", "code": "expert.outside_window", "retry": "never"}, r"'next_opening' is a required"),
    ],
)
def test_refuses_what_no_server_may_send(frame: dict[str, Any], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        check_sent_by_server(frame)


@pytest.mark.parametrize("frame", [SEND, SEND | {"reply_to": None}, {"type": "ack", "cursor": "abc.7"}])
def test_takes_what_a_client_may_send(frame: dict[str, Any]) -> None:
    check_sent_by_client(frame)


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (SEND | {"mood": "fine"}, r"client send: \$: .*'mood' was unexpected"),
        (_without(SEND, "id"), r"client send: \$: 'id' is a required property"),
        (SEND | {"id": "x" * 65}, r"client send: \$\.id"),
        (SEND | {"c": ID.replace("-", "")}, r"client send: \$\.c: .*'uuid'"),
        ({"type": "ack", "cursor": "abc.07"}, r"client ack: \$\.cursor"),
        (PONG, r"client: no frame 'pong' is published"),
    ],
)
def test_refuses_what_no_client_may_send(frame: dict[str, Any], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        check_sent_by_client(frame)


def test_takes_the_published_answers() -> None:
    check_answer("GET", MESSAGES, 200, {"messages": [MESSAGE], "more": False})
    check_answer("GET", f"/api/v1/conversations/{ID}/messages?limit=1", 404, MISSING)
    check_answer("DELETE", "/api/v1/sessions/current", 204, None)


@pytest.mark.parametrize(
    ("method", "route", "status", "body", "told"),
    [
        ("GET", MESSAGES, 200, {"messages": [MESSAGE | {"sealed": ""}], "more": False}, r"\$\.messages\[0\]: .*sealed"),
        ("GET", MESSAGES, 200, {"messages": []}, r"'more' is a required property"),
        ("GET", MESSAGES, 404, MISSING | {"code": "conv.gone"}, r"conv\.gone"),
        ("GET", MESSAGES, 404, MISSING | {"retry": "same"}, r"0 of 2 forms fit"),
        ("GET", MESSAGES, 409, MISSING, r"no such answer is published"),
        ("PUT", MESSAGES, 200, {}, r"no such answer is published"),
        ("GET", "/api/v1/rooms", 200, {}, r"no such path is published"),
        ("DELETE", "/api/v1/sessions/current", 204, {"ok": True}, r"a body where none is published"),
        ("DELETE", "/api/v1/sessions/current", 200, None, r"no such answer is published"),
    ],
)
def test_refuses_other_answers(method: str, route: str, status: int, body: Any, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        check_answer(method, route, status, body)


def test_a_fixed_word_goes_before_a_parameter() -> None:
    with pytest.raises(AssertionError, match=r"current → 404: no such answer"):
        check_answer("DELETE", "/api/v1/sessions/current", 404, MISSING | {"code": "http.not_found"})


def test_a_method_that_the_path_does_not_know_is_told_so() -> None:
    problem = MISSING | {"title": "Method not allowed", "status": 405, "code": "http.method_not_allowed"}
    check_answer("PATCH", MESSAGES, 405, problem)

    with pytest.raises(AssertionError, match=r"PATCH"):
        check_answer("PATCH", MESSAGES, 405, problem | {"code": "http.not_found"})
