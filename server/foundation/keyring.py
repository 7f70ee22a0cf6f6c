"""Keep the key-encryption keys: one JSON file outside the database, whole or refused.

A ring is immutable; every change is a new file, written beside the old one and renamed over it under a lock.
The order of the keys is their age: a `decrypt_only` key after the active one is waiting to become active.
A retired key keeps its id and loses its bytes, so that its id is never used twice and old wraps stay shut.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import enum
import fcntl
import hashlib
import hmac
import json
import logging
import os
import secrets
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from server.foundation.clock import read_clock

VERSION = 1
KEY_BYTES = 32
FILE_LIMIT = 1 << 20
FIELDS = ("id", "state", "created_at", "key")
# Others may do nothing with the file, the group may read it (a service group), never write it.
TOO_OPEN = stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP
# 32 random bytes hold fewer distinct values than this once in more than 2^80 keys: it was typed, not drawn.
DISTINCT_BYTES = 12

logger = logging.getLogger(__name__)


class KeyRingError(Exception):
    """Say why the key ring cannot be used: a stable code and a detail for the operator, never key bytes."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class KeyState(enum.StrEnum):
    """Name what a key may still do."""

    ACTIVE = "active"
    DECRYPT_ONLY = "decrypt_only"
    RETIRED = "retired"


@dataclasses.dataclass(frozen=True, slots=True)
class Kek:
    """Hold one key-encryption key; `secret` is empty when retired and never shown."""

    id: str
    state: KeyState
    created_at: datetime
    secret: bytes = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """Hold all keys, oldest first; exactly one is active."""

    keys: tuple[Kek, ...]

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(f'{key.id}={key.state}' for key in self.keys)})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a KeyRing stays in its process")

    @property
    def active(self) -> Kek:
        """Return the key that wraps. Raises KeyRingError keyring.no_active_key."""
        match [key for key in self.keys if key.state is KeyState.ACTIVE]:
            case [key]:
                return key
            case found:
                raise KeyRingError("keyring.no_active_key", f"expected one active key, found {len(found)}")

    @property
    def waiting(self) -> Kek | None:
        """Return the key that was added and is to become active at the next rotation, if there is one."""
        newest = self.keys[-1]
        return newest if newest.state is KeyState.DECRYPT_ONLY and newest is not self.active else None

    def get(self, kek_id: str) -> Kek:
        """Return a key that may unwrap. Raises KeyRingError keyring.unknown_key, also for a retired one."""
        key = self.find(kek_id)
        if key.state is KeyState.RETIRED:
            raise KeyRingError("keyring.unknown_key", f"{kek_id} is retired")
        return key

    def find(self, kek_id: str) -> Kek:
        """Return a key of any state. Raises KeyRingError keyring.unknown_key."""
        for key in self.keys:
            if key.id == kek_id:
                return key
        raise KeyRingError("keyring.unknown_key", f"no key {kek_id!r} in this ring")

    def seal_sentinel(self) -> bytes:
        """Return bytes for a database row that only a ring with today's active key can open."""
        return _database_sentinel(self.active)

    def open_sentinel(self, sentinel: bytes) -> str:
        """Prove that this ring fits the database; return the id of the key that the row was made under.

        Rotation leaves the row under the old key: make a new row before retiring that key.
        Raises KeyRingError keyring.wrong.
        """
        for key in self.keys:
            if key.secret and hmac.compare_digest(_database_sentinel(key), bytes(sentinel)):
                return key.id
        raise KeyRingError("keyring.wrong", "this ring does not fit the database: its sentinel does not open")


def load_keyring(path: Path | str, *, refuse_open: bool = True) -> KeyRing:
    """Read a ring and prove it whole; `refuse_open=False` only warns when others may read the file (dev).

    Raises KeyRingError: keyring.missing, .unreadable, .too_open, .short, .wrong, .no_active_key.
    """
    ring = _parse(_read(Path(path), refuse_open))
    ring.active  # noqa: B018  (raises)
    return ring


def create_keyring(path: Path | str, *, now: datetime | None = None) -> KeyRing:
    """Write a new ring with one active key, mode 0600. Raises KeyRingError keyring.exists, .unwritable."""
    path = Path(os.path.realpath(path))
    with _locked(path, create=True) as directory:
        if path.exists():
            raise KeyRingError("keyring.exists", f"{path} exists and is left alone")
        ring = KeyRing((_draw(KeyState.ACTIVE, now),))
        _write(path, ring, directory)
    return ring


