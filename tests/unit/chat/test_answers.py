"""The words of the honest answer: when, as somebody would say it who looks at the clock now, and true."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.availability.rules.schedule import REASONS
from server.chat.rules.answers import describe_opening, write_answer

AMSTERDAM = "Europe/Amsterdam"
LANGUAGES = ("nl", "en")


def at(text: str, zone: str = AMSTERDAM, fold: int = 0) -> datetime:
    """Return the instant at which the wall of the zone shows this."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def describe(opens_at: datetime, now: datetime, zone: str = AMSTERDAM) -> tuple[str, ...]:
    """Return what both languages say."""
    return tuple(describe_opening(opens_at, now=now, zone=zone, language=language) for language in LANGUAGES)


# 24 November 2026 is a Tuesday.
@pytest.mark.parametrize(
    ("now", "opens_at", "dutch", "english"),
    [
        pytest.param(
            "2026-11-24T10:00", "2026-11-24T19:00", "vanavond vanaf 19:00", "tonight from 19:00", id="tonight"
        ),
        pytest.param("2026-11-24T17:59", "2026-11-24T18:00", "vanavond vanaf 18:00", "tonight from 18:00", id="at six"),
        pytest.param(
            "2026-11-24T10:00", "2026-11-24T17:59", "vanmiddag vanaf 17:59", "this afternoon from 17:59", id="afternoon"
        ),
        pytest.param(
            "2026-11-24T10:00", "2026-11-24T12:00", "vanmiddag vanaf 12:00", "this afternoon from 12:00", id="noon"
        ),
        pytest.param(
            "2026-11-24T07:00", "2026-11-24T11:59", "vanochtend vanaf 11:59", "this morning from 11:59", id="morning"
        ),
        pytest.param(
            "2026-11-24T05:00", "2026-11-24T06:00", "vanochtend vanaf 06:00", "this morning from 06:00", id="at dawn"
        ),
        pytest.param(
            "2026-11-24T23:00", "2026-11-25T00:30", "vannacht vanaf 00:30", "tonight from 00:30", id="this night"
        ),
        pytest.param(
            "2026-11-24T23:59", "2026-11-25T00:00", "vannacht vanaf 00:00", "tonight from 00:00", id="at midnight"
        ),
        pytest.param(
            "2026-11-24T01:00", "2026-11-24T03:00", "vannacht vanaf 03:00", "tonight from 03:00", id="still night"
        ),
        pytest.param(
            "2026-11-24T00:00", "2026-11-24T19:00", "vanavond vanaf 19:00", "tonight from 19:00", id="after midnight"
        ),
        pytest.param(
            "2026-11-24T23:59", "2026-11-25T19:00", "morgen vanaf 19:00", "tomorrow from 19:00", id="tomorrow"
        ),
        pytest.param(
            "2026-11-24T06:00", "2026-11-25T06:00", "morgen vanaf 06:00", "tomorrow from 06:00", id="tomorrow early"
        ),
        pytest.param(
            "2026-11-25T00:30",
            "2026-11-26T19:00",
            "donderdag vanaf 19:00",
            "on Thursday from 19:00",
            id="after midnight tomorrow might be today",
        ),
        pytest.param(
            "2026-11-24T05:59",
            "2026-11-25T00:30",
            "woensdag vanaf 00:30",
            "on Wednesday from 00:30",
            id="in the night the next one has a name",
        ),
        pytest.param(
            "2026-11-24T23:00", "2026-11-26T00:30", "donderdag vanaf 00:30", "on Thursday from 00:30", id="in two days"
        ),
        pytest.param(
            "2026-11-24T23:00", "2026-11-30T19:00", "maandag vanaf 19:00", "on Monday from 19:00", id="in six days"
        ),
        pytest.param(
            "2026-11-24T00:00",
            "2026-12-01T00:00",
            "dinsdag 1 december vanaf 00:00",
            "on Tuesday 1 December from 00:00",
            id="in a week",
        ),
        pytest.param(
            "2026-11-24T19:00",
            "2027-01-19T09:05",
            "dinsdag 19 januari vanaf 09:05",
            "on Tuesday 19 January from 09:05",
            id="next year",
        ),
    ],
)
def test_it_is_said_as_people_say_it(now: str, opens_at: str, dutch: str, english: str) -> None:
    assert describe(at(opens_at), at(now)) == (dutch, english)


