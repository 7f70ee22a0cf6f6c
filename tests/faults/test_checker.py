"""Every verdict of the checker fires on a journal made up to deserve it, and a clean run has none."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults import journal as j
from tests.faults.checker import Report, Verdict, add_up, check
from tests.faults.table import Call, Row, Table

CHAT = "chat"
BODIES = {"m1": "een", "m2": "twee", "m3": "drie"}
ROWS = tuple(Row(CHAT, seq, f"mid{seq}", "ada", f"m{seq}") for seq in (1, 2, 3))


@dataclass
class Story:
    """Ada writes three messages to Ben; each has one device that resumes and one that starts fresh."""

    rows: list[Row] = field(default_factory=lambda: list(ROWS))
    entries: list[j.Entry] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    clock: float = 0.0

    def tell(self, entry: type[j.Entry], /, device: str, **fields: Any) -> None:
        self.clock += 1.0
        user = device.split("-")[0]
        known: dict[str, Any] = {"at": self.clock, "device": device, "user": user}
        self.entries.append(entry(**(known | fields)))

    def send(self, row: Row, state: str = "stored", dup: bool = False) -> None:
        self.attempt(row)
        self.tell(j.Acknowledged, "ada-1", c=CHAT, m=row.m, dup=dup, state=state, seq=row.seq, mid=row.mid)

    def attempt(self, row: Row) -> None:
        self.tell(j.Attempted, "ada-1", c=CHAT, m=row.m, body=BODIES[row.m], route="socket")

    def see(self, device: str, row: Row, pos: int, **changed: Any) -> None:
        m = row.m if device.startswith(row.sender) else None
        fields = {
            "c": CHAT,
            "seq": row.seq,
            "mid": row.mid,
            "sender": row.sender,
            "body": BODIES[row.m],
            "m": m,
        }
        self.tell(j.Applied, device, epoch="e", pos=pos, kind="msg.new", **(fields | changed))

    def snapshot(self, device: str, count: int = 0, c: str = CHAT) -> None:
        self.tell(j.SnapshotTaken, device, cursor="e.0", conversations=((c, count, count),))

    def read(self, device: str, row: Row, **changed: Any) -> None:
        fields: dict[str, Any] = {
            "c": CHAT,
            "seq": row.seq,
            "mid": row.mid,
            "sender": row.sender,
            "body": BODIES[row.m],
        }
        self.tell(j.HistoryRead, device, **(fields | changed))

    def drain(self, skip: tuple[str, ...] = ()) -> None:
        for user in ("ada", "ben"):
            self.snapshot(f"{user}-fresh", 3)
            for row in ROWS:
                self.read(f"{user}-fresh", row)
            for device, how in ((f"{user}-1", "resume"), (f"{user}-fresh", "fresh")):
                if device not in skip:
                    self.tell(j.Drained, device, how=how)

    def check(self) -> Report:
        table = Table(tuple(self.rows), {CHAT: frozenset({"ada", "ben"})}, tuple(self.calls))
        return check(self.entries, table, seed=7)


def _make_story(rows: tuple[Row, ...] = ROWS, seen_by_ben: tuple[Row, ...] = ROWS, skip: tuple[str, ...] = ()) -> Story:
    story = Story()
    for device in ("ada-1", "ben-1"):
        story.snapshot(device)
    for pos, row in enumerate(rows, 1):
        story.send(row)
        story.see("ada-1", row, pos)
    for pos, row in enumerate(seen_by_ben, 1):
        story.see("ben-1", row, pos)
    story.drain(skip)
    return story


def _verdicts(story: Story) -> set[Verdict]:
    return {finding.verdict for finding in story.check().findings}


def test_a_clean_run_has_no_findings_and_prints_the_sentence() -> None:
    story = _make_story()
    story.tell(j.FaultDone, "harness", kind="redis flushall", started=0.0)
    story.tell(j.FaultDone, "harness", kind="server sigkill", started=0.0)
    story.tell(j.Unanswered, "ada-1", m="m1", reason="silence")
    story.tell(j.CaughtUp, "ben-1", seconds=1.25, in_time=True)
    report = story.check()
    assert report.is_clean
    assert report.describe() == (
        "seed 7: 3 acked, 2 faults of 2 kinds, 1 unknown outcomes, 0 lost, 0 duplicated, 0 reordered, "
        "0 seen early, caught up within 1.2 s."
    )


def test_an_acknowledged_message_missing_from_the_table_is_lost() -> None:
    story = _make_story()
    story.rows.pop()
    assert story.check().count(Verdict.LOST) == 1


def test_an_acknowledged_message_stored_under_another_number_is_lost() -> None:
    story = _make_story()
    story.rows[2] = replace(ROWS[2], seq=4)
    assert Verdict.LOST in _verdicts(story)


def test_a_stored_message_that_a_resumed_device_lacks_is_lost() -> None:
    report = _make_story(seen_by_ben=(ROWS[0], ROWS[2])).check()
    assert [f.text for f in report.findings] == [f"resume of ben-1 lacks {CHAT} #2"]


def test_what_a_device_saw_before_it_started_over_does_not_count() -> None:
    story = _make_story()
    story.snapshot("ben-1", 3)
    assert story.check().count(Verdict.LOST) == 3


def test_a_stored_message_that_a_fresh_device_lacks_is_lost() -> None:
    story = _make_story()
    story.entries = [e for e in story.entries if not _is_read(e, "ada-fresh", "mid3")]
    assert _verdicts(story) == {Verdict.LOST}


def test_one_m_stored_twice_is_duplicated() -> None:
    story = _make_story()
    story.rows.append(Row(CHAT, 4, "mid4", "ada", "m3"))
    assert Verdict.DUPLICATED in _verdicts(story)


def test_one_m_acknowledged_in_two_places_is_duplicated() -> None:
    story = _make_story()
    story.tell(j.Acknowledged, "ada-2", c=CHAT, m="m3", dup=True, state="stored", seq=4, mid="mid4")
    assert Verdict.DUPLICATED in _verdicts(story)


def test_one_m_acknowledged_twice_as_new_is_duplicated() -> None:
    story = _make_story()
    story.tell(j.Acknowledged, "ada-2", c=CHAT, m="m3", dup=False, state="stored", seq=3, mid="mid3")
    assert _verdicts(story) == {Verdict.DUPLICATED}


def test_a_repeat_answered_with_the_same_place_is_clean() -> None:
    story = _make_story()
    story.tell(j.Acknowledged, "ada-2", c=CHAT, m="m3", dup=True, state="stored", seq=3, mid="mid3")
    assert not _verdicts(story)


def test_one_event_applied_twice_is_duplicated() -> None:
    story = _make_story()
    story.see("ben-1", ROWS[2], 9)
    assert _verdicts(story) == {Verdict.DUPLICATED}


def test_an_event_that_overlaps_with_history_is_clean() -> None:
    story = _make_story()
    story.see("ben-fresh", ROWS[2], 9)
    assert not _verdicts(story)


@pytest.mark.parametrize(("seq", "first_wrong"), [(4, 3), (2, 3)])
def test_a_gap_and_a_number_given_twice_are_disorder(seq: int, first_wrong: int) -> None:
    story = _make_story()
    story.rows[2] = replace(ROWS[2], seq=seq)
    texts = [finding.text for finding in story.check().findings if finding.verdict is Verdict.REORDERED]
    assert f"{CHAT} is not numbered 1, 2, 3 … from #{first_wrong} on" in texts


def test_a_message_numbered_below_one_answered_before_it_was_sent_is_disorder() -> None:
    swapped = (ROWS[0], ROWS[2], ROWS[1])
    report = _make_story(rows=swapped).check()
    assert any("after a later one's answer" in finding.text for finding in report.findings)
    assert report.count(Verdict.REORDERED) == 2


def test_a_device_that_sees_numbers_go_down_is_disorder() -> None:
    story = _make_story(seen_by_ben=(ROWS[0], ROWS[2], ROWS[1]))
    assert _verdicts(story) == {Verdict.REORDERED}


def test_positions_that_go_down_are_disorder() -> None:
    story = _make_story()
    story.tell(j.Applied, "ben-1", epoch="e", pos=1, kind="self.read", c=CHAT, upto=3)
    assert _verdicts(story) == {Verdict.REORDERED}


def test_a_message_seen_under_another_number_is_disorder() -> None:
    story = _make_story()
    story.snapshot("ben-fresh", 3)
    for row in ROWS:
        story.read("ben-fresh", row, seq=row.seq + 1)
    assert _verdicts(story) == {Verdict.REORDERED}


@pytest.mark.parametrize("leak", ["event", "history", "count"])
def test_a_held_message_seen_or_counted_before_the_opening_is_early(leak: str) -> None:
    assert _verdicts(_make_held_story(leak)) == {Verdict.SEEN_EARLY}


def test_a_held_message_seen_after_the_opening_is_clean() -> None:
    assert not _verdicts(_make_held_story("none"))


def test_a_held_message_that_was_called_stored_is_mismarked() -> None:
    assert _verdicts(_make_held_story("none", state="stored")) == {Verdict.MISMARKED}


def test_a_message_called_held_without_a_closed_gate_is_mismarked() -> None:
    story = _make_story()
    story.send(ROWS[2], state="held", dup=True)
    assert _verdicts(story) == {Verdict.MISMARKED}


@pytest.mark.parametrize("way", ["event", "history", "snapshot", "prying", "refusal", "writing"])
def test_anything_that_reaches_eve_is_misdelivered(way: str) -> None:
    story = _make_story()
    if way == "event":
        story.see("eve-1", ROWS[0], 1)
    elif way == "history":
        story.read("eve-1", ROWS[0])
    elif way == "snapshot":
        story.snapshot("eve-1")
    elif way == "prying":
        story.tell(j.Pried, "eve-1", c=CHAT, answer="403")
    elif way == "refusal":
        story.tell(j.Refused, "eve-1", c=CHAT, m="m9", code="conv.cannot_send", final=True)
    else:
        story.rows[2] = replace(ROWS[2], sender="eve")
    assert Verdict.MISDELIVERED in _verdicts(story)


def test_eve_who_gets_the_answer_for_what_does_not_exist_is_clean() -> None:
    story = _make_story()
    story.tell(j.Pried, "eve-1", c=CHAT, answer="404")
    story.tell(j.Pried, "eve-1", c=CHAT, answer="conv.not_found")
    assert not _verdicts(story)


@pytest.mark.parametrize("changed", [{"body": "anders"}, {"sender": "ben"}, {"m": "m1"}])
def test_another_text_sender_or_m_is_altered(changed: dict[str, str]) -> None:
    story = _make_story()
    story.snapshot("ben-2")
    story.see("ben-2", ROWS[2], 3, **changed)
    assert _verdicts(story) == {Verdict.ALTERED}


def test_a_row_that_nobody_sent_is_a_phantom() -> None:
    story = _make_story()
    story.entries = [e for e in story.entries if not (isinstance(e, j.Attempted) and e.m == "m3")]
    assert Verdict.PHANTOM in _verdicts(story)


def test_a_refused_message_that_is_stored_is_a_phantom() -> None:
    story = _make_story()
    story.tell(j.Refused, "ada-1", c=CHAT, m="m3", code="conv.cannot_send", final=True)
    assert _verdicts(story) == {Verdict.PHANTOM}


def test_a_refused_retry_of_an_unknown_outcome_proves_nothing() -> None:
    story = _make_story()
    story.tell(j.Unanswered, "ada-1", m="m3", reason="silence")
    story.tell(j.Refused, "ada-1", c=CHAT, m="m3", code="expert.outside_window", final=True)
    assert not _verdicts(story)


def test_a_message_seen_and_not_stored_is_a_phantom() -> None:
    story = _make_story()
    story.see("ben-1", Row(CHAT, 4, "mid4", "ada", "m3"), 4, body="vier")
    assert _verdicts(story) == {Verdict.PHANTOM}


def test_a_device_that_did_not_catch_up_is_stalled() -> None:
    story = _make_story()
    story.tell(j.CaughtUp, "ben-1", seconds=15.0, in_time=False)
    assert _verdicts(story) == {Verdict.STALLED}


def test_what_no_fault_explains_is_odd() -> None:
    story = _make_story()
    story.tell(j.Odd, "server-1", what="ended SIGTERM with -11")
    assert _verdicts(story) == {Verdict.ODD}


def test_a_message_without_a_final_answer_is_unsettled() -> None:
    story = _make_story()
    story.tell(j.Attempted, "ada-1", c=CHAT, m="m9", body="vier", route="socket")
    assert _verdicts(story) == {Verdict.UNSETTLED}


CALL = Call("call", "ada", active=True, pages=1, presses=2)


def _make_call_story(*calls: Call, status: int = 201, escalation: str = "call") -> Story:
    """Ada presses the help button twice, the first time without an answer, and is told of an escalation."""
    story = _make_story()
    story.calls = list(calls)
    for told in ({"status": 0}, {"status": status, "escalation": escalation}):
        story.tell(j.HelpPressed, "ada-1", began=0.0, started=0.0, **told)
    return story


def test_a_call_for_help_that_was_kept_is_clean() -> None:
    story = _make_call_story(CALL)
    assert _verdicts(story) == set()
    assert "help: 1 calls answered; from the first press" in story.check().describe()


@pytest.mark.parametrize(
    "story",
    [
        _make_call_story(),
        _make_call_story(replace(CALL, id="another")),
        _make_call_story(replace(CALL, youth="eve")),
        _make_call_story(replace(CALL, pages=0)),
        _make_call_story(replace(CALL, presses=0)),
        _make_call_story(CALL, replace(CALL, id="second")),
        _make_call_story(CALL, status=429, escalation=""),
        _make_call_story(CALL, status=503, escalation=""),
    ],
    ids=["no row", "another's id", "another youth", "no page", "no signal", "two active", "refused", "no answer"],
)
def test_a_call_for_help_that_was_not_kept_is_unheard(story: Story) -> None:
    assert _verdicts(story) == {Verdict.UNHEARD}


def test_a_run_without_messages_or_without_draining_proves_nothing() -> None:
    empty = Story(rows=[])
    empty.drain()
    empty.entries = [e for e in empty.entries if isinstance(e, j.Drained)]
    assert _verdicts(empty) == {Verdict.UNPROVEN}
    assert _verdicts(_make_story(skip=("ben-1",))) == {Verdict.UNPROVEN}


def test_several_runs_add_up() -> None:
    clean, broken = _make_story(), _make_story(seen_by_ben=ROWS[:2])
    clean.tell(j.CaughtUp, "ben-1", seconds=2.5, in_time=True)
    broken.tell(j.CaughtUp, "ben-1", seconds=0.5, in_time=True)
    total = add_up(7, [clean.check(), broken.check()])
    assert (total.acked, total.caught_up, total.count(Verdict.LOST)) == (6, 2.5, 1)


def test_entries_survive_the_file(tmp_path: Path) -> None:
    story = _make_story()
    story.tell(j.Odd, "server-1", what="fell over")
    story.tell(j.LineChanged, "ada-1", what="open", detail="8000")
    story.tell(j.Attempted, "ada-1", c=CHAT, m="m9", body="een\u2028twee\ndrie", route="socket")
    with (tmp_path / "ada-1.jsonl").open("w", encoding="utf-8") as file:
        journal = j.Journal(file=file)
        for entry in story.entries:
            journal.write(entry)
    assert j.read_journals(tmp_path) == story.entries


def _make_held_story(leak: str, state: str = "held") -> Story:
    """Ben's gate closes before the third message; one leak, or none, before it opens."""
    story = Story()
    for device in ("ada-1", "ben-1"):
        story.snapshot(device)
    for pos, row in enumerate(ROWS[:2], 1):
        story.send(row)
        story.see("ada-1", row, pos)
        story.see("ben-1", row, pos)
    story.tell(j.GateMoved, "ben-gate", c=CHAT, closed=True, started=story.clock)
    story.send(ROWS[2], state=state)
    story.see("ada-1", ROWS[2], 3)
    _leak(story, leak)
    story.tell(j.GateMoved, "ben-gate", c=CHAT, closed=False, started=story.clock + 0.5)
    if leak != "event":
        story.see("ben-1", ROWS[2], 3)
    story.drain()
    return story


def _leak(story: Story, leak: str) -> None:
    if leak == "event":
        story.see("ben-1", ROWS[2], 3)
    elif leak == "history":
        story.read("ben-1", ROWS[2])
    elif leak == "count":
        story.snapshot("ben-2", 3)
    else:
        story.snapshot("ben-2", 2)


def _is_read(entry: j.Entry, device: str, mid: str) -> bool:
    return isinstance(entry, j.HistoryRead) and (entry.device, entry.mid) == (device, mid)
