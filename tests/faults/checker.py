"""Compare what devices saw with the table and name every broken promise.

It knows nothing of the server, the client or the faults: journals and the table are all it reads.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from tests.faults import journal as j
from tests.faults.evidence import Evidence, Life
from tests.faults.reach import HelpWait, describe_waits, list_help_waits, list_outages, list_unanswered
from tests.faults.table import Row, Table

NOT_FOUND = ("404", "conv.not_found")


class Verdict(StrEnum):
    """What can be wrong. The first four and misdelivered are promises of PROTOCOL.md section 4."""

    LOST = "lost"
    DUPLICATED = "duplicated"
    REORDERED = "reordered"
    SEEN_EARLY = "seen early"
    MISDELIVERED = "misdelivered"
    ALTERED = "altered"
    PHANTOM = "phantom"
    MISMARKED = "mismarked"
    STALLED = "stalled"
    UNSETTLED = "unsettled"
    UNHEARD = "unheard"
    ODD = "odd"
    UNPROVEN = "unproven"


@dataclass(frozen=True)
class Finding:
    """One broken promise, in words that lead to the journal line."""

    verdict: Verdict
    text: str


@dataclass(frozen=True)
class Report:
    """The outcome of one run."""

    seed: int
    acked: int
    faults: int
    kinds: int
    unknown: int
    caught_up: float
    without_redis: float
    help: tuple[HelpWait, ...]
    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """Say whether nothing was found."""
        return not self.findings

    def count(self, verdict: Verdict) -> int:
        """Return how often a promise was broken."""
        return Counter(finding.verdict for finding in self.findings)[verdict]

    def describe(self) -> str:
        """Return the sentence, then what else was found, then the first findings of each kind."""
        zeros = [f"{self.count(verdict)} {verdict}" for verdict in list(Verdict)[:4]]
        others = [f"{self.count(v)} {v}" for v in list(Verdict)[4:] if self.count(v)]
        lines = [
            f"seed {self.seed}: {self.acked} acked, {self.faults} faults of {self.kinds} kinds, "
            f"{self.unknown} unknown outcomes, {', '.join(zeros)}, caught up within {self.caught_up:.1f} s."
        ]
        if self.without_redis < inf:
            lines.append(f"with Redis away everybody had everything within {self.without_redis:.1f} s.")
        lines += [describe_waits(self.help)] if self.help else []
        lines += [f"also {', '.join(others)}"] if others else []
        return "\n".join(lines + [line for verdict in Verdict for line in self._show(verdict)])

    def _show(self, verdict: Verdict, most: int = 5) -> list[str]:
        return [f"  {f.verdict}: {f.text}" for f in self.findings if f.verdict is verdict][:most]


def add_up(seed: int, reports: Sequence[Report]) -> Report:
    """Return one report of several runs: sums, and the longest waits."""
    return Report(
        seed=seed,
        acked=sum(report.acked for report in reports),
        faults=sum(report.faults for report in reports),
        kinds=max(report.kinds for report in reports),
        unknown=sum(report.unknown for report in reports),
        caught_up=max(report.caught_up for report in reports),
        without_redis=max(report.without_redis for report in reports),
        help=tuple(wait for report in reports for wait in report.help),
        findings=tuple(finding for report in reports for finding in report.findings),
    )


def check(entries: Sequence[j.Entry], table: Table, seed: int = 0) -> Report:
    """Return the report of a run."""
    evidence = Evidence(j.sort_entries(entries), table)
    faults = evidence.list_of(j.FaultDone)
    return Report(
        seed=seed,
        acked=len(evidence.acknowledgements),
        faults=len(faults),
        kinds=len({fault.kind for fault in faults}),
        unknown=len(evidence.list_of(j.Unanswered)),
        caught_up=_measure_catching_up(evidence, without_redis=False),
        without_redis=_measure_catching_up(evidence, without_redis=True),
        help=tuple(list_help_waits(evidence.list_of(j.HelpPressed), list_outages(evidence.list_of(j.Away)))),
        findings=tuple(finding for judge in JUDGES for finding in judge(evidence)),
    )


def find_lost_acknowledged(evidence: Evidence) -> Iterator[Finding]:
    """Find acknowledged messages that the table does not hold where the answer said."""
    for draft, answers in evidence.acknowledgements.items():
        places = {(row.c, row.seq, row.mid) for row in evidence.table.by_draft.get(draft, [])}
        for answer in answers:
            if (answer.c, answer.seq, answer.mid) not in places:
                yield Finding(Verdict.LOST, f"{answer.device} was told {answer.m} is {answer.c} #{answer.seq}")


def find_lost_on_devices(evidence: Evidence) -> Iterator[Finding]:
    """Find stored messages that a drained device does not hold."""
    for entry, life in _list_drained(evidence):
        seen = {sighting.mid for sighting in life.sightings}
        for row in _list_owed(evidence.table, entry.user):
            if row.mid not in seen:
                yield Finding(Verdict.LOST, f"{entry.how} of {entry.device} lacks {row.c} #{row.seq}")


def find_duplicated_rows(evidence: Evidence) -> Iterator[Finding]:
    """Find messages stored twice, and answers that name two places or two first times."""
    for (sender, m), rows in evidence.table.by_draft.items():
        if len(rows) > 1:
            yield Finding(Verdict.DUPLICATED, f"{m} of {sender} stored as {[row.seq for row in rows]}")
    for (_, m), answers in evidence.acknowledgements.items():
        if len({(answer.c, answer.seq, answer.mid) for answer in answers}) > 1:
            yield Finding(Verdict.DUPLICATED, f"{m} acknowledged as {[a.seq for a in answers]}")
        if sum(not answer.dup for answer in answers) > 1:
            yield Finding(Verdict.DUPLICATED, f"{m} acknowledged twice as new")


def find_duplicated_sightings(evidence: Evidence) -> Iterator[Finding]:
    """Find devices to which one message came twice as an event, by id or by what it says."""
    for life in evidence.lives:
        events = life.list_events()
        for what, values in (("id", [e.mid for e in events]), ("body", [e.body for e in events])):
            for value, times in Counter(values).items():
                if times > 1:
                    yield Finding(Verdict.DUPLICATED, f"{life.device} got {what} {value} {times} times")


def find_disorder_in_table(evidence: Evidence) -> Iterator[Finding]:
    """Find conversations whose numbers are not 1, 2, 3 …"""
    for c, rows in evidence.table.by_conversation.items():
        numbers = [row.seq for row in rows]
        if numbers != list(range(1, len(numbers) + 1)):
            wrong = next(n for n, seq in enumerate(numbers, 1) if seq != n)
            yield Finding(Verdict.REORDERED, f"{c} is not numbered 1, 2, 3 … from #{wrong} on")


def find_disorder_in_time(evidence: Evidence) -> Iterator[Finding]:
    """Find a message with a lower number than one acknowledged before it was first sent."""
    for rows in evidence.table.by_conversation.values():
        earliest_later = inf
        for row in reversed(rows):
            sent_at = evidence.first_attempts.get((row.sender, row.m), inf)
            if earliest_later < sent_at < inf:
                yield Finding(Verdict.REORDERED, f"{row.c} #{row.seq} was sent after a later one's answer")
            answers = evidence.acknowledgements.get((row.sender, row.m))
            earliest_later = min(earliest_later, answers[0].at if answers else inf)


def find_disorder_on_devices(evidence: Evidence) -> Iterator[Finding]:
    """Find devices that saw positions or numbers go down, or another message under a number."""
    for life in evidence.lives:
        if any(later <= sooner for sooner, later in zip(life.positions, life.positions[1:], strict=False)):
            yield Finding(Verdict.REORDERED, f"positions went down on {life.device}")
        yield from _find_falling(life)
    for sighting in evidence.sightings:
        row = evidence.table.by_mid.get(sighting.mid)
        if row is not None and (row.c, row.seq) != (sighting.c, sighting.seq):
            yield Finding(Verdict.REORDERED, f"{sighting.device} saw {row.c} #{row.seq} as #{sighting.seq}")


def find_seen_early(evidence: Evidence) -> Iterator[Finding]:
    """Find held messages, and counts of them, that reached somebody whose gate was closed."""
    for closure, rows in evidence.held:
        for sighting in (sighting for row in rows for sighting in evidence.by_mid.get(row.mid, [])):
            if sighting.user == closure.user and closure.covers(sighting.at):
                yield Finding(Verdict.SEEN_EARLY, f"{sighting.device} saw {closure.c} #{sighting.seq}")
        first_held = min((row.seq for row in rows), default=inf)
        for snapshot in evidence.list_of(j.SnapshotTaken):
            if snapshot.user == closure.user and closure.covers(snapshot.at):
                yield from _find_counted_early(snapshot, closure.c, first_held)


def find_misdelivered(evidence: Evidence) -> Iterator[Finding]:
    """Find anything of a conversation that reached somebody who is not a member of it."""
    is_member = evidence.table.is_member
    for entry in evidence.list_of(j.Applied):
        if entry.c is not None and not is_member(entry.user, entry.c):
            yield Finding(Verdict.MISDELIVERED, f"{entry.device} got {entry.kind} of {entry.c}")
    for page in evidence.list_of(j.HistoryRead):
        if not is_member(page.user, page.c):
            yield Finding(Verdict.MISDELIVERED, f"{page.device} read {page.c} #{page.seq}")
    for snapshot in evidence.list_of(j.SnapshotTaken):
        for c, _, _ in snapshot.conversations:
            if not is_member(snapshot.user, c):
                yield Finding(Verdict.MISDELIVERED, f"the snapshot of {snapshot.device} shows {c}")
    yield from _find_foreign_senders(evidence)


def find_altered(evidence: Evidence) -> Iterator[Finding]:
    """Find messages that came with another text or sender, or with somebody else's `m`."""
    for sighting in evidence.sightings:
        row = evidence.table.by_mid.get(sighting.mid)
        if row is None:
            continue
        if sighting.body != evidence.bodies.get((row.sender, row.m)) or sighting.sender != row.sender:
            yield Finding(Verdict.ALTERED, f"{sighting.device} saw {row.c} #{row.seq} altered")
        if sighting.m not in ((row.m, None) if sighting.user == row.sender else (None,)):
            yield Finding(Verdict.ALTERED, f"{sighting.device} saw a wrong m on {row.c} #{row.seq}")


