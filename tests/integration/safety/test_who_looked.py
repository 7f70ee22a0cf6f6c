"""A youth sees who looked: every look by somebody who is no member, in plain words, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from server.accounts.models import Person
from server.audit.rules.actions import LOOKS
from server.foundation.clock import format_instant
from server.safety.rules.glass import REASONS
from server.safety.rules.looks import write_look
from tests.cast import Cast
from tests.integration.availability.people import TUESDAY, Neighbours, get
from tests.integration.safety.glasses import break_it, opened, read
from tests.witness import nothing_changes


def test_each_look_is_there_with_its_time_role_and_reason(cast: Cast, clock: time_machine.Traveller) -> None:
    cast.accept(cast.ada)
    opened(cast.mara, cast, reason_code="silence")
    read(cast.mara, cast.pair)
    clock.move_to(TUESDAY + timedelta(minutes=10))
    opened(cast.noor, cast, reason_code="life_danger")
    read(cast.noor, cast.pair)
    newest, oldest = get(cast.ada, "/me/who-looked").body
    assert oldest == {
        "at": format_instant(TUESDAY),
        "role": "coordinator",
        "action": "conversation.read",
        "purpose": "safety",
        "emergency": False,
        "text": "Iemand van het team las mee in je gesprek. We hoorden niets meer van je en maakten ons zorgen.",
    }
    assert (newest["emergency"], newest["at"]) == (True, format_instant(TUESDAY + timedelta(minutes=10)))
    assert "Mara" not in str([newest, oldest])


def test_it_is_in_the_youths_language(cast: Cast) -> None:
    Person.objects.filter(id=cast.ada.id).update(language="en")
    opened(cast.mara, cast)
    read(cast.mara, cast.pair)
    (look,) = get(cast.ada, "/me/who-looked").body
    assert look["text"].startswith("Somebody of the team read your conversation. We were afraid")


def test_an_opening_without_a_read_is_no_look(cast: Cast) -> None:
    opened(cast.mara, cast)
    assert get(cast.ada, "/me/who-looked").body == []


def test_nobody_sees_who_looked_at_another(cast: Cast, neighbours: Neighbours) -> None:
    opened(cast.mara, cast)
    read(cast.mara, cast.pair)
    with nothing_changes():
        assert get(cast.eve, "/me/who-looked").body == []
        for player in (cast.ben, cast.mara, cast.noor, neighbours.edda):
            answer = get(player, "/me/who-looked")
            assert (answer.status, answer.body["code"]) == (403, "auth.forbidden")
        assert get(None, "/me/who-looked").status == 401


def test_a_delayed_telling_hides_only_what_it_is_about(cast: Cast) -> None:
    opened(cast.mara, cast, tell_youth="later", safety_reason="De telefoon wordt door iemand gelezen.")
    read(cast.mara, cast.pair)
    break_it(cast.noor, cast.pair, reason_code="report")
    read(cast.noor, cast.pair)
    (look,) = get(cast.ada, "/me/who-looked").body
    assert look["purpose"] == "complaint"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_there_are_words_for_every_kind_of_look(language: str) -> None:
    plain = {action: write_look(action, "", language) for action in LOOKS}
    assert len(set(plain.values())) == len(LOOKS)
    reasons = {write_look("conversation.read", reason, language) for reason in REASONS}
    assert len(reasons) == len(REASONS)
