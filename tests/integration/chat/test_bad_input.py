"""What is not of the agreed form is refused the same way at both doors, changes nothing and ends nothing."""

from __future__ import annotations

import pytest

from server.foundation.ids import make_id
from server.foundation.rest import MAX_BODY_BYTES
from server.realtime.limits import BAD_FRAMES, FRAME_IN_BYTES
from tests.cast import Cast, Rest
from tests.integration.chat.spoiling import WAYS
from tests.integration.chat.witness import nothing_changes, nothing_changes_here
from tests.integration.realtime.house import House, do

ROOMS = ("/conversations/{c}/messages", "/conversations/{c}/read")


@pytest.mark.parametrize("way", WAYS)
async def test_both_doors_refuse_the_same_and_change_nothing(cast: Cast, house: House, way: str) -> None:
    ada = await house.open(cast.ada)
    body = f'"m":"{make_id()}","body":"hoi","reply_to":null}}'
    async with nothing_changes():
        ada.tell_text(WAYS[way](f'{{"type":"send","id":"x","c":"{cast.pair}",{body}'))
        pong = await ada.ask("ping")
        (refused,) = ada.pushes
        answer = await do(
            lambda: Rest(cast.ada).call("POST", f"/conversations/{cast.pair}/messages", WAYS[way](f"{{{body}").encode())
        )
    assert (refused["type"], refused["code"], refused["retry"]) == ("error", "proto.bad_frame", "never")
    assert (answer.status, answer.body["code"], answer.body["retry"]) == (400, "proto.bad_frame", "never")
    assert pong["type"] == "pong", "one bad frame ends nothing"


