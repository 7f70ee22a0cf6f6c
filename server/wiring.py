"""The switchboard: who answers which port, who hears which fact, which commands and loops there are. One screen."""

from __future__ import annotations

from datetime import datetime

from server.accounts.door import AccountsDoor
from server.accounts.keys import FACTOR_KEYS
from server.accounts.tasks import step_forget_devices, step_forget_tickets
from server.audit.actions import signers as audit_signers
from server.audit.tasks import step_checkpoint
from server.availability.handlers import on_hours_changed as hurry_held
from server.availability.handlers import on_message_accepted as count_contact
from server.availability.handlers import on_role_changed as leave_shifts
from server.availability.tasks import step_check_coverage, step_held_events
from server.buddies import handlers as pairing_handlers
from server.buddies.book import Pairings
from server.buddies.events import PairingEvents
from server.buddies.keys import BUDDY_KEYS
from server.buddies.pairing_keys import PAIRING_KEYS
from server.buddies.pairing_tasks import step_bridges, step_pairings, step_silences
from server.buddies.profile_handlers import on_youth_enrolled
from server.buddies.profile_tasks import step_remind_waiting, step_warn_validity
from server.chat import requests as chat_requests
from server.chat.actions.ending import step_notify_ends
from server.chat.actions.gates import HoursGates, step_turn_gates
from server.chat.actions.receipts import Receipts
from server.chat.consumers import SendCommand, handle_read, handle_typing, handle_withdraw
from server.chat.duty import DutyEvents
from server.chat.handlers import turn_when_full
from server.chat.keys import CONVERSATION_KEYS
from server.chat.queries import ChatEvents
from server.chat.talks import DutyDesk, Talks
from server.chat.tasks import DUE_GATES, DUE_WAVES, step_duty_waves
from server.events.facts import (
    BlockPlaced,
    CapReached,
    DutyOffered,
    EscalationMoved,
    HelpPickedUp,
    HoursChanged,
    HoursEnding,
    MessageAccepted,
    PageQueued,
    PairingMoved,
    PersonSuspended,
    RoleChanged,
    SessionEnded,
    TestPageAsked,
    YouthEnrolled,
    YouthWentSilent,
)
from server.events.relay import Listeners, Part, step_relay
from server.foundation import sentinel
from server.foundation.loops import WorkerLoop
from server.foundation.sealing import register_dek_owner
from server.ports.calls import DutyCalls, PageCalls
from server.ports.gates import GateMover
from server.ports.glass import GlassDoor
from server.ports.help_card import HelpCard
from server.ports.pairings import PairingBook
from server.ports.registry import bind_port
from server.ports.rosters import PageBook
from server.ports.talks import TalkKeeper
from server.push import handlers as push_handlers
from server.push.tasks import DUE as DUE_PUSHES
from server.push.tasks import DUE_CALLS, step_call, step_prune, step_send
from server.realtime import commands as socket_requests
from server.realtime.commands import Command, CommandTable
from server.realtime.consumers import handle_ack, handle_ping, handle_sync
from server.realtime.hub import Hub, bind_hub
from server.realtime.rendering import bind_renderer
from server.safety import handlers as safety_handlers
from server.safety.complaint_tasks import step_complaints
from server.safety.events import EscalationEvents
from server.safety.file_tasks import (
    step_after_care,
    step_remind_follow_ups,
    step_silence,
    step_tell_experts,
    step_watch_faults,
)
from server.safety.glass import Glass
from server.safety.help_events import CareEvents
from server.safety.help_lines import HelpLines
from server.safety.joining_queries import JoiningEvents
from server.safety.keys import SAFETY_KEYS
from server.safety.queries import CallDesk, ProvenPages
from server.safety.reading_events import GlassEvents
from server.safety.reading_handlers import on_escalation_moved as leave_ended_talks
from server.safety.reading_handlers import on_person_suspended as end_readings
from server.safety.reading_handlers import on_role_changed as leave_office
from server.safety.reading_tasks import step_reading
from server.safety.tasks import (
    DUE_LETTERS,
    DUE_PAGES,
    DUE_STEPS,
    DUE_WEBHOOKS,
    step_escalations,
    step_letters,
    step_pages,
    step_trials,
    step_watch,
    step_webhooks,
)

# fact → who hears it; the push room last, since its rows and tallies are locked after all others
LISTENERS: Listeners = {
    MessageAccepted: (
        count_contact,
        turn_when_full,
        safety_handlers.on_message_accepted,
        pairing_handlers.on_message_accepted,
        push_handlers.on_message_accepted,
    ),
    PairingMoved: (safety_handlers.on_pairing_moved, push_handlers.on_pairing_moved),
    YouthWentSilent: (safety_handlers.on_youth_went_silent,),
    HoursEnding: (safety_handlers.on_hours_ending, push_handlers.on_hours_ending),
    CapReached: (safety_handlers.on_cap_reached,),
    EscalationMoved: (safety_handlers.on_escalation_moved, leave_ended_talks),
    RoleChanged: (
        leave_shifts,
        leave_office,
        pairing_handlers.on_role_changed,
    ),
    PersonSuspended: (
        end_readings,
        pairing_handlers.on_person_suspended,
        push_handlers.on_person_suspended,
    ),
    YouthEnrolled: (on_youth_enrolled,),
    BlockPlaced: (pairing_handlers.on_block_placed,),
    HoursChanged: (hurry_held, pairing_handlers.on_hours_changed, push_handlers.on_hours_changed),
    PageQueued: (push_handlers.on_page_queued,),
    TestPageAsked: (push_handlers.on_test_page_asked,),
    HelpPickedUp: (push_handlers.on_help_picked_up,),
    DutyOffered: (push_handlers.on_duty_offered,),
    SessionEnded: (push_handlers.on_session_ended,),
}

