"""Tickets for sockets: a browser cannot send a header on the handshake, so the first frame brings one."""

from __future__ import annotations

from datetime import datetime

from server.accounts.models import Session, Ticket
from server.accounts.rules.lifetimes import TICKET_KEPT, TICKET_LIFETIME
from server.foundation.ids import hash_secret, make_secret

_FORGET_AT_ONCE = 1000


def issue_ticket(*, session: Session, now: datetime) -> tuple[str, datetime]:
    """Return a ticket for one socket of this session and when it lapses. `admit_knocks` asks again."""
    ticket, expires_at = make_secret(), now + TICKET_LIFETIME
    Ticket.objects.create(
        hash=hash_secret(ticket), session_id=session.id, person_id=session.person_id, expires_at=expires_at
    )
    return ticket, expires_at


def forget_spent_tickets(*, now: datetime) -> int:
    """Delete up to a thousand tickets that lapsed an hour ago; returns how many."""
    lapsed = Ticket.objects.filter(expires_at__lt=now - TICKET_KEPT).order_by("expires_at")
    hashes = [bytes(one) for one in lapsed.values_list("hash", flat=True)[:_FORGET_AT_ONCE]]
    return Ticket.objects.filter(hash__in=hashes).delete()[0] if hashes else 0
