"""Eve belongs to another team. Every door gives her the answer that it gives for a thing that does not exist."""

from __future__ import annotations

import pytest

from server.foundation.ids import make_id
from tests.cast import Cast, Frame, Player, Rest
from tests.integration.chat.turning import shut
from tests.integration.chat.witness import nothing_changes, nothing_changes_here
from tests.integration.realtime.house import House, do

M = str(make_id())
DOORS = {
    "history": ("GET", "/conversations/{c}/messages", b""),
    "an older page": ("GET", "/conversations/{c}/messages?before=9&limit=3", b""),
    "sending": ("POST", "/conversations/{c}/messages", b'{"m":"%b","body":"hoi"}' % M.encode()),
    "sending nothing": ("POST", "/conversations/{c}/messages", b'{"m":"%b","body":" "}' % M.encode()),
    "reading": ("POST", "/conversations/{c}/read", b'{"upto":1}'),
    "taking back": ("DELETE", "/conversations/{c}/messages/{mid}", b""),
}
FRAMES: dict[str, Frame] = {
    "send": {"m": M, "body": "hoi"},
    "read": {"upto": 1},
    "withdraw": {},
}


def list_strangers(cast: Cast) -> dict[str, Player]:
    """Return who is not in the pair: of another team, and of the same."""
    return {"eve": cast.eve, "mara": cast.mara}


@pytest.mark.parametrize("who", ["eve", "mara"])
@pytest.mark.parametrize("door", DOORS)
def test_over_rest_anothers_conversation_is_none(cast: Cast, door: str, who: str) -> None:
    """Mara coordinates the team; she reads no conversation for that (SAFETY §5)."""
    shut(cast)
    mid = cast.accept(cast.ada).message_id
    method, path, data = DOORS[door]
    rest = Rest(list_strangers(cast)[who])
    with nothing_changes_here():
        theirs = rest.call(method, path.format(c=cast.pair, mid=mid), data)
        nobodys = rest.call(method, path.format(c=make_id(), mid=make_id()), data)
    assert theirs.seen == nobodys.seen
    assert (theirs.status, theirs.body["code"]) == (404, "conv.not_found")


@pytest.mark.parametrize("who", ["eve", "mara"])
@pytest.mark.parametrize("kind", FRAMES)
async def test_over_the_socket_anothers_conversation_is_none(cast: Cast, house: House, kind: str, who: str) -> None:
    await do(lambda: shut(cast))
    mid = (await do(lambda: cast.accept(cast.ada))).message_id
    stranger = await house.open(list_strangers(cast)[who])
    async with nothing_changes():
        answers = []
        for c, message in ((cast.pair, mid), (str(make_id()), str(make_id()))):
            more = {"mid": message} if kind == "withdraw" else {}
            answers.append(await stranger.ask(kind, **(FRAMES[kind] | more | {"id": "same", "c": c})))
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "conv.not_found"


@pytest.mark.parametrize("door", DOORS)
def test_without_a_session_there_is_no_answer_about_anything(cast: Cast, door: str) -> None:
    mid = cast.accept(cast.ada).message_id
    method, path, data = DOORS[door]
    with nothing_changes_here():
        theirs = Rest(None).call(method, path.format(c=cast.pair, mid=mid), data)
        nobodys = Rest(None).call(method, path.format(c=make_id(), mid=make_id()), data)
    assert theirs.seen == nobodys.seen
    assert (theirs.status, theirs.body["code"]) == (401, "auth.session_revoked")


async def test_eve_hears_nothing_of_a_talk_that_is_not_hers(cast: Cast, house: House) -> None:
    ada, ben, eve = await house.open(cast.ada), await house.open(cast.ben), await house.open(cast.eve)
    await ada.send(cast.pair, "geheim")
    ada.tell("typing", c=cast.pair, on=True)
    await ben.settle()
    ben.ack()
    await ben.ask("read", c=cast.pair, upto=1)
    await ada.wait_for_event("receipt.delivered")
    assert (await eve.ask("ping"))["head"] == eve.pos
    await eve.settle()
    assert eve.events == eve.pushes == []


async def test_eve_cannot_answer_to_a_message_she_does_not_know(cast: Cast, house: House) -> None:
    """A reply names a message by its id; what she guesses is kept as a guess and shows her nothing."""
    mid = (await do(lambda: cast.accept(cast.ada, "geheim"))).message_id
    eve = await house.open(cast.eve)
    foreign = await eve.send(cast.elsewhere, "antwoord", reply_to=mid)
    imagined = await eve.send(cast.elsewhere, "antwoord", reply_to=str(make_id()))
    assert {name: foreign[name] for name in ("type", "status", "dup")} == {
        name: imagined[name] for name in ("type", "status", "dup")
    }
    history = (await do(lambda: Rest(cast.eve).get(f"/conversations/{cast.elsewhere}/messages"))).body
    assert "geheim" not in str(history)


async def test_the_m_of_somebody_else_tells_eve_nothing(cast: Cast, house: House) -> None:
    accepted = await do(lambda: cast.accept(cast.ada, "geheim"))
    eve = await house.open(cast.eve)
    sent = await eve.send(cast.elsewhere, "geheim", m=accepted.draft.client_id)
    assert (sent["dup"], sent["seq"]) == (False, 1)
