"""What the desk's calls refuse: lists of the team, figures, what was agreed before; beside what every call does."""

from __future__ import annotations

from typing import Final

from server.accounts.errors import MonthNotSettled, StepUpRequired
from server.availability.errors import DateMalformed
from server.foundation.errors import Forbidden, WarmlijnError

OF_DESK: Final[dict[str, tuple[type[WarmlijnError], ...]]] = {
    "export_buddy_figures": (Forbidden, MonthNotSettled, StepUpRequired),
    "export_contact_figures": (Forbidden, MonthNotSettled, StepUpRequired),
    "export_escalation_figures": (Forbidden, MonthNotSettled, StepUpRequired),
    "export_hours_figures": (Forbidden, MonthNotSettled, StepUpRequired),
    "export_waiting_figures": (Forbidden, MonthNotSettled, StepUpRequired),
    "get_buddy_figures": (Forbidden, MonthNotSettled),
    "get_contact_figures": (Forbidden, MonthNotSettled),
    "get_escalation_figures": (Forbidden, MonthNotSettled),
    "get_hours_figures": (Forbidden, MonthNotSettled),
    "get_on_shift": (Forbidden,),
    "get_waiting_figures": (Forbidden, MonthNotSettled),
    "get_test_page": (Forbidden,),
    "list_chains_history": (Forbidden,),
    "list_openings": (Forbidden, DateMalformed),
    "list_people": (Forbidden,),
    "list_silence_history": (Forbidden,),
    "list_talks": (Forbidden,),
    "list_team_hours_history": (Forbidden,),
    "list_team_safety_history": (Forbidden,),
    "list_team_swaps": (Forbidden,),
    "list_team_warmth": (Forbidden,),
    "list_validity": (Forbidden,),
}