def find_phantoms(evidence: Evidence) -> Iterator[Finding]:
    """Find rows that nobody sent or that were refused, and sightings that the table does not hold."""
    for row in evidence.table.rows:
        if (row.sender, row.m) not in evidence.first_attempts:
            yield Finding(Verdict.PHANTOM, f"nobody sent {row.c} #{row.seq}")
    # A refusal answers one attempt. An earlier one without an answer may still be under way at a slow server; the
    # sender's own log then tells, by `m`, that it was stored after all.
    unknown = {(entry.user, entry.m) for entry in evidence.list_of(j.Unanswered)}
    for refusal in evidence.list_of(j.Refused):
        draft = (refusal.user, refusal.m)
        if refusal.final and draft in evidence.table.by_draft and draft not in unknown:
            yield Finding(Verdict.PHANTOM, f"{refusal.m} was refused ({refusal.code}) and stored")
    for sighting in evidence.sightings:
        if sighting.mid not in evidence.table.by_mid:
            yield Finding(Verdict.PHANTOM, f"{sighting.device} saw {sighting.mid}, which is not stored")


def find_mismarked(evidence: Evidence) -> Iterator[Finding]:
    """Find messages not called held though the gate was closed, or called held where no gate ever closed."""
    gated = {move.c for move in evidence.list_of(j.GateMoved)}
    for answer in evidence.list_of(j.Acknowledged):
        if answer.state == "held" and answer.c not in gated:
            yield Finding(Verdict.MISMARKED, f"{answer.c} #{answer.seq} was called held")
    for closure, rows in evidence.held:
        for row in rows:
            for answer in evidence.acknowledgements.get((row.sender, row.m), []):
                if closure.covers(answer.at) and answer.state != "held":
                    yield Finding(Verdict.MISMARKED, f"{row.c} #{row.seq} was called {answer.state}")