async def test_the_good_one_of_which_they_are_made_is_accepted(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    body = f'"m":"{make_id()}","body":"hoi","reply_to":null}}'
    ada.tell_text(f'{{"type":"send","id":"x","c":"{cast.pair}",{body}')
    assert (await ada.answer_to("x"))["type"] == "sent"
    path = f"/conversations/{cast.pair}/messages"
    assert (await do(lambda: Rest(cast.ada).call("POST", path, f" {{{body}\n".encode()))).status == 200


FRAMES = {
    "no type": ('{"id":1}', "proto.bad_frame"),
    "a type that is a number": ('{"type":1,"id":1}', "proto.bad_frame"),
    "a type that is null": ('{"type":null,"id":1}', "proto.bad_frame"),
    "an unknown type": ('{"type":"delete","id":1}', "proto.unknown_type"),
    "an empty type": ('{"type":"","id":1}', "proto.unknown_type"),
    "a type in capitals": ('{"type":"PING","id":1}', "proto.unknown_type"),
    "an inherited name": ('{"type":"__class__","id":1}', "proto.unknown_type"),
    "a long type": ('{"type":"' + "x" * 9_000 + '","id":1}', "proto.unknown_type"),
    "an answer": ('{"type":"pong","id":1}', "proto.unknown_type"),
    "no id": ('{"type":"ping"}', "proto.bad_frame"),
    "an id that is null": ('{"type":"ping","id":null}', "proto.bad_frame"),
    "an id that is true": ('{"type":"ping","id":true}', "proto.bad_frame"),
    "an id that is a fraction": ('{"type":"ping","id":1.5}', "proto.bad_frame"),
    "an id that is a list": ('{"type":"ping","id":[1]}', "proto.bad_frame"),
    "an id that is empty": ('{"type":"ping","id":""}', "proto.bad_frame"),
    "an id that is long": ('{"type":"ping","id":"' + "x" * 65 + '"}', "proto.bad_frame"),
    "a cursor without an epoch": ('{"type":"ack","cursor":"7"}', "proto.bad_frame"),
    "a cursor with a sign": ('{"type":"ack","cursor":"e.-1"}', "proto.bad_frame"),
    "a cursor with a zero": ('{"type":"ack","cursor":"e.01"}', "proto.bad_frame"),
    "a cursor with spaces": ('{"type":"sync","id":1,"cursor":" e.1"}', "proto.bad_frame"),
    "a cursor with other digits": ('{"type":"sync","id":1,"cursor":"e.\N{ARABIC-INDIC DIGIT ONE}"}', "proto.bad_frame"),
    "a cursor of 17 digits": ('{"type":"sync","id":1,"cursor":"e.12345678901234567"}', "proto.bad_frame"),
    "a cursor that is null": ('{"type":"sync","id":1,"cursor":null}', "proto.bad_frame"),
    "upto below nothing": ('{"type":"read","id":1,"c":"{c}","upto":-1}', "proto.bad_frame"),
    "upto that is true": ('{"type":"read","id":1,"c":"{c}","upto":true}', "proto.bad_frame"),
    "upto that is a fraction": ('{"type":"read","id":1,"c":"{c}","upto":1.0}', "proto.bad_frame"),
    "upto that is a text": ('{"type":"read","id":1,"c":"{c}","upto":"1"}', "proto.bad_frame"),
    "upto of 2^53": ('{"type":"read","id":1,"c":"{c}","upto":9007199254740992}', "proto.bad_frame"),
    "typing that is a number": ('{"type":"typing","c":"{c}","on":1}', "proto.bad_frame"),
    "typing to somebody": ('{"type":"typing","c":"{c}","on":true,"user":"x"}', "proto.bad_frame"),
    "a conversation that is no UUID": ('{"type":"typing","c":"pair","on":true}', "proto.bad_frame"),
    "a withdrawal of nothing": ('{"type":"withdraw","id":1,"c":"{c}"}', "proto.bad_frame"),
    "33 KiB": ('{"type":"ping","id":1,"x":"' + "x" * (33 * 1024) + '"}', "proto.too_large"),
    "33 KiB of few letters": ('{"type":"ping","id":1,"x":"' + "\N{EURO SIGN}" * (11 * 1024) + '"}', "proto.too_large"),
    "33 KiB of nothing": (" " * (33 * 1024), "proto.too_large"),
}


@pytest.mark.parametrize("name", FRAMES)
async def test_a_frame_of_another_form_gets_its_error_and_changes_nothing(cast: Cast, house: House, name: str) -> None:
    text, code = FRAMES[name]
    ada = await house.open(cast.ada)
    async with nothing_changes():
        ada.tell_text(text.replace("{c}", cast.pair))
        assert (await ada.ask("ping", id="p"))["type"] == "pong"
    assert [(one["type"], one["code"]) for one in ada.pushes] == [("error", code)]


async def test_a_frame_of_just_the_limit_is_read(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    frame = f'{{"type":"send","id":"x","c":"{cast.pair}","m":"{make_id()}","body":"hoi"}}'
    ada.tell_text(frame + " " * (FRAME_IN_BYTES - len(frame)))
    assert (await ada.answer_to("x"))["type"] == "sent"


async def test_a_binary_frame_is_refused(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    ada.tell_bytes(b'{"type":"ping","id":1}')
    ada.tell_bytes(b"\xff\xfe")
    assert (await ada.ask("ping", id="p"))["type"] == "pong"
    assert [one["code"] for one in ada.pushes] == ["proto.bad_frame"] * 2


async def test_a_refusal_names_the_request_where_it_can(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    ada.tell_text('{"type":"ping","id":"mine","x":1}')
    assert (await ada.answer_to("mine"))["code"] == "proto.bad_frame"


async def test_who_sends_nothing_but_nonsense_is_sent_away(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    for _ in range(BAD_FRAMES + 5):
        ada.tell_text("{}")
    assert await ada.wait_until_closed() == 4304
    assert len(ada.list_pushes("error")) == BAD_FRAMES
    assert (await ben.ask("ping"))["type"] == "pong", "others do not notice"


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize(
    ("data", "content_type", "status", "code"),
    [
        (b"\xff\xfe{}", "application/json", 400, "proto.bad_frame"),
        ('{"body":"\u00e9"}'.encode("latin-1"), "application/json", 400, "proto.bad_frame"),
        ('{"a":1}'.encode("utf-16"), "application/json", 400, "proto.bad_frame"),
        (b'{"body":"\xed\xa0\xbd"}', "application/json", 400, "proto.bad_frame"),
        (b"upto=1", "application/x-www-form-urlencoded", 415, "http.unsupported_media_type"),
        (b"{}", "text/plain", 415, "http.unsupported_media_type"),
        (b"{}", "", 415, "http.unsupported_media_type"),
        (b" " * (MAX_BODY_BYTES + 1), "application/json", 413, "proto.too_large"),
        (b"{}", "application/json; charset=utf-8", 400, "proto.bad_frame"),
    ],
)
def test_bodies_of_another_kind(cast: Cast, room: str, data: bytes, content_type: str, status: int, code: str) -> None:
    with nothing_changes_here():
        answer = Rest(cast.ada).call("POST", room.format(c=cast.pair), data, content_type)
    assert (answer.status, answer.body["code"]) == (status, code)


@pytest.mark.parametrize("upto", ["-1", "1.0", "true", '"1"', "null", "9007199254740992", "1e3", "[1]"])
def test_an_upto_of_another_kind(cast: Cast, upto: str) -> None:
    with nothing_changes_here():
        answer = Rest(cast.ada).call("POST", f"/conversations/{cast.pair}/read", f'{{"upto":{upto}}}'.encode())
    assert (answer.status, answer.body["code"]) == (400, "proto.bad_frame")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/snapshot", "GET"),
        ("DELETE", "/conversations", "GET"),
        ("PUT", "/conversations/{c}/messages", "GET, POST"),
        ("PATCH", "/conversations/{c}/messages", "GET, POST"),
        ("GET", "/conversations/{c}/read", "POST"),
        ("GET", "/conversations/{c}/messages/{c}", "DELETE"),
    ],
)
def test_a_wrong_method_says_which_are_right(cast: Cast, method: str, path: str, allowed: str) -> None:
    with nothing_changes_here():
        answer = Rest(cast.ada).call(method, path.format(c=cast.pair))
    assert (answer.status, answer.body["code"]) == (405, "http.method_not_allowed")
    assert set(allowed.split(", ")) <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    "path",
    ["/conversations/pair/messages", "/conversations/1/read", "/conversations//messages", "/conversations/{c}/nothing"],
)
def test_a_path_that_is_none(cast: Cast, path: str) -> None:
    answer = Rest(cast.ada).get(path.format(c=cast.pair))
    assert (answer.status, answer.body["code"]) == (404, "http.not_found")
