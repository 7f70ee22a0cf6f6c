"""How much a team talks and how long youths wait for an answer, by day, weekday and hour. Never by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from server.accounts.figures import SETTLED_AFTER, Days
from server.accounts.people import list_team_ids
from server.accounts.rules.roles import YOUTH
from server.foundation.database import open_pipeline
from server.foundation.figures import Row, Sample, find_percentile, list_rows

CONTACT_NUMBERS: Final = ("talks", "turns")
WAITING_NUMBERS: Final = ("turns", "unanswered", "median_seconds", "p90_seconds")
# An answer that comes later than this is none to what was asked.
ANSWER_WITHIN: Final = SETTLED_AFTER
_BEFORE: Final = timedelta(days=1)
# A turn of the youth's begins with their first message after somebody else's; the next turn is the answer to it.
_TURNS_SQL: Final = (
    "WITH said AS (SELECT m.conversation_id, m.seq, m.sender_id, m.accepted_at, "
    "m.sender_id = ANY(%(youths)s::uuid[]) AS by_youth "
    "FROM chat_conversation c JOIN chat_message m ON m.conversation_id = c.id "
    "WHERE c.team_id = %(team)s::uuid AND c.kind IN ('pair', 'line') "
    "AND m.accepted_at >= %(since)s::timestamptz AND m.accepted_at < %(until)s::timestamptz), "
    "placed AS (SELECT conversation_id, seq, sender_id, accepted_at, by_youth, "
    "COALESCE(LAG(by_youth) OVER (PARTITION BY conversation_id ORDER BY seq), NOT by_youth) AS before FROM said), "
    "turns AS (SELECT conversation_id, sender_id, accepted_at, by_youth, "
    "LEAD(accepted_at) OVER (PARTITION BY conversation_id ORDER BY seq) AS answered_at, "
    "LEAD(sender_id) OVER (PARTITION BY conversation_id ORDER BY seq) AS answered_by "
    "FROM placed WHERE by_youth <> before) "
    "SELECT conversation_id, sender_id, accepted_at, answered_by, answered_at FROM turns WHERE by_youth "
    "AND accepted_at >= %(begin)s::timestamptz AND accepted_at < %(end)s::timestamptz ORDER BY accepted_at"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A youth's turn in a conversation: when it began and, within ANSWER_WITHIN, when somebody answered (None: not)."""

    conversation_id: str
    asked_at: datetime
    answered_at: datetime | None


def measure_contacts(team_id: str, days: Days) -> list[Row]:
    """Return how many talks there were and how many turns the youths had in them; two statements.

    A talk is a conversation on a day on which a youth wrote in it and was answered.
    """
    return list_rows(_list_turns(team_id, days), days.first, days.last, _count_talks)


def measure_waiting(team_id: str, days: Days) -> list[Row]:
    """Return how long youths waited from the first message of a turn to the answer, by when they wrote; two statements.

    Time on the clock, hours without anybody included: that is how long it was for them.
    """
    return list_rows(_list_turns(team_id, days), days.first, days.last, _measure_waits)


def _list_turns(team_id: str, days: Days) -> list[Sample[Turn]]:
    params = {
        "team": str(team_id),
        "youths": list_team_ids(team_id, YOUTH),
        "since": days.begin - _BEFORE,
        "until": days.end + ANSWER_WITHIN,
        "begin": days.begin,
        "end": days.end,
    }
    with open_pipeline() as pipeline:
        rows = pipeline.ask(_TURNS_SQL, params, "uuid uuid time uuid time").rows()
    return [_draw_turn(days, *row) for row in rows]


def _draw_turn(
    days: Days,
    conversation_id: str,
    youth_id: str,
    asked_at: datetime,
    answered_by: str | None,
    answered_at: datetime | None,
) -> Sample[Turn]:
    in_time = answered_at is not None and answered_at - asked_at <= ANSWER_WITHIN
    turn = Turn(conversation_id, asked_at, answered_at if in_time else None)
    # The same people for both figures, those of all turns and those of answered ones: what one figure hides, the other
    # does as well, and their difference gives nothing away.
    answered = (youth_id, answered_by) if in_time else (None, None)
    return Sample(days.read_wall(asked_at), (youth_id, *answered), turn)


def _count_talks(samples: Sequence[Sample[Turn]]) -> Mapping[str, int]:
    answered = [one for one in samples if one.what.answered_at is not None]
    talks = {(one.what.conversation_id, one.wall.date()) for one in answered}
    return {"talks": len(talks), "turns": len(answered)}


def _measure_waits(samples: Sequence[Sample[Turn]]) -> Mapping[str, int | None]:
    turns = [one.what for one in samples]
    waits = [(one.answered_at - one.asked_at).total_seconds() for one in turns if one.answered_at is not None]
    return {
        "turns": len(turns),
        "unanswered": len(turns) - len(waits),
        "median_seconds": find_percentile(waits, 0.5),
        "p90_seconds": find_percentile(waits, 0.9),
    }
