"""One reader for frames and bodies: what it takes and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from server.foundation.errors import BadRequest
from server.foundation.json_codec import MAX_DEPTH, MAX_INTEGER, decode_bytes, decode_object, encode

GOOD = [
    "{}",
    ' \t\r\n{"a":1} ',
    '{"a":null,"b":true,"c":[],"d":{},"e":"","f":-0,"g":1.5,"h":1e3}',
    '{"a":"\\ud83d\\ude42","b":"\\u0001","\\u00e9":"\\\\\\"\\/\\b"}',
    f'{{"a":{MAX_INTEGER},"b":{-MAX_INTEGER}}}',
    '{"a":[[[1]]]}',
    '{"a":{"a":{"a":{}}}}',
]
BAD = [
    "", " ", "null", "true", "1", '"a"', "[]", "[{}]", "{", "}", "{}{}", "{},", '{"a"}', '{"a":}', "{a:1}", "{'a':1}",
    '{"a":1,}', '{"a":1 "b":2}', '{"a":01}', '{"a":+1}', '{"a":.5}', '{"a":1.}', '{"a":0x1}', '{"a":NaN}',
    '{"a":Infinity}', '{"a":-Infinity}', '{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '{"a":{"b":1,"b":2}}',
    '{"a":"\\u0000"}', '{"\\u0000":1}', '{"a":["\\u0000"]}', '{"a":"\\ud800"}', '{"a":"\\udc00\\ud800"}',
    '{"\\udfff":1}', '{"a":["x","\\ud83d"]}', '{"a":"\n"}', '{"a":"\t"}', '{"a":"\\x"}', '{"a":"\\u12g4"}',
    f'{{"a":{MAX_INTEGER + 1}}}', f'{{"a":{-MAX_INTEGER - 1}}}', f'{{"a":[{"9" * 5_000}]}}',
    '{"a":[[[[1]]]]}', '{"a":{"a":{"a":{"a":{}}}}}', '{"a":' + "[" * 100_000, "\ufeff{}", "{}\0", "// {}", "{}//",
    '{"a":1e400}', '{"a":[-1e400]}',
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_what_is_of_the_agreed_form_is_read_as_it_stands(text: str) -> None:
    assert decode_object(text) == json.loads(text)
    assert decode_bytes(text.encode()) == json.loads(text)


@pytest.mark.parametrize("text", BAD)
def test_everything_else_is_refused_by_both_readers(text: str) -> None:
    with pytest.raises(BadRequest):
        decode_object(text)
    with pytest.raises(BadRequest):
        decode_bytes(text.encode())


@pytest.mark.parametrize("data", [b"\xff", b'{"a":"\xed\xa0\x80"}', b'{"a":"\xc0\x80"}', '{"a":1}'.encode("utf-16")])
def test_bytes_that_are_no_utf_8_are_refused(data: bytes) -> None:
    with pytest.raises(BadRequest):
        decode_bytes(data)


def test_the_depth_is_counted_from_the_object_itself() -> None:
    fits = "{}"
    for _ in range(MAX_DEPTH - 1):
        fits = f'{{"a":{fits}}}'
    assert decode_object(fits)
    with pytest.raises(BadRequest, match="deep"):
        decode_object(f'{{"a":{fits}}}')


def test_a_refusal_repeats_nothing_of_the_text() -> None:
    for text in ('{"a":"geheim\\ud800"}', '{"geheim":1,"geheim":2}', "geheim"):
        with pytest.raises(BadRequest) as refused:
            decode_object(text)
        assert "geheim" not in str(refused.value) + refused.value.detail


def test_writing_is_compact_utf_8() -> None:
    at = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
    assert encode({"a": ["é", None, True], "at": at}) == '{"a":["é",null,true],"at":"2026-11-21T19:00:00Z"}'.encode()
