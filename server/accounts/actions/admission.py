"""Letting sockets in: tickets are used up, bearer tokens looked up, a whole batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from server.accounts.errors import TicketInvalid
from server.accounts.rules.roles import ROLES, needs_factor
from server.foundation.database import Answer, Pipeline, Row, open_pipeline
from server.foundation.errors import NotSignedIn, WarmlijnError
from server.foundation.ids import hash_secret
from server.ports.socket_door import Identity, Knock

_CLAIM_SQL = (
    "UPDATE accounts_ticket SET used_at = %(now)s::timestamptz "
    "WHERE hash IN ({hashes}) AND used_at IS NULL AND expires_at > %(now)s::timestamptz RETURNING hash"
)
_LIVE = (
    "p.id, s.id, p.role, s.expires_at FROM accounts_session s "
    "JOIN accounts_person p ON p.id = s.person_id {more}"
    "WHERE s.ended_at IS NULL AND s.idle_expires_at > %(now)s::timestamptz AND p.suspended_at IS NULL "
    "AND (p.factor_since IS NOT NULL OR p.role = ANY(%(free)s::text[])) "
)
_BY_TICKET_SQL = (
    "SELECT t.hash, " + _LIVE.format(more="JOIN accounts_ticket t ON t.session_id = s.id ") + "AND t.hash IN ({hashes})"
)
_BY_TOKEN_SQL = "SELECT s.token_hash, " + _LIVE.format(more="") + "AND s.token_hash IN ({hashes})"
_KINDS = "bytes uuid uuid text time"


def admit_knocks(*, knocks: Sequence[Knock], now: datetime) -> list[Identity | WarmlijnError]:
    """Return, in order, who knocks, or TicketInvalid, or NotSignedIn when the session is no longer live, or when
    its person must have a second factor first.

    Three statements however many knocks. One conditional update uses up the tickets: who comes second with a
    ticket, in this batch or in another process, gets nothing. A ticket of a dead session is used up as well.
    """
    tickets, tokens = [_hash(knock.ticket) for knock in knocks], [_hash(knock.bearer) for knock in knocks]
    with open_pipeline() as pipeline:
        claimed = _ask_by_hash(pipeline, _CLAIM_SQL, tickets, "bytes", now)
        by_ticket = _ask_by_hash(pipeline, _BY_TICKET_SQL, tickets, _KINDS, now)
        by_token = _ask_by_hash(pipeline, _BY_TOKEN_SQL, tokens, _KINDS, now)
    opened = {row[0] for row in claimed.rows()} if claimed else set()
    holders, bearers = _read_identities(by_ticket), _read_identities(by_token)
    return [_judge(*pair, opened, holders, bearers) for pair in zip(tickets, tokens, strict=True)]


def _hash(secret: str | None) -> bytes | None:
    # A header may hold what UTF-8 cannot say; no secret of ours does, so such a one is merely unknown.
    return None if secret is None else hash_secret(secret if secret.isascii() else "")


def _ask_by_hash(
    pipeline: Pipeline, sql: str, hashes: Iterable[bytes | None], kinds: str, now: datetime
) -> Answer | None:
    """Send a statement about these hashes, none when there are none.

    SQLite cannot take an array of bytes, so each hash is a parameter; their number is rounded up to a power
    of two, so that PostgreSQL sees few different statements.
    """
    wanted = sorted({one for one in hashes if one is not None})
    if not wanted:
        return None
    padded = wanted + [wanted[-1]] * ((1 << (len(wanted) - 1).bit_length()) - len(wanted))
    marks = ", ".join(f"%(h{at})s::bytea" for at in range(len(padded)))
    params: dict[str, Any] = {f"h{at}": one for at, one in enumerate(padded)}
    free = [role for role in ROLES if not needs_factor(role, settings.REQUIRE_SECOND_FACTOR)]
    return pipeline.ask(sql.format(hashes=marks), params | {"now": now, "free": free}, kinds)


def _read_identities(answer: Answer | None) -> dict[bytes, Identity]:
    rows: list[Row] = answer.rows() if answer else []
    return {key: Identity(person, session, role, end) for key, person, session, role, end in rows}


def _judge(
    ticket: bytes | None,
    token: bytes | None,
    opened: set[bytes],
    holders: Mapping[bytes, Identity],
    bearers: Mapping[bytes, Identity],
) -> Identity | WarmlijnError:
    """Decide one knock and strike its ticket from `opened`; with both proofs or none it is refused."""
    if ticket is None and token is not None:
        return bearers.get(token) or NotSignedIn()
    if ticket is None or token is not None or ticket not in opened:
        return TicketInvalid()
    opened.discard(ticket)
    return holders.get(ticket) or NotSignedIn()
