"""Who is connected: rows that let any server count a user's sockets and let the newest socket of a device win."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from server.foundation.database import as_texts, open_pipeline
from server.foundation.errors import Unavailable, WarmlijnError
from server.foundation.ids import make_id
from server.foundation.rate_limits import get_limiter
from server.ports.socket_door import Identity, Knock, SocketDoor
from server.realtime import limits
from server.realtime.errors import TooManySockets
from server.realtime.models import ServerProcess
from server.realtime.queries import Position, find_reset_reason, read_positions
from server.realtime.streams import lock_streams


@dataclass(frozen=True, slots=True)
class HelloAsk:
    """A greeting: the proof, the device, the cursor to resume from, and the socket that sent it.

    `is_waiting` tells whether its socket still waits: a greeting that outlived its socket must not take the device
    from the socket that the device has opened elsewhere meanwhile.
    """

    knock: Knock
    device_id: str
    cursor: str | None
    socket_id: str
    is_waiting: Callable[[], bool] = lambda: True


@dataclass(frozen=True, slots=True)
class Greeted:
    """A socket that may follow its user's log. `reset` says why it must take a snapshot first; None means resumed.

    `acked_before` is what the device had acknowledged as far as the table knows; `replaced_socket_id` is its
    earlier socket, wherever it is.
    """

    identity: Identity
    position: Position
    reset: str | None
    acked_before: int
    replaced_socket_id: str | None


@dataclass(slots=True)
class _Link:
    socket_id: str | None
    acked_pos: int
    alive: bool


_LINKS_SQL = (
    "SELECT l.user_id, l.device_id, l.acked_pos, l.socket_id, l.process_id, p.id FROM realtime_devicelink l "
    "LEFT JOIN realtime_serverprocess p ON p.id = l.process_id AND p.seen_at > %(alive_after)s::timestamptz "
    "WHERE l.user_id = ANY(%(users)s::uuid[])"
)
_LINK_COLUMNS = {
    "id": "uuid",
    "user_id": "uuid",
    "device_id": "text",
    "acked_pos": "bigint",
    "session_id": "uuid",
    "socket_id": "uuid",
    "process_id": "uuid",
    "connected_at": "timestamptz",
    "seen_at": "timestamptz",
}
_LINK_CONFLICT = (
    "ON CONFLICT (user_id, device_id) DO UPDATE SET session_id = excluded.session_id, "
    "socket_id = excluded.socket_id, process_id = excluded.process_id, connected_at = excluded.connected_at, "
    "seen_at = excluded.seen_at"
)


def open_sockets(
    asks: Sequence[HelloAsk], *, door: SocketDoor, process_id: str, now: datetime
) -> list[Greeted | WarmlijnError]:
    """Admit greetings: who knocks, within which rate, how many sockets, from which cursor; one transaction for all.

    Locks: user_stream rows ascending. Refusals: auth.ticket_invalid, auth.session_revoked, rate.limited,
    realtime.too_many_sockets; a refused greeting leaves no socket.
    """
    with transaction.atomic():
        admitted: list[Identity | WarmlijnError] = [
            _within_rate(ask, identity)
            for ask, identity in zip(asks, door.admit([a.knock for a in asks], now=now), strict=True)
        ]
        users = as_texts(one.user_id for one in admitted if isinstance(one, Identity))
        if not users:
            return list(admitted)  # type: ignore[arg-type]  # errors only
        lock_streams(users)
        positions, links = read_positions(users), _read_links(users, process_id, now)
        answers: list[Greeted | WarmlijnError] = []
        rows: dict[tuple[str, str], tuple[object, ...]] = {}
        for ask, identity in zip(asks, admitted, strict=True):
            if isinstance(identity, WarmlijnError):
                answers.append(identity)
                continue
            if not ask.is_waiting():
                answers.append(Unavailable("nobody waits for this greeting any more"))
                continue
            answers.append(_seat(ask, identity, positions[identity.user_id], links, rows, process_id, now))
        with open_pipeline() as pipeline:
            pipeline.insert("realtime_devicelink", _LINK_COLUMNS, list(rows.values()), conflict=_LINK_CONFLICT)
    return answers


def close_sockets(socket_ids: Sequence[str]) -> list[None]:
    """Forget sockets that are gone; a device that has a newer socket keeps it."""
    with open_pipeline() as pipeline:
        pipeline.tell(
            "UPDATE realtime_devicelink SET socket_id = NULL, process_id = NULL WHERE socket_id = ANY(%(ids)s::uuid[])",
            {"ids": as_texts(socket_ids)},
        )
    return [None] * len(socket_ids)


def list_seated(user_ids: Iterable[str], process_id: str) -> tuple[dict[tuple[str, str], str | None], set[str]]:
    """Return which socket each (user, device) of these users holds as the table has it, None for none, and all
    sockets that it knows of this process."""
    with open_pipeline() as pipeline:
        answer = pipeline.ask(
            "SELECT user_id, device_id, socket_id, process_id FROM realtime_devicelink "
            "WHERE user_id = ANY(%(users)s::uuid[]) OR process_id = %(process)s::uuid",
            {"users": as_texts(user_ids), "process": process_id},
            "uuid text uuid uuid",
        )
    rows = answer.rows()
    seated = {(user_id, device_id): socket_id for user_id, device_id, socket_id, _ in rows}
    return seated, {socket_id for _, _, socket_id, process in rows if process == process_id and socket_id}


def beat_process(process_id: str, role: str, *, now: datetime) -> None:
    """Show that this process lives, and forget processes long gone together with the sockets they held."""
    dead_before = now - timedelta(seconds=limits.PROCESS_DEAD_SECONDS)
    with transaction.atomic():
        ServerProcess.objects.update_or_create(
            id=process_id,
            defaults={"role": role, "seen_at": now},
            create_defaults={"role": role, "started_at": now, "seen_at": now},
        )
        gone = [str(one) for one in ServerProcess.objects.filter(seen_at__lt=dead_before).values_list("id", flat=True)]
        if gone:
            with open_pipeline() as pipeline:
                pipeline.tell(
                    "UPDATE realtime_devicelink SET socket_id = NULL, process_id = NULL "
                    "WHERE process_id = ANY(%(gone)s::uuid[])",
                    {"gone": gone},
                )
            ServerProcess.objects.filter(id__in=gone).delete()


def count_other_servers(process_id: str, *, now: datetime) -> int:
    """Return how many server processes live beside this one."""
    alive_after = now - timedelta(seconds=limits.PROCESS_DEAD_SECONDS)
    return ServerProcess.objects.filter(role="server", seen_at__gt=alive_after).exclude(id=process_id).count()


def end_process(process_id: str) -> None:
    """Forget this process and its sockets: the last thing that a drained server does."""
    with open_pipeline() as pipeline:
        params = {"process": process_id}
        pipeline.tell(
            "UPDATE realtime_devicelink SET socket_id = NULL, process_id = NULL WHERE process_id = %(process)s::uuid",
            params,
        )
        pipeline.tell("DELETE FROM realtime_serverprocess WHERE id = %(process)s::uuid", params)


def _within_rate(ask: HelloAsk, identity: Identity | WarmlijnError) -> Identity | WarmlijnError:
    if isinstance(identity, WarmlijnError):
        return identity
    device = f"{identity.user_id}:{ask.device_id}"
    try:
        get_limiter().require_device_rate("hello", device=device, user=identity.user_id)
    except WarmlijnError as refusal:
        return refusal
    return identity


def _read_links(users: Sequence[str], own_process: str, now: datetime) -> dict[str, dict[str, _Link]]:
    params = {"users": list(users), "alive_after": now - timedelta(seconds=limits.PROCESS_DEAD_SECONDS)}
    with open_pipeline() as pipeline:
        answer = pipeline.ask(_LINKS_SQL, params, "uuid text int uuid uuid uuid")
    links: dict[str, dict[str, _Link]] = {user: {} for user in users}
    for user_id, device_id, acked_pos, socket_id, process_id, seen_process in answer.rows():
        # The own process lives, also before its first beat: in a storm the hellos come first.
        alive = seen_process is not None or process_id == own_process
        links[user_id][device_id] = _Link(socket_id, acked_pos, alive)
    return links


def _seat(
    ask: HelloAsk,
    identity: Identity,
    position: Position,
    links: dict[str, dict[str, _Link]],
    rows: dict[tuple[str, str], tuple[object, ...]],
    process_id: str,
    now: datetime,
) -> Greeted | WarmlijnError:
    own = links[identity.user_id]
    others = sum(link.alive and link.socket_id is not None for device, link in own.items() if device != ask.device_id)
    if others >= limits.SOCKETS_PER_USER:
        return TooManySockets(f"at most {limits.SOCKETS_PER_USER} connections at once")
    before = own.get(ask.device_id)
    acked = before.acked_pos if before else 0
    own[ask.device_id] = _Link(ask.socket_id, acked, True)
    rows[identity.user_id, ask.device_id] = (
        str(make_id()), identity.user_id, ask.device_id, acked,
        identity.session_id, ask.socket_id, process_id, now, now,
    )  # fmt: skip
    reset = find_reset_reason(ask.cursor, position)
    return Greeted(identity, position, reset, acked, before.socket_id if before else None)