def add_key(path: Path | str, *, now: datetime | None = None) -> KeyRing:
    """Add a key that waits, so that every machine can hold it before it wraps; at most one waits."""

    def added(ring: KeyRing) -> KeyRing:
        return ring if ring.waiting else KeyRing((*ring.keys, _draw(KeyState.DECRYPT_ONLY, now)))

    return _change(path, added)


def rotate(path: Path | str, *, now: datetime | None = None) -> KeyRing:
    """Make the waiting key active, or a new one; the old becomes decrypt_only. DEKs are rewrapped apart."""

    def rotated(ring: KeyRing) -> KeyRing:
        chosen = ring.waiting or _draw(KeyState.DECRYPT_ONLY, now)
        old = dataclasses.replace(ring.active, state=KeyState.DECRYPT_ONLY)
        kept = [old if key is ring.active else key for key in ring.keys if key is not chosen]
        return KeyRing((*kept, dataclasses.replace(chosen, state=KeyState.ACTIVE)))

    return _change(path, rotated)


def retire(path: Path | str, kek_id: str) -> KeyRing:
    """Destroy a key's bytes for good; again changes nothing. The caller proves that nothing needs it.

    Raises KeyRingError keyring.key_active, .unknown_key.
    """

    def retired(ring: KeyRing) -> KeyRing:
        found = ring.find(kek_id)
        if found.state is KeyState.ACTIVE:
            raise KeyRingError("keyring.key_active", f"{kek_id} is active: rotate first")
        gone = dataclasses.replace(found, state=KeyState.RETIRED, secret=b"")
        return KeyRing(tuple(gone if key is found else key for key in ring.keys))

    return _change(path, retired)


def _change(path: Path | str, change: Callable[[KeyRing], KeyRing]) -> KeyRing:
    path = Path(os.path.realpath(path))
    with _locked(path) as directory:
        before = load_keyring(path, refuse_open=False)
        after = change(before)
        if after != before:
            _write(path, after, directory)
    return after


def _draw(state: KeyState, now: datetime | None) -> Kek:
    at = (now or read_clock()).astimezone(UTC).replace(microsecond=0)
    return Kek(f"kek-{secrets.token_hex(6)}", state, at, secrets.token_bytes(KEY_BYTES))


@contextlib.contextmanager
def _locked(path: Path, *, create: bool = False) -> Iterator[int]:
    """Hold the directory's lock, so that two commands never write one ring at once; yield its descriptor."""
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        raise KeyRingError("keyring.missing", f"no key ring at {path}") from None
    except OSError as error:
        raise KeyRingError("keyring.unwritable", f"{path.parent}: {error.strerror}") from None
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield directory
    finally:
        os.close(directory)


def _read(path: Path, refuse_open: bool) -> bytes:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(FILE_LIMIT + 1)
    except FileNotFoundError:
        raise KeyRingError("keyring.missing", f"no key ring at {path}: run `keys init`") from None
    except OSError as error:
        raise KeyRingError("keyring.unreadable", f"{path}: {error.strerror}") from None
    if mode & TOO_OPEN:
        problem = KeyRingError("keyring.too_open", f"{path} has mode {mode:04o}: run chmod 600")
        if refuse_open:
            raise problem
        logger.warning("%s", problem)
    return content


def _write(path: Path, ring: KeyRing, directory: int) -> None:
    """Replace the file in one step; a crash leaves the old ring or the new one, never half of one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        _write_through(temporary, _serialise(ring))
        _keep_owner(path, temporary)
        os.rename(temporary, path)
        os.fsync(directory)
    except OSError as error:
        raise KeyRingError("keyring.unwritable", f"{path}: {error.strerror}") from None
    finally:
        temporary.unlink(missing_ok=True)


def _write_through(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _keep_owner(path: Path, temporary: Path) -> None:
    """Give the new file the old one's owner and mode: a command run as root must not shut the server out."""
    with contextlib.suppress(FileNotFoundError):
        before, after = path.stat(), temporary.stat()
        if (before.st_uid, before.st_gid) != (after.st_uid, after.st_gid):
            os.chown(temporary, before.st_uid, before.st_gid)
        temporary.chmod(stat.S_IMODE(before.st_mode) & ~TOO_OPEN)


def _serialise(ring: KeyRing) -> bytes:
    keys = [dict(zip(FIELDS, (*_texts(key), _encode(key.secret)), strict=True)) for key in ring.keys]
    document = {"version": VERSION, "sentinel": _encode(_file_sentinel(ring)), "keys": keys}
    return json.dumps(document, indent=1).encode() + b"\n"


