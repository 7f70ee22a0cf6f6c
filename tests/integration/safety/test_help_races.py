"""Many at once: a worry, a press and a file are each one row, whoever comes first."""

from __future__ import annotations

import pytest

from server.foundation.clock import read_clock
from server.safety.actions.cases import add_entry, open_case
from server.safety.actions.help import press_help
from server.safety.actions.silence import Turn, note_turns
from server.safety.actions.worries import raise_worry
from server.safety.models import CaseEntry, CaseFile, Escalation, SafetyKey, Signal, SilenceTimer, Worry
from tests.cast import Cast
from tests.integration.availability.people import card_of
from tests.integration.chat.threads import run_together
from tests.integration.safety.evening import put_on_call

MANY = 8


@pytest.fixture
def busy(on_postgres: None, cast: Cast) -> Cast:
    """The cast, committed, with Noor on call."""
    put_on_call(cast, cast.noor)
    return cast


def test_presses_and_worries_at_once_are_one_escalation(busy: Cast) -> None:
    now, ada, ben = read_clock(), card_of(busy.ada), card_of(busy.ben)

    def press() -> str:
        return str(press_help(actor=ada, now=now).raised.escalation.id)

    def worry() -> str:
        raised = raise_worry(actor=ben, conversation_id=busy.pair, level="urgent", note="?", seqs=(), now=now)
        return str(raised.raised.escalation.id)

    found = run_together([press, worry] * (MANY // 2))
    assert len(set(found)) == 1
    assert (Escalation.objects.count(), Worry.objects.count(), Signal.objects.count()) == (1, 1, MANY)
    assert Escalation.objects.get().level == "emergency"


def test_a_file_that_many_open_at_once_is_one_with_one_key(busy: Cast) -> None:
    now, mara = read_clock(), card_of(busy.mara)
    keys = SafetyKey.objects.count()
    opened = run_together([lambda: open_case(actor=mara, youth_id=busy.ada.id, now=now)] * MANY)
    assert len({case.id for case, _ in opened}) == sum(new for _, new in opened) == CaseFile.objects.count() == 1
    assert SafetyKey.objects.count() == keys + 1
    case = opened[0][0].id
    run_together([lambda: add_entry(actor=mara, case_id=case, kind="fact", text="x", now=now)] * MANY)
    assert sorted(CaseEntry.objects.values_list("number", flat=True)) == list(range(1, MANY + 1))


def test_turns_noted_at_once_come_to_the_same(busy: Cast) -> None:
    now = read_clock()
    turns = [Turn(busy.pair, seq, busy.ada.id if seq % 2 else busy.ben.id, seq % 2 == 1, now) for seq in range(1, 8)]
    run_together([lambda turn=turn: note_turns(turns=[turn], now=now) for turn in turns])  # type: ignore[misc]
    timer = SilenceTimer.objects.get()
    assert (timer.first_seq, timer.last_seq, timer.answered_seq) == (7, 7, 6)
