"""What is read, what is refused: one reader for frames and bodies, tables of fields, and schemas drawn from them."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from server.accounts import serializers as accounts
from server.chat import requests as chat
from server.foundation.errors import BadRequest
from server.foundation.fields import Field, Fields, Kind, read_fields
from server.foundation.json_codec import MAX_DEPTH, MAX_INTEGER, decode_bytes, decode_object, encode
from server.foundation.rest import StrictJSONParser, draw_schema
from server.realtime import commands
from server.realtime.commands import Command, CommandTable
from server.realtime.consumers import SocketConsumer
from server.realtime.hub import Hub
from server.realtime.sockets import Socket
from server.wiring import make_commands, make_hub
from tests.cast import Rest, make_cast
from tests.property.profiles import examples

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
NUMBERS = st.integers(-MAX_INTEGER, MAX_INTEGER) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
OBJECTS = st.integers(1, MAX_DEPTH).flatmap(lambda depth: _nest_objects(depth))


def _nest_objects(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    inner: st.SearchStrategy[Any] = SCALARS
    for _ in range(depth - 1):
        inner = SCALARS | st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
    return st.dictionaries(TEXTS, inner, max_size=4)


WRITERS: tuple[Callable[[object], str], ...] = (
    lambda value: encode(value).decode(),
    json.dumps,
    lambda value: json.dumps(value, ensure_ascii=False),
    lambda value: "\r\n\t " + json.dumps(value, indent=3) + " \n",
)


@given(OBJECTS, st.sampled_from(WRITERS))
def test_what_is_written_is_read_however_it_is_spelt(value: dict[str, Any], write: Callable[[object], str]) -> None:
    text = write(value)
    assert decode_object(text) == value
    assert decode_bytes(text.encode()) == value
    assert StrictJSONParser().parse(io.BytesIO(text.encode())) == value
    assert decode_object(encode(decode_object(text)).decode()) == value


@given(OBJECTS)
def test_equal_values_keep_their_kinds(value: dict[str, Any]) -> None:
    """1, 1.0 and true are equal in Python and not in JSON."""
    assert repr(decode_object(encode(value).decode())) == repr(value)


# --- what is refused


def place(inner: str, depth: int) -> str:
    """Return an object that holds a JSON text at this depth."""
    return '{"k":' * depth + inner + "}" * depth


SURROGATES = st.integers(0xD800, 0xDFFF).map(lambda code: f"\\u{code:04x}")
BAD_STRINGS = st.one_of(
    st.builds('"{}{}{}"'.format, st.sampled_from(("", "a", "é")), SURROGATES, st.sampled_from(("", "b", "\\u0041"))),
    st.sampled_from(('"\\u0000"', '"a\\u0000b"', '"\\udc00\\ud800"', '"\n"', '"\t"', '"\\x41"', '"\\u12"', '"')),
)
BAD_VALUES = st.one_of(
    BAD_STRINGS,
    st.sampled_from(("NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "0x10", "1_000", "True", "undefined", "")),
    st.integers(MAX_INTEGER + 1, 2**80).map(str),
    st.integers(-(2**80), -MAX_INTEGER - 1).map(str),
    st.just("9" * 5_000),
    st.sampled_from(
        ("[1,]", "[,]", '{"a":1,}', '{"a"}', "{a:1}", "{'a':1}", "[1 2]", "/* */ 1", "1 // one", "[" * 2_000)
    ),
    st.sampled_from(('{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '{"":1,"":2}', '{"é":1,"\\u00e9":2}')),
)
TOO_DEEP = st.builds(
    lambda depth, opens: place(("[" if opens else '{"k":') * depth + "1" + ("]" if opens else "}") * depth, 1),
    st.integers(MAX_DEPTH, 40),
    st.booleans(),
)
BAD_TEXTS = st.one_of(
    st.builds(place, BAD_VALUES, st.integers(1, MAX_DEPTH - 1)),
    st.builds("{{{}:1}}".format, BAD_STRINGS),
    TOO_DEEP,
    st.sampled_from(
        ("", " ", "null", "1", '"text"', "[]", "[{}]", "true", "\ufeff{}", "{}{}", "{} {}", "{}x", "{", "}", "\0")
    ),
    st.builds(lambda value, cut: encode(value).decode()[:-cut], OBJECTS, st.integers(1, 3)),
)


@given(BAD_TEXTS)
def test_a_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        decode_object(text)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1E9999", "17e308"])
def test_a_number_beyond_every_float_is_refused(number: str) -> None:
    with pytest.raises(BadRequest):
        decode_object(place(number, 1))


def run_by_hand(coroutine: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine that waits for nothing."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


class Desk:
    """The socket's edge without a server: every command's fields, and handlers that only note what they were given."""

    def __init__(self) -> None:
        self.hub = make_hub()
        self.table = make_commands()
        self.hub.commands = CommandTable()
        for one in self.table.list_commands():
            self.hub.commands.add(Command(one.name, one.fields, self._note, one.answer, one.summary))
        self.taken: list[dict[str, Any]] = []
        self.frames: list[dict[str, Any]] = []
        self.socket = Socket(self._send)

    def hand_in(self, text: str) -> list[dict[str, Any]]:
        """Hand in a frame; return what comes back."""
        self.frames.clear()
        self.taken.clear()
        self.socket.bad_frames = 0
        run_by_hand(SocketConsumer()._handle(self.hub, self.socket, text))
        return self.frames

    async def _note(self, hub: Hub, socket: Socket, frame: dict[str, Any]) -> None:
        self.taken.append(frame)

    async def _send(self, message: dict[str, Any]) -> None:
        self.frames.append(json.loads(message["text"]))


@given(BAD_TEXTS)
def test_the_socket_refuses_the_same_texts(text: str) -> None:
    desk = Desk()
    assert [(one["type"], one["code"], one["retry"]) for one in desk.hand_in(text)] == [
        ("error", "proto.bad_frame", "never")
    ]
    assert not desk.taken


@given(text=BAD_TEXTS)
@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rest_refuses_the_same_texts(db: None, text: str) -> None:
    cast = make_cast()
    answer = Rest(cast.ada).call("POST", f"/conversations/{cast.pair}/read", text.encode())
    assert (answer.status, answer.body["code"]) == (400, "proto.bad_frame")


@given(st.binary(max_size=30))
@example(b"\xef\xbb\xbf{}")
@example(b'{"a":"\xed\xa0\x80"}')
@example(b'{"a":"\xc0\x80"}')
def test_bytes_are_read_as_utf_8_or_refused(data: bytes) -> None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = None
    try:
        read = decode_bytes(data)
    except BadRequest:
        assert text is None or _refuses(text)
    else:
        assert text is not None
        assert read == decode_object(text)


def _refuses(text: str) -> bool:
    try:
        decode_object(text)
    except BadRequest:
        return True
    return False


# --- tables of fields

TABLES: Mapping[str, Fields] = {
    f"{module.__name__.rpartition('.')[2]}.{name}": table
    for module in (commands, chat, accounts)
    for name, table in vars(module).items()
    if isinstance(table, dict) and table and all(isinstance(one, Field) for one in table.values())
}
KINDS: tuple[Kind, ...] = ("text", "integer", "boolean", "uuid", "cursor", "id", "texts")
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
HEX = st.text("0123456789abcdefABCDEF", min_size=12, max_size=12)
CURSORS = st.from_regex(r"[0-9A-Za-z_-]{1,32}\.(0|[1-9][0-9]{0,15})", fullmatch=True)


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Return values that fit a field."""
    match field.kind:
        case "text":
            high = min(field.high, field.low + 80)
            fitting: st.SearchStrategy[Any] = st.text(
                st.characters(codec="utf-8", exclude_characters="\0"), min_size=field.low, max_size=high
            )
        case "integer":
            fitting = st.integers(field.low, field.high)
        case "boolean":
            fitting = st.booleans()
        case "uuid":
            fitting = st.uuids().map(str) | st.uuids().map(lambda one: str(one).upper())
        case "cursor":
            fitting = CURSORS
        case "id":
            fitting = (
                st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=64) | st.integers()
            )
        case "texts":
            item = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=min(field.high, 10))
            fitting = st.lists(item, max_size=5)
    return fitting | st.none() if field.nullable else fitting


