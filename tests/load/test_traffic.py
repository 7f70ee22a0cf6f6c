"""When a message counts as done: delivered and confirmed, once each, in either order."""

from typing import cast

import pytest

from tests.load.devices import Audience, Device
from tests.load.traffic import ClosedLoop, Pair


class Mute:
    """A device that notes what it is told to say."""

    def __init__(self) -> None:
        self.said: list[int] = []
        self.audience: Audience | None = None

    def say(self, number: int) -> None:
        """Note the number."""
        self.said.append(number)


class Talk:
    """A closed loop over one pair of mute devices, one message under way."""

    def __init__(self) -> None:
        self.youth, self.expert = Mute(), Mute()
        pair = Pair(cast(Device, self.youth), cast(Device, self.expert))
        self.loop = ClosedLoop([pair], seconds=60.0)
        self.loop.ends_at = float("inf")
        self.loop.begin(pair)
        self.number = self.youth.said[0]


@pytest.mark.parametrize("order", [("on_delivered", "on_confirmed"), ("on_confirmed", "on_delivered")])
def test_the_other_answers_only_after_both_halves(order: tuple[str, str]) -> None:
    talk = Talk()

    getattr(talk.loop, order[0])(talk.number)
    after_one_half = list(talk.expert.said)
    getattr(talk.loop, order[1])(talk.number)

    assert after_one_half == []
    assert len(talk.expert.said) == 1
    assert talk.loop.outcome.in_time == 1


def test_a_second_delivery_is_not_a_confirmation() -> None:
    talk = Talk()

    talk.loop.on_delivered(talk.number)
    talk.loop.on_delivered(talk.number)

    assert talk.expert.said == []
    assert len(talk.loop.outcome.delays) == 1


def test_what_is_done_after_the_time_does_not_count() -> None:
    talk = Talk()
    talk.loop.ends_at = 0.0

    talk.loop.on_delivered(talk.number)
    talk.loop.on_confirmed(talk.number)

    assert talk.loop.outcome.in_time == 0
    assert talk.expert.said == []
