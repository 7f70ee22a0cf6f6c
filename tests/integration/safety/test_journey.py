"""One evening from end to end, over HTTP and sockets: a worry at five to ten, and nobody carries it alone.

Worry at 21:55 → the window ends → the first coordinator is silent → the second acknowledges → joins → a step of the
meldcode → handed over → the closing talk with the expert, within the expert's own hours the next evening.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from server.availability.queries import find_reachability
from server.chat.actions.ending import step_notify_ends
from server.chat.actions.gates import step_turn_gates
from server.foundation.clock import read_clock
from server.safety.models import Page
from server.safety.rules.stepping import JUST_CALLED
from tests.cast import Answer, Cast, Frame, Player, SocketClient, make_cast
from tests.integration.availability.people import TUESDAY, get, post
from tests.integration.realtime.conftest import house as house
from tests.integration.realtime.house import House, do
from tests.integration.safety.evening import ENDS, give_evening, list_log, press, put_on_call, work, worry
from tests.integration.safety.glasses import come_back
from tests.integration.safety.witness import list_recorded

FIVE_TO_TEN = TUESDAY + ENDS - timedelta(minutes=5)
TEN = TUESDAY + ENDS
NEXT_EVENING = TUESDAY + timedelta(hours=22, minutes=30)


@pytest.fixture
def cast(transactional_db: None, clock: object) -> Cast:
    """The cast, committed, so that every thread sees it; Ben until ten, Noor on call."""
    made = make_cast()
    give_evening(made.ben)
    put_on_call(made, made.noor)
    return made


async def over_http(call: Callable[..., Answer], *given: Any, expect: int = 200, **fields: Any) -> Any:
    """Return what a call answers, made from a thread of its own as the server's edges are."""
    answer = await do(lambda: call(*given, **fields))
    assert answer.status == expect, answer.body
    return answer.body


async def go_to(clock: time_machine.Traveller, moment: Any) -> None:
    """Go on to an instant and have the worker do all that is due then."""
    clock.move_to(moment)

    def tick() -> None:
        step_turn_gates(moment)
        step_notify_ends(moment)
        work(now=moment)

    await do(tick)


async def heard(device: SocketClient, kind: str) -> Frame:
    """Return the event when it has come over the socket."""
    return await device.wait_for_event(kind)


async def open_all(house: House, *players: Player) -> list[SocketClient]:
    """Return a device of each, following their log."""
    return [await house.open(player) for player in players]