# What calls somebody is handed on by a loop of its own: a page waits behind no crowd of messages.
_CALLING = (PageQueued, TestPageAsked, DutyOffered)
CALLS = Part([one.fact_name for one in _CALLING], among=True)
OTHERS = Part(CALLS.names)


def make_commands() -> CommandTable:
    """Return the socket's requests."""
    table = CommandTable()
    table.add(
        Command("ack", socket_requests.ACK_FIELDS, handle_ack, None, "Persisted on this device up to the cursor."),
        Command("sync", socket_requests.SYNC_FIELDS, handle_sync, "events", "Follow the log from the cursor."),
        Command("ping", socket_requests.PING_FIELDS, handle_ping, "pong", "Still there; where is my head?"),
        Command("send", chat_requests.SEND_FRAME, SendCommand().handle, "sent", "Send a message."),
        Command("read", chat_requests.READ_FRAME, handle_read, "ok", "Read up to a seq."),
        Command("typing", chat_requests.TYPING_FRAME, handle_typing, None, "Typing began or ended."),
        Command("withdraw", chat_requests.WITHDRAW_FRAME, handle_withdraw, "ok", "Take back a held message."),
    )
    return table


def make_hub() -> Hub:
    """Return the hub of this process."""
    return Hub(door=AccountsDoor(), receipts=Receipts(), commands=make_commands(), gates=HoursGates())


def make_loops() -> list[WorkerLoop]:
    """Return the worker loops: `serve --embedded` and `work` run them."""
    return [
        WorkerLoop("relay", _step_relay, 5.0, busy_seconds=0.25, due=OTHERS.due),
        WorkerLoop("relay calls", _step_relay_calls, 5.0, due=CALLS.due),
        WorkerLoop("gates", step_turn_gates, 10.0, due=DUE_GATES),
        WorkerLoop("duty", step_duty_waves, 10.0, due=DUE_WAVES),
        WorkerLoop("escalations", step_escalations, 5.0, due=DUE_STEPS),
        WorkerLoop("pages", step_pages, 5.0, due=DUE_PAGES),
        WorkerLoop("letters", step_letters, 5.0, due=DUE_LETTERS),
        WorkerLoop("webhooks", step_webhooks, 5.0, due=DUE_WEBHOOKS),
        WorkerLoop("push", step_send, 5.0, due=DUE_PUSHES),
        WorkerLoop("calls", step_call, 5.0, due=DUE_CALLS),
        WorkerLoop("push pruning", step_prune, 600.0),
        WorkerLoop("trials", step_trials, 600.0),
        WorkerLoop("watch", step_watch, 15.0),
        WorkerLoop("notices", step_notify_ends, 10.0),
        WorkerLoop("coverage", step_check_coverage, 30.0),
        WorkerLoop("held events", step_held_events, 2.0),
        WorkerLoop("reading", step_reading, 10.0),
        WorkerLoop("complaints", step_complaints, 5.0),
        WorkerLoop("silence", step_silence, 5.0),
        WorkerLoop("worries", step_tell_experts, 2.0),
        WorkerLoop("after care", step_after_care, 5.0),
        WorkerLoop("follow-ups", step_remind_follow_ups, 30.0),
        WorkerLoop("faults", step_watch_faults, 60.0),
        WorkerLoop("pairings", step_pairings, 2.0),
        WorkerLoop("warm lines", step_silences, 60.0),
        WorkerLoop("bridges", step_bridges, 60.0),
        WorkerLoop("waiting", step_remind_waiting, 60.0),
        WorkerLoop("validity", step_warn_validity, 300.0),
        WorkerLoop("tickets", step_forget_tickets, 60.0),
        WorkerLoop("devices", step_forget_devices, 600.0),
        WorkerLoop("audit", step_checkpoint, 15.0),
    ]


def wire() -> None:
    """Bind everything. Called once, when Django is ready."""
    bind_port(HelpCard, HelpLines())
    bind_port(GlassDoor, Glass())
    bind_port(PairingBook, Pairings())
    bind_port(PageBook, ProvenPages())
    bind_port(GateMover, HoursGates())
    bind_port(TalkKeeper, Talks())
    bind_port(PageCalls, CallDesk())
    bind_port(DutyCalls, DutyDesk())
    bind_renderer(ChatEvents.KINDS, ChatEvents())
    bind_renderer(DutyEvents.KINDS, DutyEvents())
    bind_renderer(PairingEvents.KINDS, PairingEvents())
    bind_renderer(EscalationEvents.KINDS, EscalationEvents())
    bind_renderer(GlassEvents.KINDS, GlassEvents())
    bind_renderer(JoiningEvents.KINDS, JoiningEvents())
    bind_renderer(CareEvents.KINDS, CareEvents())
    bind_hub(make_hub)
    register_dek_owner("database sentinel", sentinel.count_by_kek, sentinel.rewrap_some)
    register_dek_owner("audit signers", audit_signers.count_by_kek, audit_signers.rewrap_some)
    FACTOR_KEYS.register("accounts")
    CONVERSATION_KEYS.register("chat")
    BUDDY_KEYS.register("buddies")
    PAIRING_KEYS.register("pairings")
    SAFETY_KEYS.register("safety")


def _step_relay(now: datetime) -> bool:
    return step_relay(now, LISTENERS, part=OTHERS)


def _step_relay_calls(now: datetime) -> bool:
    return step_relay(now, LISTENERS, part=CALLS)
