"""The case file and the meldcode: coordinators alone, sealed, never changed, each read and write in the audit log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from server.foundation.ids import make_id
from server.foundation.json_codec import encode
from server.safety.models import CaseEntry, CaseFile, MeldcodeStep
from tests.cast import Cast, Rest
from tests.integration.availability.people import TUESDAY, Neighbours, get, post
from tests.integration.safety.evening import list_log, look, press, work
from tests.integration.safety.witness import list_recorded, list_seen
from tests.witness import nothing_changes

STEPS: list[dict[str, Any]] = [
    {"step": 1, "outcome": "done", "reason": "blauwe plekken gezien"},
    {"step": 2, "outcome": "done", "reason": "advies gevraagd", "with_role": "veilig_thuis"},
    {"step": 3, "outcome": "skipped", "reason": "praten is nu niet veilig"},
    {"step": 4, "outcome": "done", "reason": "het is ernstig"},
    {"step": 5, "outcome": "done", "reason": "samen met Veilig Thuis", "decision": "report"},
]


@pytest.fixture
def case(cast: Cast) -> str:
    """Ada's file."""
    answer = post(cast.mara, f"/youths/{cast.ada.id}/case")
    assert answer.status == 201
    return str(answer.body["id"])


def write(cast: Cast, case: str, kind: str = "fact", text: str = "Ada was hier", **more: Any) -> Any:
    return post(cast.mara, f"/cases/{case}/entries", kind=kind, text=text, **more)


def written(cast: Cast, case: str, kind: str = "fact", **more: Any) -> str:
    answer = write(cast, case, kind, **more)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def test_one_file_for_each_youth(cast: Cast, case: str) -> None:
    again = post(cast.noor, f"/youths/{cast.ada.id}/case")
    assert (again.status, again.body["id"]) == (200, case)
    assert CaseFile.objects.count() == 1


def test_entries_are_numbered_sealed_and_read_back(cast: Cast, case: str) -> None:
    for kind in ("fact", "weighing", "decision", "told", "outcome"):
        written(cast, case, kind, text=f"  geheim {kind} ")
    shown = look(cast.noor, f"/cases/{case}/entries")["entries"]
    assert [(one["number"], one["kind"], one["text"]) for one in shown] == [
        (1, "fact", "geheim fact"),
        (2, "weighing", "geheim weighing"),
        (3, "decision", "geheim decision"),
        (4, "told", "geheim told"),
        (5, "outcome", "geheim outcome"),
    ]
    assert not any(b"geheim" in bytes(one.text) for one in CaseEntry.objects.all())
    assert look(cast.noor, f"/youths/{cast.ada.id}/case")["entries"] == shown


def test_every_read_and_write_is_in_the_audit_log(cast: Cast, case: str) -> None:
    written(cast, case)
    look(cast.noor, f"/cases/{case}/entries")
    look(cast.noor, f"/youths/{cast.ada.id}/case")
    assert [str(one.actor_id) for one in list_recorded(cast, "case.written")] == [cast.mara.id] * 2
    reads = list_recorded(cast, "case.read")
    assert [(str(one.actor_id), str(one.subject_id)) for one in reads] == [(cast.noor.id, cast.ada.id)] * 2
    assert {one["role"] for one in get(cast.ada, "/me/who-looked").body} == {"coordinator"}