@pytest.mark.parametrize(
    ("now", "opens_at", "dutch"),
    [
        # 29 March 2026, 01:00 UTC: from 02:00 to 03:00.
        pytest.param("2026-03-28T23:00", "2026-03-29T01:59", "vannacht vanaf 01:59", id="before the jump"),
        pytest.param("2026-03-28T23:00", "2026-03-29T03:00", "vannacht vanaf 03:00", id="at the jump"),
        pytest.param("2026-03-28T19:30", "2026-03-29T19:00", "morgen vanaf 19:00", id="a day of 23 hours"),
        pytest.param("2026-03-29T00:30", "2026-03-29T19:00", "vanavond vanaf 19:00", id="the evening after the jump"),
        pytest.param("2026-03-23T23:30", "2026-03-29T23:00", "zondag vanaf 23:00", id="six days with a short one"),
        pytest.param("2026-03-22T23:30", "2026-03-29T23:00", "zondag 29 maart vanaf 23:00", id="a short week"),
        # 25 October 2026, 01:00 UTC: from 03:00 back to 02:00.
        pytest.param("2026-10-24T23:00", "2026-10-25T02:30", "vannacht vanaf 02:30", id="the first half past two"),
        pytest.param("2026-10-24T19:00", "2026-10-25T19:00", "morgen vanaf 19:00", id="a day of 25 hours"),
        pytest.param("2026-10-25T00:30", "2026-10-25T23:45", "vanavond vanaf 23:45", id="the end of the long day"),
        pytest.param("2026-10-19T00:00", "2026-10-25T23:59", "zondag vanaf 23:59", id="six days with a long one"),
    ],
)
def test_it_is_true_on_the_nights_on_which_the_clock_changes(now: str, opens_at: str, dutch: str) -> None:
    assert describe(at(opens_at), at(now))[0] == dutch


def test_the_second_of_two_equal_times_is_told_apart() -> None:
    second = at("2026-10-25T02:00", fold=1)
    assert describe(second, at("2026-10-25T02:15")) == (
        "vannacht vanaf 02:00 (wintertijd)",
        "tonight from 02:00 (winter time)",
    )
    assert describe(second, at("2026-10-24T12:00"))[0] == "vannacht vanaf 02:00 (wintertijd)"


def test_it_is_the_clock_on_the_youths_own_wall() -> None:
    opens_at = at("2026-11-24T19:00")
    assert describe(opens_at, at("2026-11-24T10:00"), "Atlantic/Azores")[0] == "vanmiddag vanaf 17:00"
    assert describe(opens_at, at("2026-11-24T10:00"), "Pacific/Kiritimati")[0] == "morgen vanaf 08:00"
    assert describe(opens_at, at("2026-11-24T10:00"), "Asia/Kathmandu")[0] == "vanavond vanaf 23:45"


@pytest.mark.parametrize("early", [timedelta(microseconds=1), timedelta(seconds=1), timedelta(seconds=59)])
def test_it_is_never_said_too_early(early: timedelta) -> None:
    opens_at, now = at("2026-11-24T19:01"), at("2026-11-24T10:00")
    assert describe(opens_at - early, now)[0] == "vanavond vanaf 19:01"
    assert describe(at("2026-11-25T00:00") - early, now)[0] == "vannacht vanaf 00:00"


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(seconds=4), timedelta(hours=3)])
def test_what_should_be_open_already_opens_in_a_moment(ago: timedelta) -> None:
    now = at("2026-11-24T19:00")
    assert describe(now - ago, now) == ("zo meteen", "in a moment")


def test_instants_of_any_zone_are_the_same() -> None:
    opens_at, now = at("2026-11-24T19:00"), at("2026-11-24T10:00")
    elsewhere = ZoneInfo("America/St_Johns")
    assert describe(opens_at.astimezone(elsewhere), now.astimezone(elsewhere)) == describe(opens_at, now)


