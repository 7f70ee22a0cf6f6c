"""A month in which everybody writes at any time and hours change all the while: nobody is reached outside theirs."""

from __future__ import annotations

import os

from tests.integration.chat.month import Month

SEED = 3
SENDS, CHANGES = 4_500, 220


def test_nobody_is_reached_outside_their_hours_for_a_month_and_nothing_is_lost(transactional_db: None) -> None:
    """WARMLIJN_MONTH_SEED=7 looks at another month."""
    month = Month(int(os.environ.get("WARMLIJN_MONTH_SEED", SEED)), instants=SENDS, changes=CHANGES)
    month.run()
    counted = month.counted
    month.open_all()
    assert month.list_missing() == []
    assert sum(month.last_seq.values()) >= 2_000
    assert counted["changes"] == CHANGES
    for what in (
        "stored", "held", "expert wrote", "expert refused", "extended", "typing seen", "beyond the hours",
        "gate.opened", "conv.closed", "member.changed", "receipt.read", "receipt.delivered", "availability.changed",
    ):  # fmt: skip
        assert counted[what] > 0, f"{what}: this month says nothing about it"