def test_what_cannot_be_written_down_is_not_read(cast: Cast, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written(cast, case, text="geheim")

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr("server.safety.actions.cases.record_entries", fail)
    with nothing_changes():
        for path in (f"/cases/{case}/entries", f"/youths/{cast.ada.id}/case"):
            refused = get(cast.mara, path)
            assert (refused.status, "geheim" in str(refused.body)) == (500, False)
        assert write(cast, case).status == 500


def test_a_correction_is_an_entry_of_its_own(cast: Cast, case: str) -> None:
    wrong = written(cast, case, text="maandag")
    right = written(cast, case, text="dinsdag", corrects=wrong)
    first, second = look(cast.mara, f"/cases/{case}/entries")["entries"]
    assert (first["text"], first["corrected_by"], second["corrects"]) == ("maandag", right, wrong)
    with nothing_changes():
        assert write(cast, case, corrects=wrong).body["code"] == "case.corrects_unknown"
        assert write(cast, case, "decision", corrects=right).body["code"] == "case.corrects_unknown"
        assert write(cast, case, corrects=str(make_id())).body["code"] == "case.corrects_unknown"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"kind": "gossip"}, "case.kind_unknown"),
        ({"text": " \n "}, "case.empty"),
        ({"text": "x" * 10_001}, "case.too_long"),
        ({"due_on": "2026-11-18"}, "case.follow_up_date"),
        ({"kind": "follow_up"}, "case.follow_up_date"),
        ({"kind": "follow_up", "due_on": "2026-11-16"}, "case.follow_up_date"),
        ({"kind": "follow_up", "due_on": "2027-11-30"}, "case.follow_up_date"),
        ({"kind": "follow_up", "due_on": "tomorrow"}, "availability.date_malformed"),
        ({"escalation": "0190a6f0-0000-7000-8000-00000000abcd"}, "case.escalation_unknown"),
    ],
)
def test_what_does_not_fit_changes_nothing(cast: Cast, case: str, given: dict[str, Any], code: str) -> None:
    with nothing_changes():
        assert write(cast, case, **given).body["code"] == code


def test_an_entry_may_name_an_escalation_of_the_youth(cast: Cast, case: str) -> None:
    id_ = press(cast.ada).body["escalation"]["id"]
    assert write(cast, case, escalation=id_).body["escalation"] == id_


# --- follow-ups


def test_a_follow_up_is_reminded_of_every_morning_until_done(
    cast: Cast, case: str, clock: time_machine.Traveller
) -> None:
    entry = written(cast, case, "follow_up", text="bellen", due_on="2026-11-18")
    work()
    assert list_log(cast.mara, "case.") == []
    clock.move_to(TUESDAY + timedelta(hours=12, minutes=30))  # nine in the morning of the 18th
    work()
    work()
    (told,) = list_seen(cast.mara, "case.follow_up_due")
    assert told == {"kind": "case.follow_up_due", "case": case, "entry": entry, "due_on": "2026-11-18"}
    clock.move_to(TUESDAY + timedelta(hours=36, minutes=30))
    work()
    assert list_log(cast.mara, "case.") == ["case.follow_up_due"] * 2
    clock.move_to(TUESDAY)
    path = f"/cases/{case}/follow-ups/{entry}/done"
    assert post(cast.noor, path).body["done_by"] == cast.noor.id
    with nothing_changes():
        assert post(cast.noor, path).body["code"] == "case.follow_up_done"
    clock.move_to(TUESDAY + timedelta(hours=72))
    work()
    assert list_log(cast.mara, "case.") == ["case.follow_up_due"] * 2


def test_only_a_follow_up_of_this_file_is_done(cast: Cast, case: str) -> None:
    fact = written(cast, case)
    with nothing_changes():
        for entry in (fact, str(make_id())):
            assert post(cast.mara, f"/cases/{case}/follow-ups/{entry}/done").status == 404


# --- the meldcode


def test_the_five_steps_in_their_order(cast: Cast, case: str) -> None:
    assert post(cast.mara, f"/cases/{case}/meldcode").status == 201
    assert post(cast.noor, f"/cases/{case}/meldcode").status == 200
    for step in STEPS:
        assert post(cast.mara, f"/cases/{case}/meldcode/steps", **step).status == 201
    (file,) = look(cast.noor, f"/cases/{case}/meldcode")["meldcodes"]
    assert [(one["step"], one["outcome"], one["with_role"], one["decision"]) for one in file["steps"]] == [
        (1, "done", None, None),
        (2, "done", "veilig_thuis", None),
        (3, "skipped", None, None),
        (4, "done", None, None),
        (5, "done", None, "report"),
    ]
    assert file["steps"][2]["reason"] == "praten is nu niet veilig"
    assert (file["next"], file["closed_at"] is not None) == (None, True)
    assert not any(b"blauwe" in bytes(one.reason) for one in MeldcodeStep.objects.all())
    with nothing_changes():
        refused = post(cast.mara, f"/cases/{case}/meldcode/steps", **STEPS[0])
        assert refused.body["code"] == "meldcode.not_open"
    assert {one.action for one in list_recorded(cast, "meldcode.written")} == {"meldcode.written"}
    assert len(list_recorded(cast, "meldcode.read")) == 1
    assert post(cast.mara, f"/cases/{case}/meldcode").status == 201


