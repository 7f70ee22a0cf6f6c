"""The switchboard: who answers which port, who hears which fact, which commands and loops there are. One screen."""

from __future__ import annotations

from datetime import datetime

from server.accounts.door import AccountsDoor
from server.accounts.tasks import step_forget_tickets
from server.availability.handlers import on_message_accepted as count_contact
from server.availability.tasks import step_check_coverage
from server.chat import keys as chat_keys
from server.chat import requests as chat_requests
from server.chat.actions.ending import step_notify_ends
from server.chat.actions.gates import HoursGates, step_turn_gates
from server.chat.actions.receipts import Receipts
from server.chat.consumers import SendCommand, handle_read, handle_typing, handle_withdraw
from server.chat.duty import DutyEvents
from server.chat.handlers import turn_when_full
from server.chat.queries import ChatEvents
from server.chat.tasks import step_duty_waves
from server.events.facts import MessageAccepted
from server.events.relay import Listeners, step_relay
from server.foundation import sentinel
from server.foundation.loops import WorkerLoop
from server.foundation.sealing import register_dek_owner
from server.ports.gates import GateMover
from server.ports.help_card import HelpCard
from server.ports.registry import bind_port
from server.realtime import commands as socket_requests
from server.realtime.commands import Command, CommandTable
from server.realtime.consumers import handle_ack, handle_ping, handle_sync
from server.realtime.hub import Hub, bind_hub
from server.realtime.rendering import bind_renderer
from server.safety.help_lines import HelpLines

# fact → who hears it
LISTENERS: Listeners = {MessageAccepted: (count_contact, turn_when_full)}


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
        WorkerLoop("relay", _step_relay, 0.5, busy_seconds=0.1),
        WorkerLoop("gates", step_turn_gates, 1.0),
        WorkerLoop("duty", step_duty_waves, 1.0),
        WorkerLoop("notices", step_notify_ends, 10.0),
        WorkerLoop("coverage", step_check_coverage, 30.0),
        WorkerLoop("tickets", step_forget_tickets, 60.0),
    ]


def wire() -> None:
    """Bind everything. Called once, when Django is ready."""
    bind_port(HelpCard, HelpLines())
    bind_port(GateMover, HoursGates())
    bind_renderer(ChatEvents.KINDS, ChatEvents())
    bind_renderer(DutyEvents.KINDS, DutyEvents())
    bind_hub(make_hub)
    register_dek_owner("database sentinel", sentinel.count_by_kek, sentinel.rewrap_some)
    register_dek_owner("chat", chat_keys.count_by_kek, chat_keys.rewrap_some)


def _step_relay(now: datetime) -> bool:
    return step_relay(now, LISTENERS)