def misfits_of(field: Field) -> st.SearchStrategy[Any]:
    """Return values that do not fit a field: of another kind, or just outside its bounds."""
    other: list[st.SearchStrategy[Any]] = [st.just({}), st.floats(allow_nan=False, allow_infinity=False)]
    if not field.nullable:
        other.append(st.none())
    match field.kind:
        case "text":
            other += [st.integers(), st.booleans(), st.just([]), st.just("x" * (field.high + 1))]
            other += [st.just("x" * (field.low - 1))] if field.low else []
        case "integer":
            other += [st.text(), st.booleans(), st.integers(max_value=field.low - 1), st.integers(field.high + 1)]
        case "boolean":
            other += [st.text(), st.integers(0, 1), st.just("true")]
        case "uuid":
            text = st.uuids().map(str)
            other += [st.integers(), text.map(lambda one: one[:-1]), text.map(lambda one: f"{{{one}}}")]
            other += [text.map(lambda one: one.replace("-", "")), text.map(lambda one: f"{one}\n"), HEX]
            other += [text.map(lambda one: "٣" + one[1:])]
        case "cursor":
            other += [
                st.integers(),
                CURSORS.map(lambda one: f"{one}\n"),
                CURSORS.map(lambda one: one.replace(".", ":")),
            ]
            other += [
                st.sampled_from((".1", "a.", "a.01", "a.-1", "a.1e3", "a" * 33 + ".1", "a.١", "a.b.1", "a.1.", ""))
            ]
        case "id":
            other += [st.booleans(), st.just(""), st.just("x" * 65), st.just([])]
        case "texts":
            other += [st.text(), st.just(["x" * (field.high + 1)]), st.just([1]), st.just([None]), st.just([""] * 33)]
    return st.one_of(other)