@pytest.mark.parametrize(
    ("taken", "given", "code"),
    [
        (0, {"step": 2, "outcome": "done", "reason": "x"}, "meldcode.order"),
        (4, {"step": 5, "outcome": "skipped", "reason": "x", "decision": "report"}, "meldcode.order"),
        (2, {"step": 3, "outcome": "skipped"}, "meldcode.reason_missing"),
        (4, {"step": 5, "outcome": "done", "reason": " ", "decision": "report"}, "meldcode.reason_missing"),
        (4, {"step": 5, "outcome": "done", "reason": "x"}, "meldcode.decision_missing"),
        (0, {"step": 1, "outcome": "done", "decision": "report"}, "meldcode.decision_missing"),
        (0, {"step": 6, "outcome": "done", "reason": "x"}, "meldcode.step_unknown"),
        (0, {"step": 1, "outcome": "perhaps", "reason": "x"}, "meldcode.step_unknown"),
        (0, {"step": 1, "outcome": "done", "with_role": "Jan"}, "meldcode.role_unknown"),
        (0, {"step": 1, "outcome": "done", "on": "2026-11-18"}, "meldcode.date"),
        (0, {"step": 1, "outcome": "done", "reason": "x" * 10_001}, "case.too_long"),
    ],
)
def test_a_step_that_cannot_stand_changes_nothing(
    cast: Cast, case: str, taken: int, given: dict[str, Any], code: str
) -> None:
    post(cast.mara, f"/cases/{case}/meldcode")
    for step in STEPS[:taken]:
        assert post(cast.mara, f"/cases/{case}/meldcode/steps", **step).status == 201
    with nothing_changes():
        assert post(cast.mara, f"/cases/{case}/meldcode/steps", **given).body["code"] == code


# --- words that help to think


def test_templates_ask_and_fill_nothing_in(cast: Cast) -> None:
    templates = look(cast.mara, "/case-templates")
    assert [one["step"] for one in templates["meldcode"]] == [1, 2, 3, 4, 5]
    assert templates["entries"][0]["heading"] == "Feiten"
    asked = [text for group in templates.values() for one in group for text in one["questions"]]
    assert all(text.endswith("?") for text in asked)


# --- Eve

DOORS: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "/youths/{youth}/case", None),
    ("POST", "/youths/{youth}/case", {}),
    ("GET", "/cases/{case}/entries", None),
    ("POST", "/cases/{case}/entries", {"kind": "fact", "text": "x"}),
    ("POST", "/cases/{case}/follow-ups/{entry}/done", {}),
    ("GET", "/cases/{case}/meldcode", None),
    ("POST", "/cases/{case}/meldcode", {}),
    ("POST", "/cases/{case}/meldcode/steps", {"step": 1, "outcome": "done"}),
)


@pytest.mark.parametrize(("method", "path", "body"), DOORS)
def test_eve_cannot_tell_a_file_from_none(
    cast: Cast, neighbours: Neighbours, case: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    post(cast.mara, f"/cases/{case}/meldcode")
    entry = written(cast, case, "follow_up", due_on="2026-11-18")
    there = path.format(youth=cast.ada.id, case=case, entry=entry)
    nowhere = path.format(youth=make_id(), case=make_id(), entry=make_id())
    data = b"" if body is None else encode(body)
    with nothing_changes():
        seen = Rest(neighbours.edda).call(method, there, data)
        assert seen.status == 404
        assert seen.seen == Rest(neighbours.edda).call(method, nowhere, data).seen
        for player in (cast.ada, cast.ben, cast.eve):
            assert Rest(player).call(method, there, data).body["code"] == "auth.forbidden"
            assert Rest(player).call(method, there, data).seen == Rest(player).call(method, nowhere, data).seen
        assert Rest(None).call(method, there, data).status == 401


def test_only_youths_have_files(cast: Cast) -> None:
    with nothing_changes():
        for person in (cast.ben, cast.mara):
            there = post(cast.mara, f"/youths/{person.id}/case")
            assert there.seen == post(cast.mara, f"/youths/{make_id()}/case").seen
        assert get(cast.mara, f"/youths/{cast.ada.id}/case").status == 404
