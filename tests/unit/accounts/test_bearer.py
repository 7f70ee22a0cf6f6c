"""Reading the Authorization header."""

from __future__ import annotations

import pytest

from server.accounts.authentication import read_bearer


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER abc"])
def test_the_scheme_has_no_case(header: str) -> None:
    assert read_bearer(header) == "abc"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "abc", "Basic abc", "Bearerabc", "Bearer é", "Bearer " + "x" * 129]
)
def test_anything_else_is_no_token(header: str) -> None:
    assert read_bearer(header) is None
