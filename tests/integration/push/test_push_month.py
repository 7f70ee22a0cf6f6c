"""A month of a small team: nobody is disturbed outside their hours, no call is lost, nothing that was said goes out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator

from server.push.rules.payload import FCM_SCHEMA, build_fcm_message
from tests.integration.push.month import CANARY, Month, Rung, judge

PEOPLE = 12
DAYS = 30


@pytest.fixture
def month(db: None) -> Month:
    """The month of six pairs, gone by."""
    month = Month(people=PEOPLE, days=DAYS, per_day=1.0, seed=7)
    month.run()
    return month


def test_a_month_goes_by(month: Month) -> None:
    assert judge(month).show() == dict.fromkeys(judge(month).show(), 0)
    # Without these the month would show nothing.
    assert month.way.failures > 5
    assert month.way.deaths > 1
    assert len(month.called) > 2
    assert sum(one.push.kind == "message" and one.owner.card.role == "expert" for one in month.way.rung) > 20
    schema = Draft202012Validator(dict(FCM_SCHEMA))
    for rung in month.way.rung:
        payload = build_fcm_message(rung.push, now=rung.at)
        schema.validate(payload)
        assert CANARY not in repr(payload)
    _break_it(month)


def _break_it(month: Month) -> None:
    """See the oracle object to what must never be."""
    rung = next(one for one in month.way.rung if one.owner.card.role == "expert")
    closed = rung.at + timedelta(days=400)
    rung.owner.pauses.append((closed, closed + timedelta(days=1)))
    month.way.rung += [
        Rung(closed, rung.owner, rung.push),
        Rung(rung.at + timedelta(hours=23), month.pairs[0][0], rung.push),
    ]
    month.way.rung = [one for one in month.way.rung if one.push.kind != "page"]
    found = judge(month)
    assert found.outside
    assert found.to_nobody
    assert found.lost_pages
