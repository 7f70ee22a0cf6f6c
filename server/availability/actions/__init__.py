"""The only writers of the availability room.

Lock order: Hours rows ascending, then what GateMover locks (conversations, memberships, streams), then the rows of
this room that the action writes. `changing` holds the frame that every change of somebody's reachability stands in.
"""

from server.availability.actions.absences import add_absence, end_absence
from server.availability.actions.caps import ReachedCap, close_by_caps, set_caps
from server.availability.actions.contacts import Contact, count_contacts
from server.availability.actions.exceptions import add_exception, remove_exception
from server.availability.actions.extensions import grant_extension
from server.availability.actions.feeds import open_calendar_feed, revoke_calendar_feed
from server.availability.actions.hours import create_hours, set_holidays, set_hours
from server.availability.actions.imports import import_calendar, preview_calendar
from server.availability.actions.ledger import LedgerDraft, note_in_ledger, tell_ledger
from server.availability.actions.pauses import declare_rest, end_pause, end_rest, start_pause
from server.availability.actions.shifts import add_shifts, assign_shift, remove_shift
from server.availability.actions.swaps import accept_swap, decline_swap, propose_swap, withdraw_swap
from server.availability.actions.teams import set_team_hours, set_team_numbers

__all__ = [
    "Contact",
    "LedgerDraft",
    "ReachedCap",
    "accept_swap",
    "add_absence",
    "add_exception",
    "add_shifts",
    "assign_shift",
    "close_by_caps",
    "count_contacts",
    "create_hours",
    "declare_rest",
    "decline_swap",
    "end_absence",
    "end_pause",
    "end_rest",
    "grant_extension",
    "import_calendar",
    "note_in_ledger",
    "open_calendar_feed",
    "preview_calendar",
    "propose_swap",
    "remove_exception",
    "remove_shift",
    "revoke_calendar_feed",
    "set_caps",
    "set_holidays",
    "set_hours",
    "set_team_hours",
    "set_team_numbers",
    "start_pause",
    "tell_ledger",
    "withdraw_swap",
]