def find_stalled(evidence: Evidence) -> Iterator[Finding]:
    """Find devices that did not catch up by themselves."""
    for entry in evidence.list_of(j.CaughtUp):
        if not entry.in_time:
            yield Finding(Verdict.STALLED, f"{entry.device} was behind after {entry.seconds:.1f} s")


def find_unsettled(evidence: Evidence) -> Iterator[Finding]:
    """Find messages that never got a final answer: an unknown outcome that no retry resolved."""
    refused = {(entry.user, entry.m) for entry in evidence.list_of(j.Refused) if entry.final}
    for draft in evidence.first_attempts:
        if draft not in evidence.acknowledgements and draft not in refused:
            yield Finding(Verdict.UNSETTLED, f"{draft[1]} of {draft[0]} was never answered for good")


def find_odd(evidence: Evidence) -> Iterator[Finding]:
    """Find what the harness noted as explained by no fault."""
    for entry in evidence.list_of(j.Odd):
        yield Finding(Verdict.ODD, f"{entry.device}: {entry.what}")


def find_unproven(evidence: Evidence) -> Iterator[Finding]:
    """Find what the run did not show: no message at all, or a member whose devices were not drained."""
    if not evidence.acknowledgements:
        yield Finding(Verdict.UNPROVEN, "no message was acknowledged")
    drained = {(entry.user, entry.how) for entry in evidence.list_of(j.Drained)}
    for member in sorted(set().union(*evidence.table.members.values())):
        for how in ("resume", "fresh"):
            if (member, how) not in drained:
                yield Finding(Verdict.UNPROVEN, f"no device of {member} was drained by {how}")


