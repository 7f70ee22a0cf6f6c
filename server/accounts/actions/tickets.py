"""Tickets for sockets: a browser cannot send a header on the handshake, so the first frame brings one."""

from __future__ import annotations

from datetime import datetime

from server.accounts.models import Session, Ticket
from server.accounts.rules.lifetimes import TICKET_KEPT, TICKET_LIFETIME
from server.foundation.database import open_pipeline
from server.foundation.ids import hash_secret, make_secret

_FORGET_AT_ONCE = 1000
_COLUMNS = {"hash": "bytea", "session_id": "uuid", "person_id": "uuid", "expires_at": "timestamptz"}


def issue_ticket(*, session: Session, now: datetime) -> tuple[str, datetime]:
    """Return a ticket for one socket of this session and when it lapses. `admit_knocks` asks again."""
    ticket, expires_at = make_secret(), now + TICKET_LIFETIME
    with open_pipeline() as pipeline:
        row = (hash_secret(ticket), session.id, session.person_id, expires_at)
        pipeline.insert("accounts_ticket", _COLUMNS, [row])
    return ticket, expires_at


def forget_spent_tickets(*, now: datetime) -> int:
    """Delete up to a thousand tickets that lapsed an hour ago; returns how many."""
    lapsed = Ticket.objects.filter(expires_at__lt=now - TICKET_KEPT).order_by("expires_at")
    hashes = [bytes(one) for one in lapsed.values_list("hash", flat=True)[:_FORGET_AT_ONCE]]
    return Ticket.objects.filter(hash__in=hashes).delete()[0] if hashes else 0
