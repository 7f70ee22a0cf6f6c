"""Sending: what is accepted, what is refused, and that both doors (socket and REST) are one function."""

from __future__ import annotations

from typing import Any

import pytest

from server.accounts.actions import lift_block, place_block
from server.chat.actions.conversations import close_conversation
from server.chat.models import Message
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from tests.cast import Cast, Frame, Rest
from tests.integration.chat.witness import nothing_changes
from tests.integration.realtime.house import House, do

NOBODY = "00000000-0000-7000-8000-000000000000"


def plain(answer: Frame) -> Frame:
    """Return an answer without what only the line needs."""
    return {name: value for name, value in answer.items() if name not in ("type", "re")}


async def test_a_message_is_stored_answered_and_delivered(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    m = str(make_id())
    sent = await ada.send(cast.pair, "hoi Ben", m=m)
    assert (sent["type"], sent["m"], sent["dup"], sent["status"]) == ("sent", m, False, "stored")
    assert (sent["c"], sent["seq"]) == (cast.pair, 1)
    assert "hold" not in sent
    got = await ben.wait_for_event("msg.new")
    shown = {name: sent[name] for name in ("c", "seq", "mid", "at")} | {"sender": cast.ada.id, "body": "hoi Ben"}
    assert got == shown | {"kind": "msg.new", "pos": got["pos"]}, "and no m: that is the sender's own"
    own = await ada.wait_for_event("msg.new")
    assert own == shown | {"kind": "msg.new", "pos": own["pos"], "m": m}


async def test_the_body_is_sealed_where_it_lies(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    sent = await ada.send(cast.pair, "een geheim")
    row = await do(lambda: Message.objects.get(id=sent["mid"]))
    assert b"geheim" not in bytes(row.body or b"") + bytes(row.body_hash)


@pytest.mark.parametrize("door", ["socket", "rest"])
async def test_a_repeat_gets_the_same_answer_and_stores_nothing(cast: Cast, house: House, door: str) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    m = str(make_id())
    first = await ada.send(cast.pair, "hoi", m=m)
    await ben.settle()
    await ada.settle()
    async with nothing_changes():
        for _ in range(2):
            if door == "socket":
                again = await ada.send(cast.pair, "hoi", m=m)
            else:
                answer = await do(lambda: Rest(cast.ada).post(f"/conversations/{cast.pair}/messages", m=m, body="hoi"))
                assert answer.status == 200
                again = answer.body
            assert plain(again) == plain(first) | {"dup": True}
        await ben.settle()
    assert len(ben.list_events("msg.new")) == 1


async def test_rest_answers_201_with_the_same_object_as_sent(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    m = str(make_id())
    answer = await do(lambda: Rest(cast.ada).post(f"/conversations/{cast.pair}/messages", m=m.upper(), body="hoi"))
    assert answer.status == 201
    again = await ada.send(cast.pair, "hoi", m=m)
    assert plain(again) == answer.body | {"dup": True}
    assert (await ben.wait_for_event("msg.new"))["mid"] == answer.body["mid"], "a commit over REST reaches sockets"


async def test_an_m_is_used_for_one_message_only(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    m, other = str(make_id()), str(make_id())
    await ada.send(cast.pair, "hoi", m=m)
    await ada.settle()
    async with nothing_changes():
        for changed in ({"body": "anders"}, {"body": "hoi", "reply_to": other}, {"body": "hoi "}):
            answer = await ada.send(cast.pair, **({"m": m} | changed))
            assert (answer["code"], answer["retry"]) == ("msg.idempotency_conflict", "never")


async def test_an_m_of_another_sender_is_another_m(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    m = str(make_id())
    assert (await ada.send(cast.pair, "hoi", m=m))["seq"] == 1
    assert (await ben.send(cast.pair, "hoi", m=m))["seq"] == 2


async def test_an_m_used_in_one_conversation_is_a_conflict_in_another(cast: Cast, house: House) -> None:
    from server.chat.actions.conversations import open_conversation

    second = await do(
        lambda: open_conversation(
            team_id=cast.team.id, kind="pair", member_ids=[cast.ada.person.id, cast.mara.person.id], now=read_clock()
        )
    )
    ada, m = await house.open(cast.ada), str(make_id())
    await ada.send(cast.pair, "hoi", m=m)
    assert (await ada.send(str(second.id), "hoi", m=m))["code"] == "msg.idempotency_conflict"


BODIES = {
    "one": "x",
    "4,000": "x" * 4_000,
    "4,000 astral": "\N{SLIGHTLY SMILING FACE}" * 4_000,
    "a family": "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}",
    "right to left": "\N{ARABIC LETTER MEEM}\N{RIGHT-TO-LEFT MARK} hoi",
    "combining, as it was written": "e\N{COMBINING ACUTE ACCENT}é",
    "space around": "  hoi \n\t ",
    "markup": "<script>alert(1)</script> & \" ' \\ %s {} $1 NULL",
    "control": "\u0001\u001f\u007f\u0085\u2028\u2029\ufeff",
    "highest": "\U0010ffff\ufffd\uffff",
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_text_comes_back_as_it_was_written(cast: Cast, house: House, name: str) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    assert (await ada.send(cast.pair, BODIES[name]))["type"] == "sent"
    assert (await ben.wait_for_event("msg.new"))["body"] == BODIES[name]
    history = await do(lambda: Rest(cast.ben).get(f"/conversations/{cast.pair}/messages"))
    assert history.body["messages"][0]["body"] == BODIES[name]


REFUSED: dict[str, tuple[str, str]] = {
    "nothing": ("", "msg.empty"),
    "spaces": ("   ", "msg.empty"),
    "lines": ("\n\r\t", "msg.empty"),
    "wide spaces": ("\u3000\u00a0\u2003", "msg.empty"),
    "4,001": ("x" * 4_001, "msg.too_long"),
    "4,001 astral": ("\N{SLIGHTLY SMILING FACE}" * 4_001, "msg.too_long"),
    "4,001 spaces": (" " * 4_001, "msg.too_long"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_text_that_is_none_or_too_long_is_refused_at_both_doors(cast: Cast, house: House, name: str) -> None:
    body, code = REFUSED[name]
    ada = await house.open(cast.ada)
    async with nothing_changes():
        assert (await ada.send(cast.pair, body))["code"] == code
        answer = await do(
            lambda: Rest(cast.ada).post(f"/conversations/{cast.pair}/messages", m=str(make_id()), body=body)
        )
        assert (answer.status, answer.body["code"]) == (422, code)


async def test_a_conversation_that_is_not_ones_own_is_none(cast: Cast, house: House) -> None:
    ada, eve = await house.open(cast.ada), await house.open(cast.eve)
    async with nothing_changes():
        answers = [
            await ada.send(cast.elsewhere, id="same"),
            await ada.send(NOBODY, id="same"),
            await eve.send(cast.pair, id="same"),
        ]
        assert answers[0] == answers[1] == answers[2]
        assert answers[0]["code"] == "conv.not_found"


async def test_a_closed_conversation_takes_no_more(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    m = str(make_id())
    first = await ada.send(cast.pair, "hoi", m=m)
    await do(lambda: close_conversation(conversation_id=cast.pair, now=read_clock()))
    await ada.wait_for_event("conv.closed", c=cast.pair)
    async with nothing_changes():
        assert (await ada.send(cast.pair, "nog iets"))["code"] == "conv.cannot_send"
        assert plain(await ada.send(cast.pair, "hoi", m=m)) == plain(first) | {"dup": True}, "a repeat is answered"


@pytest.mark.parametrize("blocker", ["ada", "ben"])
async def test_nothing_passes_between_two_of_whom_one_blocked_the_other(cast: Cast, house: House, blocker: str) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    one, other = (cast.ada, cast.ben) if blocker == "ada" else (cast.ben, cast.ada)
    await do(lambda: place_block(blocker_id=one.id, blocked_id=other.id, now=read_clock()))
    async with nothing_changes():
        answers = [plain(await client.send(cast.pair)) for client in (ada, ben)]
        assert answers[0] == answers[1], "neither learns who it was"
        assert answers[0]["code"] == "conv.cannot_send"
    await do(lambda: lift_block(blocker_id=one.id, blocked_id=other.id, now=read_clock()))
    assert (await ada.send(cast.pair))["type"] == "sent"


async def test_drafts_of_one_socket_keep_their_order(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    for at in range(40):
        ada.tell("send", id=at, c=cast.pair, m=str(make_id()), body=f"{at}")
    assert [(await ada.answer_to(at))["seq"] for at in range(40)] == list(range(1, 41))
    await ben.settle()
    assert [one["body"] for one in ben.list_events("msg.new")] == [f"{at}" for at in range(40)]


async def test_two_who_write_at_once_see_one_order(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    for at in range(15):
        for client in (ada, ben):
            client.tell("send", id=at, c=cast.pair, m=str(make_id()), body=f"{client.name} {at}")
    for client in (ada, ben):
        seqs = [(await client.answer_to(at))["seq"] for at in range(15)]
        assert seqs == sorted(seqs)
    await ada.settle()
    await ben.settle()
    logs = [[(one["seq"], one["body"], one["sender"]) for one in who.list_events("msg.new")] for who in (ada, ben)]
    assert logs[0] == logs[1]
    assert [seq for seq, _, _ in logs[0]] == list(range(1, 31))


async def test_an_answer_names_the_request_it_answers(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    for request_id in ("é", "x" * 64, 0, -1, 2**53 - 1):
        assert (await ada.send(cast.pair, id=request_id))["re"] == request_id


async def test_a_reply_says_to_what(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    first = await ada.send(cast.pair, "vraag")
    await ben.send(cast.pair, "antwoord", reply_to=first["mid"].upper())
    assert (await ada.wait_for_event("msg.new", body="antwoord"))["reply_to"] == first["mid"]


async def test_the_other_device_of_the_sender_hears_it_with_its_m(cast: Cast, house: House) -> None:
    phone, tablet = await house.open(cast.ada, "phone"), await house.open(cast.ada, "tablet")
    m = str(make_id())
    await phone.send(cast.pair, "hoi", m=m)
    assert (await tablet.wait_for_event("msg.new"))["m"] == m


async def test_what_is_recorded_for_other_rooms_holds_no_text(cast: Cast, house: House) -> None:
    from server.events.models import OutboxEvent

    ada = await house.open(cast.ada)
    sent = await ada.send(cast.pair, "een geheim")
    (fact,) = await do(lambda: list(OutboxEvent.objects.filter(name="chat.message_accepted")))
    payload: dict[str, Any] = fact.payload
    assert payload == {
        "conversation_id": cast.pair,
        "seq": 1,
        "message_id": sent["mid"],
        "sender_id": cast.ada.id,
        "recipient_ids": [cast.ben.id],
        "held_for": [],
        "at": sent["at"],
    }