FIELDS = st.builds(
    lambda kind, required, nullable, bounds: Field(kind, required, nullable and kind != "id", bounds[0], sum(bounds)),
    st.sampled_from(KINDS),
    st.booleans(),
    st.booleans(),
    st.tuples(st.integers(0, 5), st.integers(0, 60)),
)
TABLES_AT_ALL = st.sampled_from(list(TABLES.values())) | st.dictionaries(
    st.sampled_from(("id", "c", "m", "body", "upto", "on", "cursor")), FIELDS, min_size=1, max_size=5
)


@st.composite
def fitting_requests(draw: st.DrawFn) -> tuple[Fields, dict[str, Any]]:
    """Draw a table, and values that fit it; optional ones are there or not."""
    fields = draw(TABLES_AT_ALL)
    present = [name for name, field in fields.items() if field.required or draw(st.booleans())]
    return fields, {name: draw(values_of(fields[name])) for name in draw(st.permutations(present))}


@given(fitting_requests())
def test_what_fits_is_read_back(request: tuple[Fields, dict[str, Any]]) -> None:
    fields, given_values = request
    expected = {name: given_values.get(name) for name in fields}
    expected |= {name: value.lower() for name, value in expected.items() if fields[name].kind == "uuid" and value}
    assert read_fields(fields, given_values) == expected


@given(fitting_requests(), st.data())
def test_a_field_too_many_is_refused(request: tuple[Fields, dict[str, Any]], data: st.DataObject) -> None:
    fields, values = request
    name = data.draw(
        WORDS | st.sampled_from(list(fields)).map(str.upper) | st.sampled_from(list(fields)).map("{} ".format)
    )
    assume(name not in fields)
    with pytest.raises(BadRequest, match="unknown field"):
        read_fields(fields, values | {name: data.draw(SCALARS)})


