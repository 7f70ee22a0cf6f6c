"""A held message says so wherever its sender reads it again, so that it can be taken back after a reload too."""

from __future__ import annotations

from server.chat.actions.accept import accept_messages
from server.foundation.clock import format_instant, read_clock
from server.realtime.queries import MissedAsk, read_missed
from tests.cast import Cast, Frame, Rest
from tests.integration.chat.turning import OPENS_AT, shut, unlock
from tests.integration.realtime.house import House, do


def read_statuses(cast: Cast) -> list[tuple[str, object]]:
    """Return body and status of each message in Ada's history; her snapshot must say the same."""
    history = Rest(cast.ada).get(f"/conversations/{cast.pair}/messages").body["messages"]
    (snapshot,) = Rest(cast.ada).get("/snapshot").body["conversations"]
    assert snapshot["messages"] == history
    return [(one["body"], one.get("status")) for one in history]


async def test_history_snapshot_and_the_other_device_show_the_hold(cast: Cast, house: House) -> None:
    phone, tablet = await house.open(cast.ada), await house.open(cast.ada, "tablet")
    await phone.send(cast.pair, "ervoor")
    await do(lambda: shut(cast))
    sent = await phone.send(cast.pair, "erna")
    await tablet.settle()
    live: Frame = [one for one in tablet.events if one["kind"] == "msg.new"][-1]
    assert (live["status"], live["hold"]) == ("held", sent["hold"])
    assert live["hold"]["opens_at"] == format_instant(OPENS_AT)
    assert await do(lambda: read_statuses(cast)) == [("ervoor", None), ("erna", "held")]
    await do(lambda: unlock(cast))
    assert await do(lambda: read_statuses(cast)) == [("ervoor", None), ("erna", None)]


def test_a_log_read_again_shows_the_hold_to_its_sender_alone(cast: Cast) -> None:
    shut(cast)
    accept_messages([cast.draft(cast.ada, "erna")], now=read_clock())
    (missed,) = read_missed([MissedAsk(str(cast.ada.id), 0, 50)], now=read_clock())
    assert [b'"status":"held"' in item for _, item in missed.items if b"msg.new" in item] == [True]
    unlock(cast)
    for person in (cast.ada, cast.ben):
        (missed,) = read_missed([MissedAsk(str(person.id), 0, 50)], now=read_clock())
        assert not [item for _, item in missed.items if b"held" in item]
        assert [item for _, item in missed.items if b"erna" in item]
