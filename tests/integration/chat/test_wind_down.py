"""The end of an evening: a running talk may be wrapped up, and extended by the expert's own choice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from server.availability.actions import add_exception, set_hours
from server.availability.models import Extension, LedgerEntry
from server.chat.actions.gates import step_turn_gates
from server.chat.errors import OutsideWindow
from tests.cast import Answer, Cast, Player, make_player
from tests.integration.availability.people import delete, get, post
from tests.integration.chat.evenings import (
    AMSTERDAM,
    EVENINGS,
    INSTANT,
    SECOND,
    add_pair,
    at,
    begin,
    card_of,
    head_of,
    is_held,
    list_availability,
    list_kinds,
    new_id,
    say,
    seat_of,
    set_numbers,
    show,
    sweep,
)
from tests.integration.chat.witness import nothing_changes_here

END, GRACE, TOMORROW = at("22:00"), at("22:10"), at("19:00", days=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Tuesday, 20:00."""
    with time_machine.travel(at("20:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def cast(transactional_db: None, clock: time_machine.Traveller) -> Cast:
    """The cast with Ben's evenings, at 20:00."""
    return begin("20:00")


@pytest.fixture(params=["swept", "nobody looked"])
def watch(request: pytest.FixtureRequest) -> bool:
    """Whether the sweeper runs at the end of the window."""
    return bool(request.param == "swept")


def talk(cast: Cast, wall: str = "21:55") -> None:
    """Have Ben write in the pair."""
    say(cast, cast.ben, "nog even", now=at(wall))


# --- the grace


def test_a_running_talk_goes_on_for_ten_minutes_on_both_sides(cast: Cast, watch: bool) -> None:
    talk(cast)
    if watch:
        sweep(END)
    assert not is_held(cast, now=END)
    assert say(cast, cast.ben, now=END + SECOND).hold is None
    assert not is_held(cast, now=GRACE - INSTANT)
    seat = seat_of(cast.ben, cast.pair)
    assert (seat.gate, seat.turns_at, seat.grace_until) == ("open", GRACE, GRACE)
    if watch:
        sweep(GRACE)
    assert is_held(cast, now=GRACE)
    with pytest.raises(OutsideWindow) as refused:
        say(cast, cast.ben, now=GRACE)
    assert refused.value.extra == {"next_opening": show(TOMORROW)}
    assert [one for one in list_kinds(cast.ben) if one.startswith("msg")][-1] == "msg.new 4"


def test_who_writes_on_in_the_grace_gets_no_second_one(cast: Cast, watch: bool) -> None:
    talk(cast)
    if watch:
        sweep(END)
    say(cast, cast.ben, now=at("22:09"))
    assert is_held(cast, now=GRACE)
    sweep(at("22:19"))
    assert seat_of(cast.ben, cast.pair).gate == "closed"


@pytest.mark.parametrize("wall", [None, "21:45"])
def test_without_a_running_talk_there_is_none(cast: Cast, watch: bool, wall: str | None) -> None:
    if wall:
        talk(cast, wall)
    if watch:
        sweep(END)
    assert is_held(cast, now=END)
    assert seat_of(cast.ben, cast.pair).grace_until is None


def test_it_is_that_one_talk_that_goes_on(cast: Cast, watch: bool) -> None:
    cleo = make_player(cast.team, "youth", "Cleo", at("20:00"))
    other = add_pair(cast, cleo, cast.ben, now=at("20:00") + SECOND)
    talk(cast)
    if watch:
        sweep(END)
    assert not is_held(cast, now=END)
    assert say(cast, cleo, now=END, conversation_id=other).hold is not None
    with pytest.raises(OutsideWindow):
        say(cast, cast.ben, now=END, conversation_id=other)


def test_the_youth_hears_that_the_end_is_ten_minutes_later(cast: Cast) -> None:
    talk(cast)
    ada = head_of(cast.ada)
    sweep(END)
    assert [one["until"] for one in list_availability(cast.ada, ada)] == [show(GRACE)]
    sweep(GRACE)
    assert [one["next_opening"] for one in list_availability(cast.ada, ada)] == [show(TOMORROW)]


def test_a_gate_in_its_grace_has_not_moved(cast: Cast) -> None:
    talk(cast)
    before = seat_of(cast.ben, cast.pair)
    sweep(END)
    after = seat_of(cast.ben, cast.pair)
    assert (after.gate_version, after.turned_at, after.visible_upto) == (
        before.gate_version,
        before.turned_at,
        before.visible_upto,
    )


def test_a_pause_ends_the_grace_at_once(cast: Cast, clock: time_machine.Traveller) -> None:
    talk(cast)
    sweep(END)
    clock.move_to(at("22:03"))
    post(cast.ben, "/me/pause")
    assert is_held(cast, now=at("22:03"))


@pytest.mark.parametrize(
    "what", ["a day next week", "the hours once more", "a new conversation", "more time elsewhere"]
)
def test_what_the_expert_changes_right_after_the_end_takes_no_grace_away(cast: Cast, what: str) -> None:
    """Also when nobody has turned the gate yet: it would have had its grace."""
    cleo = make_player(cast.team, "youth", "Cleo", at("20:00"))
    other = add_pair(cast, cleo, cast.ben, now=at("20:00") + SECOND)
    talk(cast)
    say(cast, cast.ben, now=at("21:56"), conversation_id=other)
    late, ben = END + SECOND, card_of(cast.ben)
    if what == "a day next week":
        add_exception(actor=ben, kind="exam", first="2026-11-25", last="2026-11-25", windows=[], now=late)
    elif what == "the hours once more":
        set_hours(actor=ben, zone=AMSTERDAM, windows=EVENINGS, now=late)
    elif what == "a new conversation":
        add_pair(cast, make_player(cast.team, "youth", "Daan", late), cast.ben, now=late)
    else:
        assert extend(cast, c=other).status == 201
    assert not is_held(cast, now=at("22:05"))
    assert is_held(cast, now=GRACE)


def test_the_team_says_how_long(cast: Cast, watch: bool) -> None:
    set_numbers(cast, grace_minutes=3, talk_minutes=2)
    talk(cast, "21:59")
    if watch:
        sweep(END)
    assert not is_held(cast, now=at("22:02"))
    assert is_held(cast, now=at("22:03"))


# --- more time


def extend(cast: Cast, c: str | None = None, player: Player | None = None) -> Answer:
    """Ask for more time in the pair, or elsewhere."""
    return post(player or cast.ben, "/me/extension", c=c or cast.pair)


def list_own_extensions(cast: Cast) -> list[dict[str, str]]:
    """Return what any device of Ben's learns of the extensions that run."""
    found: list[dict[str, str]] = get(cast.ben, "/me/availability").body["extensions"]
    return found


def test_a_quarter_more_twice_and_no_third(cast: Cast, clock: time_machine.Traveller) -> None:
    for wall, until in (("21:58", "22:15"), ("22:14", "22:30")):
        talk(cast, wall)
        clock.move_to(at(wall))
        answer = extend(cast)
        assert (answer.status, answer.body) == (201, {"until": show(at(until))})
    talk(cast, "22:29")
    clock.move_to(at("22:29"))
    with nothing_changes_here():
        answer = extend(cast)
        assert (answer.status, answer.body["code"], answer.body["retry"]) == (409, "expert.no_extension", "never")
    assert not is_held(cast, now=at("22:30") - INSTANT)
    assert is_held(cast, now=at("22:30"))
    entries = LedgerEntry.objects.filter(person_id=cast.ben.id, kind="extension").order_by("at")
    assert [(one.at, one.minutes, str(one.conversation_id), str(one.actor_id)) for one in entries] == [
        (at("21:58"), 15, cast.pair, cast.ben.id),
        (at("22:14"), 15, cast.pair, cast.ben.id),
    ]


def test_asked_for_twice_in_the_evening_both_quarters_are_added_up(cast: Cast, clock: time_machine.Traveller) -> None:
    talk(cast)
    clock.move_to(at("21:56"))
    assert [extend(cast).body["until"] for _ in range(2)] == [show(at("22:15")), show(at("22:30"))]
    sweep(END)
    assert not is_held(cast, now=at("22:29"))
    assert list_own_extensions(cast) == [{"c": cast.pair, "until": show(at("22:30"))}]
    assert is_held(cast, now=at("22:30"))
    clock.move_to(at("22:30"))
    assert list_own_extensions(cast) == []


def test_asked_for_in_the_grace_it_counts_from_then(cast: Cast, clock: time_machine.Traveller) -> None:
    talk(cast)
    sweep(END)
    clock.move_to(at("22:08"))
    assert extend(cast).body == {"until": show(at("22:23"))}
    seat = seat_of(cast.ben, cast.pair)
    assert (seat.gate, seat.turns_at, seat.grace_until) == ("open", at("22:23"), GRACE)
    assert is_held(cast, now=at("22:23"))


def test_it_opens_a_talk_that_has_just_closed_and_brings_what_was_held(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    talk(cast)
    say(cast, cast.ben, now=at("22:09"))
    assert is_held(cast, now=at("22:11"))
    ben, ada = head_of(cast.ben), head_of(cast.ada)
    clock.move_to(at("22:12"))
    assert extend(cast).body == {"until": show(at("22:27"))}
    assert list_kinds(cast.ben, ben) == ["msg.new 3"]
    assert "gate.opened" in list_kinds(cast.ada, ada)
    say(cast, cast.ben, now=at("22:26"))
    assert is_held(cast, now=at("22:27")), "and there is no grace after it"


def test_it_is_for_that_one_talk(cast: Cast, clock: time_machine.Traveller) -> None:
    cleo = make_player(cast.team, "youth", "Cleo", at("20:00"))
    other = add_pair(cast, cleo, cast.ben, now=at("20:00") + SECOND)
    talk(cast, "21:55")
    clock.move_to(at("21:56"))
    assert list_own_extensions(cast) == []
    extend(cast)
    assert list_own_extensions(cast) == [{"c": cast.pair, "until": show(at("22:15"))}]
    assert not is_held(cast, now=at("22:14"))
    assert say(cast, cleo, now=at("22:14"), conversation_id=other).hold is not None


@pytest.mark.parametrize("wall", [None, "21:41"])
def test_without_a_running_talk_it_is_refused_and_changes_nothing(
    cast: Cast, clock: time_machine.Traveller, wall: str | None
) -> None:
    if wall:
        talk(cast, wall)
    say(cast, cast.ada, now=at("21:55"))
    clock.move_to(at("21:56"))
    with nothing_changes_here():
        answer = extend(cast)
    assert (answer.status, answer.body["code"]) == (409, "expert.no_extension")
    assert (Extension.objects.count(), LedgerEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize("way", ["/me/pause", "/me/rest"])
def test_in_a_pause_or_rest_it_is_refused_and_they_end_it(cast: Cast, clock: time_machine.Traveller, way: str) -> None:
    talk(cast)
    clock.move_to(at("21:56"))
    assert extend(cast).status == 201
    assert post(cast.ben, way).status in (200, 201)
    assert list_own_extensions(cast) == []
    with nothing_changes_here():
        answer = extend(cast)
    assert (answer.status, answer.body["code"]) == (409, "expert.no_extension")
    assert is_held(cast, now=at("21:57"))
    clock.move_to(at("21:58"))
    delete(cast.ben, way)
    assert not is_held(cast, now=at("21:59"))
    assert is_held(cast, now=at("22:11")), "the extension does not come back"


def test_in_an_absence_it_is_refused(cast: Cast, clock: time_machine.Traveller) -> None:
    """Its gate would stay closed: nobody gets a quarter of an hour in which nothing comes."""
    talk(cast)
    clock.move_to(at("21:56"))
    post(cast.ben, "/me/availability/absences", **{"from": "2026-11-17", "to": "2026-11-18"})
    with nothing_changes_here():
        answer = extend(cast)
    assert (answer.status, answer.body["code"]) == (409, "expert.no_extension")


def test_the_team_says_how_long_and_how_often(cast: Cast, clock: time_machine.Traveller) -> None:
    set_numbers(cast, extension_minutes=5, most_extensions=1)
    talk(cast)
    clock.move_to(at("21:56"))
    assert [extend(cast).status for _ in range(2)] == [201, 409]
    assert is_held(cast, now=at("22:10"))


def test_nobody_else_has_time_to_give(cast: Cast, clock: time_machine.Traveller) -> None:
    talk(cast)
    clock.move_to(at("21:56"))
    bo = make_player(cast.team, "expert", "Bo", at("20:00"))
    with nothing_changes_here():
        for player in (cast.ada, cast.mara):
            assert extend(cast, player=player).body["code"] == "auth.forbidden"
        strange = [extend(cast, player=bo), extend(cast, c=new_id()), extend(cast, c=cast.elsewhere)]
    assert {(one.status, one.body["code"]) for one in strange} == {(404, "conv.not_found")}


@pytest.mark.parametrize("fields", [{}, {"c": "x"}, {"c": None}, {"c": 1}, {"more": 1}])
def test_an_odd_request_is_refused(cast: Cast, fields: dict[str, object]) -> None:
    talk(cast, "20:00")
    given = {"c": cast.pair} | fields if "more" in fields else fields
    with nothing_changes_here():
        answer = post(cast.ben, "/me/extension", **given)
    assert (answer.status, answer.body["code"]) == (400, "proto.bad_frame")


def test_the_sweeper_and_the_extension_agree_whoever_comes_first(cast: Cast, clock: time_machine.Traveller) -> None:
    talk(cast)
    clock.move_to(END)
    assert extend(cast).body == {"until": show(at("22:15"))}
    assert step_turn_gates(END) is False, "the gate has been turned by the extension"
    seat = seat_of(cast.ben, cast.pair)
    assert (seat.turns_at, seat.grace_until) == (at("22:15"), GRACE)
