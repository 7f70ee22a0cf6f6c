"""Journals put in order, so that each verdict takes a few lines: who sent, who saw, which gates were shut."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import TypeVar

from tests.faults import journal as j
from tests.faults.table import Row, Table

Draft = tuple[str, str]  # sender, m
AnyEntry = TypeVar("AnyEntry", bound=j.Entry)


@dataclass(frozen=True)
class Sighting:
    """A device saw a message: in an event, at `pos` of the log, or on a history page, where `pos` is 0."""

    at: float
    device: str
    user: str
    c: str
    seq: int
    mid: str
    sender: str
    body: str
    m: str | None = None
    pos: int = 0


@dataclass
class Life:
    """What one device saw since it last started from a snapshot."""

    device: str
    user: str
    sightings: list[Sighting] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)

    def list_events(self) -> list[Sighting]:
        """Return what came as an event, in the order of applying."""
        return [sighting for sighting in self.sightings if sighting.pos]

    def list_history(self) -> list[Sighting]:
        """Return what came on a history page, in order."""
        return [sighting for sighting in self.sightings if not sighting.pos]


@dataclass(frozen=True)
class Closure:
    """A gate was surely closed from `start` (the close returned) to `end` (the opening began)."""

    c: str
    user: str
    start: float
    end: float

    def covers(self, at: float) -> bool:
        """Say whether the gate was surely closed at that moment."""
        return self.start < at < self.end


@dataclass(frozen=True)
class Evidence:
    """All journals of a run, by time, and the table."""

    entries: list[j.Entry]
    table: Table

    def list_of(self, kind: type[AnyEntry]) -> list[AnyEntry]:
        """Return the entries of one kind, by time."""
        return [entry for entry in self.entries if isinstance(entry, kind)]

    @cached_property
    def bodies(self) -> dict[Draft, str]:
        """Return what each sender wrote."""
        return {(entry.user, entry.m): entry.body for entry in self.list_of(j.Attempted)}

    @cached_property
    def first_attempts(self) -> dict[Draft, float]:
        """Return when each message left a device for the first time."""
        found: dict[Draft, float] = {}
        for entry in self.list_of(j.Attempted):
            found.setdefault((entry.user, entry.m), entry.at)
        return found

    @cached_property
    def acknowledgements(self) -> dict[Draft, list[j.Acknowledged]]:
        """Return all answers to each message, the first one first."""
        found: dict[Draft, list[j.Acknowledged]] = defaultdict(list)
        for entry in self.list_of(j.Acknowledged):
            found[entry.user, entry.m].append(entry)
        return found

    @cached_property
    def sightings(self) -> list[Sighting]:
        """Return every message that any device saw, by time."""
        return list(_see(self.entries))

    @cached_property
    def by_mid(self) -> dict[str, list[Sighting]]:
        """Return the sightings of each message."""
        found: dict[str, list[Sighting]] = defaultdict(list)
        for sighting in self.sightings:
            found[sighting.mid].append(sighting)
        return found

    @cached_property
    def lives(self) -> list[Life]:
        """Return every device's lives, the last of each device last."""
        return _divide_into_lives(self.entries)

    @cached_property
    def last_lives(self) -> dict[str, Life]:
        """Return each device's present state."""
        return {life.device: life for life in self.lives}

    @cached_property
    def closures(self) -> list[Closure]:
        """Return the times in which a gate was surely closed."""
        return list(_list_closures(self.list_of(j.GateMoved)))

    @cached_property
    def held(self) -> list[tuple[Closure, list[Row]]]:
        """Return, for every closure, what others sent in it: it stays unseen until the opening."""
        return [(closure, self._list_held(closure)) for closure in self.closures]

    def _list_held(self, closure: Closure) -> list[Row]:
        rows = self.table.by_conversation.get(closure.c, [])
        return [row for row in rows if row.sender != closure.user and self._was_sent_in(closure, row)]

    def _was_sent_in(self, closure: Closure, row: Row) -> bool:
        return closure.covers(self.first_attempts.get((row.sender, row.m), 0.0))


def _see(entries: list[j.Entry]) -> Iterator[Sighting]:
    for entry in entries:
        sighting = _read_sighting(entry)
        if sighting is not None:
            yield sighting


def _read_sighting(entry: j.Entry) -> Sighting | None:
    match entry:
        case j.HistoryRead():
            return Sighting(entry.at, entry.device, entry.user, entry.c, entry.seq, entry.mid, entry.sender, entry.body)
        case j.Applied(c=str(c), seq=int(seq), mid=str(mid), sender=str(sender), body=str(body)):
            at, device, user, pos = entry.at, entry.device, entry.user, entry.pos
            return Sighting(at, device, user, c, seq, mid, sender, body, entry.m, pos)
    return None


def _divide_into_lives(entries: list[j.Entry]) -> list[Life]:
    lives: list[Life] = []
    current: dict[str, Life] = {}
    for entry in entries:
        sighting = _read_sighting(entry)
        if isinstance(entry, j.SnapshotTaken) or (sighting and entry.device not in current):
            lives.append(Life(entry.device, entry.user))
            current[entry.device] = lives[-1]
        if sighting is not None:
            current[entry.device].sightings.append(sighting)
        if isinstance(entry, j.Applied) and entry.device in current:
            current[entry.device].positions.append(entry.pos)
    return lives


def _list_closures(moves: list[j.GateMoved]) -> Iterator[Closure]:
    shut: dict[tuple[str, str], float] = {}
    for move in moves:
        gate = (move.c, move.user)
        if move.closed:
            shut.setdefault(gate, move.at)
        elif gate in shut:
            yield Closure(*gate, start=shut.pop(gate), end=move.started)
    for gate, start in shut.items():
        yield Closure(*gate, start=start, end=inf)
