"""The events of the waiting list and of papers that end. They are shown as they stand in a log: ids and dates.

An expert's log gets them within their hours only (`actions.reminding`).
"""

from __future__ import annotations

from typing import Final

REMINDER: Final = "waiting.reminder"
VALIDITY: Final = "validity.ending"