def _measure_catching_up(evidence: Evidence, *, without_redis: bool) -> float:
    waits = [entry for entry in evidence.list_of(j.CaughtUp) if entry.without_redis is without_redis]
    return max((entry.seconds for entry in waits), default=inf)


def _list_drained(evidence: Evidence) -> Iterator[tuple[j.Drained, Life]]:
    for entry in evidence.list_of(j.Drained):
        nothing = Life(entry.device, entry.user)
        yield entry, evidence.last_lives.get(entry.device, nothing)


def _list_owed(table: Table, user: str) -> list[Row]:
    return [row for c in table.list_conversations(user) for row in table.by_conversation[c]]


def _find_falling(life: Life) -> Iterator[Finding]:
    """History and events are two reads of one log: each rises by itself, they may overlap."""
    for source in (life.list_history(), life.list_events()):
        newest: dict[str, int] = {}
        seen: set[str] = set()
        for sighting in source:
            if sighting.mid not in seen and sighting.seq <= newest.get(sighting.c, 0):
                yield Finding(Verdict.REORDERED, f"{life.device} saw {sighting.c} #{sighting.seq} late")
            newest[sighting.c] = max(sighting.seq, newest.get(sighting.c, 0))
            seen.add(sighting.mid)


def _find_counted_early(snapshot: j.SnapshotTaken, c: str, first_held: float) -> Iterator[Finding]:
    for name, last_seq, visible_upto in snapshot.conversations:
        if name == c and max(last_seq, visible_upto) >= first_held:
            yield Finding(Verdict.SEEN_EARLY, f"the snapshot of {snapshot.device} counts held ones of {c}")


def _find_foreign_senders(evidence: Evidence) -> Iterator[Finding]:
    for row in evidence.table.rows:
        if not evidence.table.is_member(row.sender, row.c):
            yield Finding(Verdict.MISDELIVERED, f"{row.sender} is no member and wrote {row.c} #{row.seq}")
    for attempt in evidence.list_of(j.Pried):
        if attempt.answer not in NOT_FOUND:
            yield Finding(Verdict.MISDELIVERED, f"{attempt.user} asked for {attempt.c}: {attempt.answer}")
    for refusal in evidence.list_of(j.Refused):
        if not evidence.table.is_member(refusal.user, refusal.c) and refusal.code not in NOT_FOUND:
            yield Finding(Verdict.MISDELIVERED, f"{refusal.user} wrote to {refusal.c}: {refusal.code}")


def find_unheard(evidence: Evidence) -> Iterator[Finding]:
    """Find calls for help without an answer, a row or a page, more than one active for a youth, and refusals."""
    calls = {call.id: call for call in evidence.table.calls}
    for press in list_unanswered(evidence.list_of(j.HelpPressed)):
        yield Finding(Verdict.UNHEARD, f"{press.user} pressed from {press.began:.1f} on and was never answered")
    answered: Counter[str] = Counter()
    for press in evidence.list_of(j.HelpPressed):
        call = calls.get(press.escalation)
        if 300 <= press.status < 500:
            yield Finding(Verdict.UNHEARD, f"{press.user} pressed and was refused: {press.status}")
        if not press.escalation:
            continue
        answered[press.escalation] += 1
        if call is None or call.youth != press.user or not call.pages:
            yield Finding(Verdict.UNHEARD, f"{press.user} was told of {press.escalation}: {call}")
    for id_, presses in answered.items():
        if id_ in calls and calls[id_].presses < presses:
            yield Finding(Verdict.UNHEARD, f"{id_} was answered {presses} times and has {calls[id_].presses} signals")
    for youth, count in Counter(call.youth for call in calls.values() if call.active).items():
        if count > 1:
            yield Finding(Verdict.UNHEARD, f"{youth} has {count} active escalations")


JUDGES: tuple[Callable[[Evidence], Iterator[Finding]], ...] = (
    find_lost_acknowledged,
    find_lost_on_devices,
    find_duplicated_rows,
    find_duplicated_sightings,
    find_disorder_in_table,
    find_disorder_in_time,
    find_disorder_on_devices,
    find_seen_early,
    find_misdelivered,
    find_altered,
    find_phantoms,
    find_mismarked,
    find_stalled,
    find_unsettled,
    find_unheard,
    find_odd,
    find_unproven,
)