@given(fitting_requests(), st.data())
def test_a_field_too_few_is_refused_by_name(request: tuple[Fields, dict[str, Any]], data: st.DataObject) -> None:
    fields, values = request
    needed = sorted(name for name in values if fields[name].required)
    assume(needed)
    values.pop(name := data.draw(st.sampled_from(needed)))
    with pytest.raises(BadRequest, match=f"^{name} is missing$"):
        read_fields(fields, values)


@given(fitting_requests(), st.data())
def test_a_value_that_does_not_fit_is_refused_by_name(
    request: tuple[Fields, dict[str, Any]], data: st.DataObject
) -> None:
    fields, values = request
    name = data.draw(st.sampled_from(sorted(fields)))
    with pytest.raises(BadRequest, match=f"^{name}: "):
        read_fields(fields, values | {name: data.draw(misfits_of(fields[name]))})


# --- the published schema says the same

FORMATS = FormatChecker(formats=())


@FORMATS.checks("uuid", raises=ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 36 and value.count("-") == 4 and value.isascii())


@given(fitting_requests(), st.data())
def test_the_schema_takes_what_is_read_and_refuses_what_is_refused(
    request: tuple[Fields, dict[str, Any]], data: st.DataObject
) -> None:
    fields, values = request
    validator = Draft202012Validator(draw_schema(fields), format_checker=FORMATS)
    assert validator.is_valid(values)
    name = data.draw(st.sampled_from(sorted(fields)))
    misfit = data.draw(misfits_of(fields[name]))
    assume(not (isinstance(misfit, float) and misfit.is_integer()))  # JSON's schemas take 1.0 for a whole number
    assume(not (isinstance(misfit, str) and misfit.endswith("\n")))  # Python's `$` matches before it
    assert not validator.is_valid(values | {name: misfit})


# --- over the socket

SOCKET_TABLES = {one.name: one.fields for one in make_commands().list_commands()}


@st.composite
def frames(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw a command and fields that fit it."""
    name = draw(st.sampled_from(sorted(SOCKET_TABLES)))
    fields = SOCKET_TABLES[name]
    present = [one for one in fields if fields[one].required or draw(st.booleans())]
    values = {one: draw(values_of(fields[one])) for one in present}
    assume(all(not isinstance(value, int) or abs(value) <= MAX_INTEGER for value in values.values()))
    return name, values


@given(frames())
def test_a_frame_that_fits_comes_to_its_handler(frame: tuple[str, dict[str, Any]]) -> None:
    desk, (name, values) = Desk(), frame
    assert desk.hand_in(encode({"type": name} | values).decode()) == []
    assert desk.taken == [read_fields(SOCKET_TABLES[name], values)]


@given(frames(), st.data())
def test_a_frame_that_does_not_fit_is_refused_under_its_id(
    frame: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    desk, (name, values) = Desk(), frame
    assume("id" in values)
    field = data.draw(st.sampled_from(sorted(SOCKET_TABLES[name].keys() - {"id"})))
    misfit = data.draw(misfits_of(SOCKET_TABLES[name][field]))
    text = json.dumps({"type": name} | values | {field: misfit})
    assume(not _refuses(text))
    found = desk.hand_in(text)
    assert [(one["type"], one["code"], one.get("re")) for one in found] == [("error", "proto.bad_frame", values["id"])]
    assert not desk.taken


@given(st.text() | st.sampled_from(("", "hello", "HELLO", "send ", "__proto__", "welcome")) | SCALARS)
def test_a_type_that_nobody_knows_is_refused(kind: object) -> None:
    assume(kind not in SOCKET_TABLES)
    text = json.dumps({"type": kind, "id": 1})
    assume(not _refuses(text))
    code = "proto.unknown_type" if isinstance(kind, str) and kind != "hello" else "proto.bad_frame"
    assert [(one["code"], one["re"]) for one in Desk().hand_in(text)] == [(code, 1)]


def test_the_tables_are_all_looked_at() -> None:
    assert {"commands.HELLO_FIELDS", "requests.SEND_FRAME", "serializers.ENROL"} <= TABLES.keys()
    assert len(TABLES) >= 16
    assert not asyncio.iscoroutinefunction(Desk.hand_in)
