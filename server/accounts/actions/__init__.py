"""The only writers of the accounts room.

Lock order: user_stream rows ascending, then session rows, last the team's audit stream. An action that takes
something away holds the stream row of everybody concerned until it commits, appends `session.revoked` to their logs
and records its facts.
"""

from server.accounts.actions.activity import note_activity
from server.accounts.actions.admission import admit_knocks
from server.accounts.actions.blocks import lift_block, place_block
from server.accounts.actions.devices import register_device, remove_device
from server.accounts.actions.invitations import enrol_youth, invite_youth
from server.accounts.actions.passwords import change_password
from server.accounts.actions.people import NewPerson, add_staff, change_role, create_people, create_person
from server.accounts.actions.sessions import (
    end_all_sessions,
    end_other_sessions,
    end_session,
    start_session,
    start_sessions,
)
from server.accounts.actions.sign_in import sign_in
from server.accounts.actions.staff_invitations import enrol_staff, invite_staff
from server.accounts.actions.suspensions import lift_suspension, suspend_person
from server.accounts.actions.teams import create_team
from server.accounts.actions.tickets import forget_spent_tickets, issue_ticket

__all__ = [
    "NewPerson",
    "add_staff",
    "admit_knocks",
    "change_password",
    "change_role",
    "create_people",
    "create_person",
    "create_team",
    "end_all_sessions",
    "end_other_sessions",
    "end_session",
    "enrol_staff",
    "enrol_youth",
    "forget_spent_tickets",
    "invite_staff",
    "invite_youth",
    "issue_ticket",
    "lift_block",
    "lift_suspension",
    "note_activity",
    "place_block",
    "register_device",
    "remove_device",
    "sign_in",
    "start_session",
    "start_sessions",
    "suspend_person",
]
