"""Cursors: what can be resumed, and why not."""

from __future__ import annotations

import pytest

from server.realtime import closes
from server.realtime.limits import show_limits
from server.realtime.queries import Position, find_reset_reason, split_cursor
from server.realtime.streams import EventDraft, StreamHead, _newest_per_slot, make_epoch

HERE = Position("epoch", head=10, floor=4)


@pytest.mark.parametrize(
    ("cursor", "reason"),
    [
        (None, "no_cursor"),
        ("other.7", "epoch_changed"),
        ("other.99", "epoch_changed"),
        ("epoch.11", "ahead_of_head"),
        ("epoch.3", "expired"),
        ("epoch.4", None),
        ("epoch.10", None),
    ],
)
def test_a_cursor_between_floor_and_head_is_resumed(cursor: str | None, reason: str | None) -> None:
    assert find_reset_reason(cursor, HERE) == reason


def test_a_cursor_is_epoch_and_position() -> None:
    assert split_cursor("a-b_C9.123") == ("a-b_C9", 123)


def test_epochs_are_never_the_same_and_of_the_wires_form() -> None:
    made = {make_epoch() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(len(one) == 12 and one.isalnum() for one in made)


def test_of_a_slot_only_the_newest_is_placed_and_the_rest_keeps_its_order() -> None:
    first, second = EventDraft("ada", "receipt", slot="r"), EventDraft("ada", "receipt", slot="r")
    others = EventDraft("ben", "receipt", slot="r"), EventDraft("ada", "msg.new", seq=1)
    assert _newest_per_slot([first, others[0], others[1], second]) == [others[0], others[1], second]


def test_a_head_is_moved_as_events_are_placed() -> None:
    head = StreamHead("epoch", 3)
    head.head += 1
    assert (head.epoch, head.head) == ("epoch", 4)


def test_close_codes_are_the_contracts() -> None:
    assert {one.code for one in closes.ALL} == {
        4000, 4001, 4002, 4003, 4100, 4101, 4102, 4200, 4201, 4202, 4300, 4301, 4302, 4303, 4304,
    }  # fmt: skip
    assert len({one.reason for one in closes.ALL}) == len(closes.ALL)
    assert all((one.retry_after_ms > 0) == (one.code // 100 in (40, 42)) for one in closes.ALL)


def test_a_client_is_told_the_numbers_of_the_contract() -> None:
    shown = show_limits()
    assert (shown["frame_bytes"], shown["batch_bytes"], shown["depth"]) == (32 * 1024, 48 * 1024, 4)
    assert (shown["credit_events"], shown["credit_bytes"]) == (200, 256 * 1024)
    assert (shown["inbound_queue"], shown["sockets_per_user"], shown["body_code_points"]) == (32, 8, 4_000)
    assert shown["send"] == [[20, 10], [120, 60]]
