"""Papers that end: the coordinators hear of it 90, 30 and 7 days before, the expert too, within their hours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from server.buddies.models import ExpertProfile, ValidityNotice
from server.buddies.profile_tasks import step_warn_validity
from server.buddies.rules.validity import find_next_look, find_warning
from server.ports.socket_door import LoggedEvent
from server.realtime.rendering import render_events
from tests.cast import Cast, Player
from tests.frames import check_sent_by_server
from tests.integration.buddies.people import EVENINGS, TUESDAY, put, told, write_file
from tests.integration.buddies.witness import list_events

TODAY = date(2026, 11, 17)
NIGHT = TUESDAY.replace(hour=22)  # 23:30 in Amsterdam


def warn(at: datetime = TUESDAY) -> None:
    while step_warn_validity(at):
        pass


def list_warned(player: Player) -> list[tuple[str, int]]:
    return [(one["what"], one["days"]) for one in list_events(player, "validity.ending")]


@pytest.fixture(autouse=True)
def hours(cast: Cast) -> None:
    told(put(cast.ben, "/me/availability", zone="Europe/Amsterdam", windows=EVENINGS))


def set_papers(cast: Cast, **days: int) -> None:
    write_file(
        cast.mara, cast.ben, **{f"{what}_until": str(TODAY + timedelta(days=left)) for what, left in days.items()}
    )


DUE: list[tuple[int, set[int], int | None]] = [
    (91, set(), None), (90, set(), 90), (31, set(), 90), (31, {90}, None), (30, {90}, 30), (30, {90, 30}, None),
    (8, set(), 30), (7, set(), 7), (7, {7}, None), (0, {90, 30}, 7), (0, {7}, None), (-1, set(), None), (20, {7}, None),
]  # fmt: skip


@pytest.mark.parametrize(("left", "given", "due"), DUE)
def test_the_nearest_warning_alone_is_due(left: int, given: set[int], due: int | None) -> None:
    assert find_warning(TODAY + timedelta(days=left), TODAY, given) == due


@pytest.mark.parametrize(("left", "look"), [(100, 10), (90, 60), (31, 1), (30, 23), (8, 1), (7, None), (-3, None)])
def test_the_next_look_is_on_the_day_of_the_next_warning(left: int, look: int | None) -> None:
    expected = None if look is None else TODAY + timedelta(days=look)
    assert find_next_look(TODAY + timedelta(days=left), TODAY) == expected


def test_within_their_hours_both_sides_hear_of_it_once(cast: Cast) -> None:
    set_papers(cast, trained=200, vog=30)
    warn()
    warn(TUESDAY + timedelta(hours=1))

    assert list_warned(cast.mara) == list_warned(cast.noor) == list_warned(cast.ben) == [("vog", 30)]
    assert list_warned(cast.eve) == list_warned(cast.ada) == []
    assert ValidityNotice.objects.count() == 2


def test_outside_their_hours_the_expert_hears_nothing_until_they_begin(cast: Cast) -> None:
    with time_machine.travel(NIGHT, tick=False):
        set_papers(cast, vog=7, trained=7)
    warn(NIGHT)
    assert sorted(list_warned(cast.mara)) == [("training", 7), ("vog", 7)]
    assert list_warned(cast.ben) == []

    opening = datetime(2026, 11, 18, 18, tzinfo=UTC)
    assert ExpertProfile.objects.get().warn_at == opening
    assert not step_warn_validity(opening - timedelta(seconds=1))
    warn(opening)
    assert sorted(list_warned(cast.ben)) == [("training", 6), ("vog", 6)]


def test_at_every_step_they_hear_of_it_again(cast: Cast) -> None:
    set_papers(cast, vog=91)
    warn()
    seen = []
    for left in (90, 89, 31, 30, 8, 7, 1, 0, -1):
        # The middle of the evening, so that everybody may hear; on a winter day 20:30 in Amsterdam.
        warn(TUESDAY + timedelta(days=91 - left))
        seen.append(len(ValidityNotice.objects.filter(told="expert")))
    assert seen == [1, 1, 1, 2, 2, 3, 3, 3, 3]


def test_new_papers_are_warned_of_anew(cast: Cast) -> None:
    set_papers(cast, vog=7)
    warn()
    set_papers(cast, vog=400)
    warn()
    assert ExpertProfile.objects.get().warn_at == datetime(2027, 9, 23, 7, tzinfo=UTC), "09:00 in Amsterdam"


def test_papers_that_nobody_knows_or_that_are_over_are_no_matter_of_warnings(cast: Cast) -> None:
    set_papers(cast, vog=-1)
    warn()
    assert list_warned(cast.mara) == []
    assert ExpertProfile.objects.get().warn_at is None


def test_what_came_within_the_hours_may_be_read_after_them(cast: Cast) -> None:
    refs: dict[str, Any] = {"person": cast.ben.id, "what": "vog", "until": "2026-11-24", "days": 7}
    logged = [LoggedEvent(player.id, 1, "validity.ending", None, None, refs) for player in (cast.ben, cast.mara)]
    shown = {"kind": "validity.ending"} | refs
    assert render_events(logged, now=TUESDAY) == render_events(logged, now=NIGHT) == [shown, shown]
    check_sent_by_server({"type": "events", "from": "a.0", "to": "a.1", "more": False, "ev": [{"pos": 1} | shown]})


@pytest.mark.usefixtures("transactional_db")
def test_many_warnings_are_for_one_worker_each(cast: Cast) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL's row locks")
    set_papers(cast, vog=7)

    def work(_: int) -> bool:
        try:
            return step_warn_validity(TUESDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(work, range(3))) == [False, False, True]
    assert list_warned(cast.mara) == [("vog", 7)]
