"""How long a call for help took, by the clock and of that while somebody could have answered."""

from tests.faults import journal as j
from tests.faults.reach import HelpWait, describe_waits, list_help_waits, list_outages, list_unanswered

HARNESS = {"device": "harness", "user": ""}
ADA = {"device": "ada-1", "user": "ada"}


def make_away(way: int, started: float, at: float) -> j.Away:
    return j.Away(at=at, way=way, ways=2, started=started, **HARNESS)


def make_press(began: float, at: float, escalation: str = "") -> j.HelpPressed:
    status = 201 if escalation else 0
    return j.HelpPressed(at=at, began=began, started=began, status=status, escalation=escalation, **ADA)


def test_one_way_that_is_gone_is_no_outage_both_or_the_database_are() -> None:
    away = [make_away(0, 10, 13), make_away(1, 11, 15), make_away(j.EVERY_WAY, 12, 14), make_away(0, 16, 19)]
    assert sum(end - begin for begin, end in list_outages(away)) == 3.0
    assert list_outages(away[:1]) == []


def test_a_call_ends_with_its_first_answer_and_is_counted_without_the_outages() -> None:
    presses = [make_press(10.5, 18.0), make_press(10.5, 19.0, "call"), make_press(10.5, 17.5, "call")]
    assert list_help_waits(presses, [(11.0, 14.0), (17.0, 20.0)]) == [HelpWait(7.0, 3.5)]
    assert list(list_unanswered(presses)) == []
    assert list(list_unanswered(presses[:1])) == presses[:1]


def test_the_sentence_names_the_slowest_of_a_hundred_and_the_one_before() -> None:
    waits = [HelpWait(1.0, 0.5)] * 98 + [HelpWait(4.0, 2.0), HelpWait(9.0, 3.0)]
    assert describe_waits(waits) == (
        "help: 100 calls answered; from the first press p99 4.0 s, the slowest 9.0 s; "
        "of that with a server and a database there p99 2.0 s, the slowest 3.0 s."
    )
