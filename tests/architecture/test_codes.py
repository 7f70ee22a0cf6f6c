"""Stable codes: the contract's list, the classes of the code and the published files name the same ones."""

import re
from collections import Counter
from datetime import timedelta
from inspect import signature
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from server.entry.protocol.refusals import RESET_REASONS, Refusal, is_on_socket, list_refusals
from server.foundation.errors import WarmlijnError
from server.foundation.problem_json import describe_problem
from server.realtime import closes
from server.realtime.queries import Position, find_reset_reason
from tests.frames import DIRECTORY, check_sent_by_server, load_document

CONTRACT = (DIRECTORY / "PROTOCOL.md").read_text(encoding="utf-8")
# What an error that has a form of its own is made with here, by the type of its parameter.
SAMPLES: dict[str, Any] = {"datetime | None": None, "list[str]": ["password_too_short"], "str": ""}


def _read_paragraph(head: str) -> str:
    return CONTRACT.split(f"**{head}", 1)[1].split("\n\n", 1)[0]


def _list_codes(name: str, prefix: str) -> set[str]:
    schemas = load_document(name)["components"]["schemas"]
    return {schema["properties"]["code"]["const"] for key, schema in schemas.items() if key.startswith(prefix)}


def _make(refusal: Refusal) -> WarmlijnError:
    """Make an error as the code does: those with a constructor of their own with samples."""
    if "__init__" not in vars(refusal):
        return refusal()
    parameters = signature(refusal).parameters.values()
    return refusal(*[SAMPLES[str(parameter.annotation)] for parameter in parameters])


def test_every_code_of_the_contract_is_a_class() -> None:
    listed = set(re.findall(r"`([a-z]+\.[a-z_]+)`", _read_paragraph("Errors**")))

    assert len(listed) == 20
    assert listed <= {refusal.code for refusal in list_refusals() if is_on_socket(refusal)}


def test_every_code_is_published_and_nothing_else() -> None:
    rest, socket = _list_codes("openapi.yaml", "problem."), _list_codes("asyncapi.yaml", "error.")

    assert socket == {refusal.code for refusal in list_refusals() if is_on_socket(refusal)}
    assert rest >= {refusal.code for refusal in list_refusals() if not is_on_socket(refusal)}
    assert rest | socket == {refusal.code for refusal in list_refusals()}


def test_a_code_belongs_to_one_class() -> None:
    counted = Counter(refusal.code for refusal in list_refusals())

    assert [code for code, times in counted.items() if times > 1] == []


def test_a_class_of_a_test_is_not_published() -> None:
    class Invented(WarmlijnError):
        code = "test.invented"

    assert Invented not in list_refusals()


@pytest.mark.parametrize("refusal", list_refusals(), ids=lambda refusal: refusal.code)
def test_every_error_shows_itself_as_published(refusal: Refusal) -> None:
    error = _make(refusal)
    if error.retry == "after":
        error.retry_after = timedelta(seconds=1.5)
    if refusal.code == "sync.reset_required":
        error.detail = "expired"

    if is_on_socket(refusal):
        check_sent_by_server({"type": "error", "re": "a"} | error.describe())
    problem = load_document("openapi.yaml")["components"]["schemas"].get(f"problem.{refusal.code}")
    if problem is not None:
        assert [one.message for one in Draft202012Validator(problem).iter_errors(describe_problem(error))] == []


@pytest.mark.parametrize("refusal", [one for one in list_refusals() if is_on_socket(one)], ids=lambda one: one.code)
def test_an_error_shows_nothing_that_is_not_published(refusal: Refusal) -> None:
    frame: dict[str, Any] = {"type": "error"} | _make(refusal).describe() | {"because": "of me"}

    with pytest.raises(AssertionError, match=r"because"):
        check_sent_by_server({"detail": "expired"} | frame)


def test_the_reasons_of_a_reset_are_those_that_are_found() -> None:
    here = Position("aaaa", head=9, floor=3)
    cursors = [None, "bbbb.5", "aaaa.2", "aaaa.10"]

    assert tuple(find_reset_reason(cursor, here) for cursor in cursors) == RESET_REASONS
    assert find_reset_reason("aaaa.3", here) is None


def test_every_close_of_the_contract_is_in_the_table_and_published() -> None:
    listed = {int(code): words for code, words in re.findall(r"\b(4\d{3}) ([a-z ]+)[,.]", _read_paragraph("Closes."))}
    table = {close.code: close.reason for close in closes.ALL}
    published = {
        branch["properties"]["code"]["const"]: branch["properties"]["reason"]["const"]
        for branch in load_document("asyncapi.yaml")["components"]["messages"]["server.bye"]["payload"]["oneOf"]
    }

    assert {code: words.replace(" ", "_") for code, words in listed.items()} == table
    assert published == table
    assert {close["code"] for close in load_document("asyncapi.yaml")["x-closes"]} == table.keys()


def test_every_close_that_the_code_knows_is_in_the_table() -> None:
    named = [value for value in vars(closes).values() if isinstance(value, closes.Close)]

    assert sorted(named, key=lambda close: close.code) == list(closes.ALL)


def test_the_codes_that_close_a_refused_hello_exist() -> None:
    assert closes.BY_REFUSED_HELLO.keys() <= {refusal.code for refusal in list_refusals()}