def _texts(key: Kek) -> tuple[str, str, str]:
    return key.id, key.state.value, key.created_at.isoformat()


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _parse(content: bytes) -> KeyRing:
    try:
        if len(content) > FILE_LIMIT:
            raise ValueError
        document: dict[str, Any] = json.loads(content)
        if document["version"] != VERSION or set(document) != {"version", "sentinel", "keys"}:
            raise ValueError
        sentinel = _decode(document["sentinel"])
        ring = KeyRing(tuple(_parse_key(entry) for entry in document["keys"]))
        if len({key.id for key in ring.keys}) != len(ring.keys):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise KeyRingError("keyring.unreadable", f"not a key ring of version {VERSION}") from None
    _require_strong(ring)
    if not hmac.compare_digest(sentinel, _file_sentinel(ring)):
        raise KeyRingError("keyring.wrong", "the sentinel does not open: the file was changed or mixed up")
    return ring


def _parse_key(entry: dict[str, str]) -> Kek:
    key_id, state, created_at, secret = (entry[field] for field in FIELDS)
    at = datetime.fromisoformat(created_at)
    if at.tzinfo is None or not key_id.isascii() or not key_id.isprintable() or len(entry) != len(FIELDS):
        raise ValueError
    return Kek(key_id, KeyState(state), at, _decode(secret))


def _decode(text: str) -> bytes:
    content = base64.b64decode(text.encode("ascii"), validate=True)
    if _encode(content) != text:
        raise ValueError
    return content


def _require_strong(ring: KeyRing) -> None:
    for key in ring.keys:
        wanted = 0 if key.state is KeyState.RETIRED else KEY_BYTES
        if len(key.secret) != wanted:
            raise KeyRingError("keyring.short", f"{key.id} has {len(key.secret)} bytes, expected {wanted}")
        if wanted and len(set(key.secret)) < DISTINCT_BYTES:
            raise KeyRingError("keyring.short", f"{key.id} is not random: make a ring with `keys init`")


def _frame(field: bytes) -> bytes:
    return len(field).to_bytes(4) + field


def _file_sentinel(ring: KeyRing) -> bytes:
    """Prove the file whole. Who reads it can forge it: against that the database's sentinel stands."""
    secret = hashlib.sha256(b"warmlijn/keyring/file/1" + b"".join(_frame(key.secret) for key in ring.keys))
    message = VERSION.to_bytes(4) + len(ring.keys).to_bytes(4)
    for key in ring.keys:
        message += b"".join(_frame(text.encode()) for text in _texts(key)) + _frame(key.secret)
    return hmac.digest(secret.digest(), message, "sha256")


def _database_sentinel(key: Kek) -> bytes:
    name = _frame(key.id.encode())
    secret = hmac.digest(key.secret, b"warmlijn/keyring/database/1", "sha256")
    return name + hmac.digest(secret, name, "sha256")


@dataclasses.dataclass(frozen=True, slots=True)
class _Loaded:
    path: Path
    stamp: tuple[int, ...]
    ring: KeyRing


_lock = threading.Lock()
_loaded: _Loaded | None = None


def current_keyring() -> KeyRing:
    """Return the ring at settings.KEYRING_FILE, read again when the file changes; dev and test make one.

    A good ring stays in use when its file is damaged or gone later; the next start refuses it.
    Raises KeyRingError.
    """
    return _current(Path(settings.KEYRING_FILE), prod=settings.APP_ENV == "prod")


def _current(path: Path, *, prod: bool) -> KeyRing:
    global _loaded
    held = _loaded
    stamp = _stamp(path)
    if held is not None and held.path == path and stamp in (held.stamp, None):
        return held.ring
    with _lock:
        if _loaded is None or _loaded.path != path or _loaded.stamp != stamp:
            _loaded = _reload(path, prod, _loaded)
        return _loaded.ring


def _stamp(path: Path) -> tuple[int, ...] | None:
    with contextlib.suppress(OSError):
        found = os.stat(path)
        return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode)
    return None


def _reload(path: Path, prod: bool, held: _Loaded | None) -> _Loaded:
    stamp = _stamp(path)
    try:
        return _Loaded(path, stamp or (), _load_or_create(path, prod))
    except KeyRingError as error:
        if held is None or held.path != path:
            raise
        logger.error("%s: the ring read earlier stays in use", error)
        return dataclasses.replace(held, stamp=stamp or ())


def _load_or_create(path: Path, prod: bool) -> KeyRing:
    if not prod and not path.exists():
        try:
            return create_keyring(path)
        except KeyRingError as error:
            if error.code != "keyring.exists":  # another process was first
                raise
    return load_keyring(path, refuse_open=prod)
