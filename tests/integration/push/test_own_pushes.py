"""Was I protected? Everybody reads what was decided about their own pushes, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from server.accounts.actions.devices import register_device
from server.accounts.actions.sessions import start_session
from server.accounts.models import Person
from server.foundation.clock import format_instant, read_clock
from server.push.queries import MOST_DECISIONS
from tests.cast import Cast, Rest, make_player
from tests.integration.availability.people import get
from tests.integration.push.desk import StandIn, give_phone, work
from tests.integration.safety.evening import ENDS, give_evening
from tests.witness import nothing_changes

Clock = time_machine.Traveller
SOON = timedelta(seconds=3)


def have_night(cast: Cast, clock: Clock, backend: StandIn) -> None:
    """Have a message of Ada's kept for Ben until his hours begin, and sent then."""
    give_phone(cast.ben)
    give_evening(cast.ben)
    clock.shift(ENDS)
    cast.accept(cast.ada)
    clock.shift(SOON)
    work(backend)
    assert get(cast.ben, "/me/pushes").body["pushes"] == [], "not in the night: it would say that somebody wrote"
    clock.shift(timedelta(hours=21))
    assert len(work(backend)) == 1


def test_an_expert_reads_what_was_kept_for_them_and_why(cast: Cast, clock: Clock, backend: StandIn) -> None:
    have_night(cast, clock, backend)
    sent, held = get(cast.ben, "/me/pushes").body["pushes"]
    assert (sent["decision"], sent["text"]) == ("sent", "Verstuurd naar je telefoon.")
    assert (held["kind"], held["decision"], held["reason"]) == ("message", "held", "outside_hours")
    assert held["text"] == "Bewaard tot je weer bereikbaar bent. Tot 18-11, 19:00."
    assert (held["rule_id"], held["push"]) == ("weekly", sent["push"])
    Person.objects.filter(id=cast.ben.id).update(language="en")
    [_, held] = get(cast.ben, "/me/pushes").body["pushes"]
    assert held["text"] == "Kept until you can be reached again. Until 18-11, 19:00."


def test_the_list_is_read_page_by_page(cast: Cast, clock: Clock, backend: StandIn) -> None:
    have_night(cast, clock, backend)
    first = get(cast.ben, "/me/pushes?limit=1").body
    assert first["more"]
    second = get(cast.ben, f"/me/pushes?limit=1&before={first['pushes'][0]['at']}").body
    assert [one["decision"] for one in second["pushes"]] == ["held"]
    assert not second["more"]
    for wrong in ("limit=0", f"limit={MOST_DECISIONS + 1}", "person=x"):
        assert get(cast.ben, f"/me/pushes?{wrong}").status == 400
    assert get(cast.ben, "/me/pushes?before=yesterday").body["code"] == "proto.bad_frame"


def test_what_was_decided_at_one_instant_stands_on_one_page(cast: Cast, clock: Clock, backend: StandIn) -> None:
    have_night(cast, clock, backend)
    session, _ = start_session(person_id=cast.ben.id, device_name="tablet", now=read_clock())
    register_device(session=session, push_token="another-token", platform="android", now=read_clock())
    cast.accept(cast.ada)
    clock.shift(timedelta(minutes=1))
    assert len(work(backend)) == 2
    seen, before = [], ""
    for _ in range(4):
        page = get(cast.ben, f"/me/pushes?limit=1{before}").body
        seen += [one["decision"] for one in page["pushes"]]
        before = f"&before={page['pushes'][-1]['at']}"
        if not page["more"]:
            break
    assert seen == ["sent", "sent", "sent", "held"]


def test_nobody_else_reads_it(cast: Cast, clock: Clock, backend: StandIn) -> None:
    have_night(cast, clock, backend)
    mia = make_player(cast.team, "coordinator", "Mia", read_clock())
    others = (cast.eve, cast.ada, mia)
    for one in others:
        Rest(one).get("/me")  # a session that was not used for a day is marked as used
    with nothing_changes():
        answers = [Rest(one).get("/me/pushes") for one in others]
        assert [one.body for one in answers] == [{"pushes": [], "more": False}] * 3
        assert Rest(None).get("/me/pushes").status == 401
        assert Rest(cast.eve).get(f"/people/{cast.ben.id}/pushes").status == 404


def test_the_wire_writes_instants_as_everywhere(cast: Cast, clock: Clock, backend: StandIn) -> None:
    have_night(cast, clock, backend)
    assert get(cast.ben, "/me/pushes").body["pushes"][0]["at"] == format_instant(read_clock())
