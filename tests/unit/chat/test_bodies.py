"""What a message may hold."""

from __future__ import annotations

import pytest

from server.chat.errors import EmptyMessage, MessageTooLong
from server.chat.rules.bodies import MAX_CODE_POINTS, require_body


@pytest.mark.parametrize("body", ["x", " x ", "\n.", "x" * MAX_CODE_POINTS, "\U0001f642" * MAX_CODE_POINTS, "\u200b"])
def test_a_text_stays_as_it_was_written(body: str) -> None:
    assert require_body(body) == body


@pytest.mark.parametrize("body", ["", " ", "\t\r\n", "\u00a0\u2003\u3000", "\x1c\x1f\x85"])
def test_white_space_is_no_message(body: str) -> None:
    with pytest.raises(EmptyMessage):
        require_body(body)


@pytest.mark.parametrize("body", ["x" * 4_001, "\U0001f642" * 4_001, " " * 4_001])
def test_too_long_is_counted_in_code_points(body: str) -> None:
    with pytest.raises(MessageTooLong):
        require_body(body)