def answer(opens_at: str | None, language: str = "nl", reason: str = "outside_hours", duty_open: bool = False) -> str:
    """Return what Ada is told on Tuesday afternoon when Ben cannot read what she wrote."""
    return write_answer(
        name="Ben",
        opens_at=at(opens_at) if opens_at else None,
        now=at("2026-11-24T14:00"),
        zone=AMSTERDAM,
        language=language,
        reason=reason,
        duty_open=duty_open,
    )


@pytest.mark.parametrize(
    ("opens_at", "duty_open", "dutch", "english"),
    [
        (
            "2026-11-24T19:00",
            False,
            "Goed dat je schrijft: je bericht is veilig bewaard. Ben kan het vanavond vanaf 19:00 lezen. "
            "Wil je niet wachten, kijk dan bij Hulp wie je nu kunt bellen.",
            "It is good that you wrote: your message is kept safe. Ben can read it tonight from 19:00. "
            "If you would rather not wait, look under Help to see who you can call now.",
        ),
        (
            "2026-12-01T19:00",
            True,
            "Goed dat je schrijft: je bericht is veilig bewaard. Ben kan het dinsdag 1 december vanaf 19:00 lezen. "
            "Wil je niet wachten, vraag dan wie er nu dienst heeft, of kijk bij Hulp.",
            "It is good that you wrote: your message is kept safe. Ben can read it on Tuesday 1 December from 19:00. "
            "If you would rather not wait, ask who is on duty now, or look under Help.",
        ),
        (
            None,
            False,
            "Goed dat je schrijft: je bericht is veilig bewaard. We weten nog niet wanneer Ben het kan lezen. "
            "Wil je niet wachten, kijk dan bij Hulp wie je nu kunt bellen.",
            "It is good that you wrote: your message is kept safe. We do not know yet when Ben can read it. "
            "If you would rather not wait, look under Help to see who you can call now.",
        ),
        (
            None,
            True,
            "Goed dat je schrijft: je bericht is veilig bewaard. We weten nog niet wanneer Ben het kan lezen. "
            "Wil je niet wachten, vraag dan wie er nu dienst heeft, of kijk bij Hulp.",
            "It is good that you wrote: your message is kept safe. We do not know yet when Ben can read it. "
            "If you would rather not wait, ask who is on duty now, or look under Help.",
        ),
    ],
)
def test_the_answer(opens_at: str | None, duty_open: bool, dutch: str, english: str) -> None:
    assert answer(opens_at, "nl", duty_open=duty_open) == dutch
    assert answer(opens_at, "en", duty_open=duty_open) == english


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("opens_at", ["2026-11-24T19:00", None])
def test_nobody_learns_why_somebody_is_not_there(opens_at: str | None, language: str) -> None:
    assert len({answer(opens_at, language, reason) for reason in (*REASONS, "outside_window", "")}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("opens_at", ["2026-11-24T19:00", "2026-12-01T19:00", None])
@pytest.mark.parametrize("duty_open", [True, False])
def test_it_is_short_and_counts_nothing_down(opens_at: str | None, language: str, duty_open: bool) -> None:
    sentences = re.split(r"(?<=[.?!]) ", answer(opens_at, language, duty_open=duty_open))
    assert len(sentences) == 3
    assert all(len(sentence.split()) <= 16 for sentence in sentences)
    assert not re.search(r"\b(uur|uren|minu\w+|hours?|minutes?|nog \d)\b", " ".join(sentences))


def test_duty_is_named_only_while_it_can_be_asked() -> None:
    assert ("dienst" in answer(None), "dienst" in answer(None, duty_open=True)) == (False, True)


@pytest.mark.parametrize("name", ["Ben", "{opening}", "{0}", "%s", "O'Neill <b>"])
def test_a_name_is_only_a_name(name: str) -> None:
    for opens_at in (at("2026-11-24T19:00"), None):
        text = write_answer(
            name=name, opens_at=opens_at, now=at("2026-11-24T14:00"), zone=AMSTERDAM, language="nl", reason="",
            duty_open=False,
        )  # fmt: skip
        assert f"{name} kan het" in text or f"{name} het kan" in text


@pytest.mark.parametrize("language", ["", "fr", "NL"])
def test_another_language_is_answered_in_dutch(language: str) -> None:
    assert answer("2026-11-24T19:00", language) == answer("2026-11-24T19:00")
