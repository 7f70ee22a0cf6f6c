"""Many greetings at once, on real connections."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from server.accounts.door import AccountsDoor
from server.foundation.clock import read_clock
from server.foundation.errors import WarmlijnError
from server.foundation.ids import make_id
from server.ports.socket_door import Knock
from server.realtime.actions.sockets import Greeted, HelloAsk, beat_process, open_sockets
from server.realtime.limits import SOCKETS_PER_USER
from server.realtime.models import DeviceLink
from tests.cast import Cast
from tests.integration.chat.threads import run_together


def make_greetings(cast: Cast, names: list[str], *, beat: bool) -> list[Callable[[], Greeted | WarmlijnError]]:
    """Return a greeting of each of Ada's devices, to two servers in turn."""
    servers = [str(make_id()) for _ in range(2)]
    for server in servers if beat else ():
        beat_process(server, "server", now=read_clock())

    def greet(name: str, server: str) -> Greeted | WarmlijnError:
        ask = HelloAsk(Knock(None, cast.ada.token), name, None, str(make_id()))
        (answer,) = open_sockets([ask], door=AccountsDoor(), process_id=server, now=read_clock())
        return answer

    return [partial(greet, name, servers[at % 2]) for at, name in enumerate(names)]


def test_twenty_greetings_at_once_find_eight_seats(cast: Cast) -> None:
    answers = run_together(make_greetings(cast, [f"device {at}" for at in range(20)], beat=True))
    assert sum(isinstance(one, Greeted) for one in answers) == SOCKETS_PER_USER
    refused = {one.code for one in answers if isinstance(one, WarmlijnError)}
    assert refused == {"realtime.too_many_sockets"}
    assert DeviceLink.objects.filter(user_id=cast.ada.id, socket_id__isnull=False).count() == SOCKETS_PER_USER


def test_one_device_greeting_many_times_at_once_has_one_seat(cast: Cast) -> None:
    answers = run_together(make_greetings(cast, ["phone"] * 8, beat=True))
    assert all(isinstance(one, Greeted) for one in answers)
    assert DeviceLink.objects.filter(user_id=cast.ada.id).count() == 1
    replaced = [one.replaced_socket_id for one in answers if isinstance(one, Greeted)]
    assert len(set(replaced)) == 8, "each sends the one before away, the first nobody"
    assert replaced.count(None) == 1


@pytest.mark.parametrize("size", [12])
def test_greetings_in_one_batch_are_counted_as_well(cast: Cast, size: int) -> None:
    asks = [HelloAsk(Knock(None, cast.ada.token), f"device {at}", None, str(make_id())) for at in range(size)]
    answers = open_sockets(asks, door=AccountsDoor(), process_id=str(make_id()), now=read_clock())
    assert [isinstance(one, Greeted) for one in answers] == [at < SOCKETS_PER_USER for at in range(size)]