async def test_a_worry_at_five_to_ten(cast: Cast, house: House, clock: time_machine.Traveller) -> None:
    clock.move_to(FIVE_TO_TEN)
    ada, ben, mara, noor = await open_all(house, cast.ada, cast.ben, cast.mara, cast.noor)
    sent = await ada.send(cast.pair, "thuis gaat het mis")
    await ben.send(cast.pair, "ik ben er nog even")

    # Ben worries; Noor, on call, hears it at once. Ben's time is almost over: he may let go.
    # Noor has three minutes, then Mara is called as well.
    raised = await over_http(
        worry, cast.ben, cast.pair, "urgent", seqs=[sent["seq"]], note="blauwe plekken", expect=201
    )
    id_ = raised["escalation"]["id"]
    assert (await heard(noor, "escalation.opened"))["escalation"] == id_
    await go_to(clock, FIVE_TO_TEN)
    assert "Draag het over" in (await heard(ben, "worry.choose"))["text"]
    await go_to(clock, FIVE_TO_TEN + JUST_CALLED)
    assert (await heard(mara, "escalation.opened"))["escalation"] == id_
    over = await over_http(post, cast.ben, f"/me/worries/{raised['id']}/hand-over")
    assert over["released"] is True

    # The window ends, and the grace after it; Noor stays silent.
    await go_to(clock, TEN)
    await go_to(clock, TEN + timedelta(minutes=11))
    assert not (await do(lambda: find_reachability(cast.ben.id, read_clock()))).open

    # Mara acknowledges: nothing pages any more. She joins, seen by Ada.
    assert (await over_http(post, cast.mara, f"/escalations/{id_}/acknowledge"))["state"] == "acknowledged"
    assert (await heard(noor, "escalation.acknowledged"))["escalation"] == id_
    pages = await do(lambda: Page.objects.filter(state="queued").count())
    assert pages == 0
    joined = await over_http(post, cast.mara, f"/escalations/{id_}/join")
    assert (joined["state"], joined["conversation"]) == ("in_progress", cast.pair)
    assert (await heard(ada, "escalation.joined"))["role"] == "coordinator"
    await mara.wait_for_event("conv.new", c=cast.pair)
    await mara.send(cast.pair, "Hoi Ada, ik ben Mara, van het team.")
    await ada.wait_for_event("msg.new", body="Hoi Ada, ik ben Mara, van het team.")

    # She writes down what she knows, takes the first step of the meldcode, and hands over.
    case = (await over_http(post, cast.mara, f"/youths/{cast.ada.id}/case", expect=201))["id"]
    await over_http(post, cast.mara, f"/cases/{case}/meldcode", expect=201)
    step = {"step": 1, "outcome": "done", "reason": "blauwe plekken, gezegd door Ada"}
    await over_http(post, cast.mara, f"/cases/{case}/meldcode/steps", expect=201, **step)
    told: dict[str, Any] = {"to": "veilig_thuis", "told": ["wat Ada vertelde, met haar toestemming"]}
    assert (await over_http(post, cast.mara, f"/escalations/{id_}/hand-over", **told))["state"] == "handed_over"
    await go_to(clock, TEN + timedelta(minutes=30))

    # All of this reached Ben by nothing but what he asks for himself: his hours are over.
    assert await do(lambda: list_log(cast.ben, "worry.", "care.")) == ["worry.choose"]
    assert (await over_http(get, cast.ben, "/me/worries"))["worries"][0]["escalation"]["state"] == "handed_over"

    # The next evening, within his hours: he hears it, says how heavy it was, rests, and is called back.
    await go_to(clock, NEXT_EVENING - timedelta(minutes=1))
    assert await do(lambda: list_log(cast.ben, "worry.", "care.")) == ["worry.choose"]
    await go_to(clock, NEXT_EVENING)
    assert "Jij hoeft nu niets meer te doen" in (await heard(ben, "worry.released"))["text"]
    asked = await heard(ben, "care.asked")
    answer = {"heaviness": 5, "call_back": True}
    closed = await over_http(post, cast.ben, f"/me/after-care/{asked['after_care']}", **answer)
    assert closed["rest_until"] is not None
    again = await do(lambda: come_back(cast.mara))
    (waiting,) = (await over_http(get, again, "/after-care"))["call_backs"]
    assert (waiting["person"], waiting["heaviness"]) == (cast.ben.id, 5)
    await over_http(post, again, f"/after-care/{waiting['id']}/called")

    # And Ada can see who looked; nothing that people wrote is in the audit log.
    looked = await over_http(get, cast.ada, "/me/who-looked")
    assert {one["role"] for one in looked} <= {"coordinator"}
    entries = await do(lambda: [one.action for one in list_recorded(cast, "meldcode.written")])
    assert len(entries) == 2


async def test_a_press_reaches_the_coordinator_and_the_answer_reaches_the_youth(
    cast: Cast, house: House, clock: time_machine.Traveller
) -> None:
    ada, noor, ben = await open_all(house, cast.ada, cast.noor, cast.ben)
    pressed = await over_http(press, cast.ada, expect=201)
    id_ = pressed["escalation"]["id"]
    assert (await heard(noor, "escalation.opened"))["level"] == "emergency"
    await over_http(post, cast.noor, f"/escalations/{id_}/acknowledge")
    told = await heard(ada, "escalation.acknowledged")
    assert "gezien door een coördinator" in told["text"]
    await ben.settle()
    assert [one for one in ben.events if one["kind"].startswith("escalation.")] == []
