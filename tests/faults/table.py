"""The truth the devices are compared with: the message table, read with plain SQL."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

import psycopg

MESSAGES = "SELECT conversation_id, seq, id, sender_id, client_id FROM chat_message ORDER BY 1, 2, 3"
CALLS = """
SELECT e.id, e.youth_id, e.state IN ('open', 'acknowledged', 'in_progress'),
    (SELECT count(*) FROM safety_page p WHERE p.escalation_id = e.id),
    (SELECT count(*) FROM safety_signal s WHERE s.escalation_id = e.id AND s.kind = 'help')
FROM safety_escalation e
"""
MEMBERS = "SELECT conversation_id, person_id FROM chat_membership"


@dataclass(frozen=True)
class Row:
    """A stored message; `m` is the sender's own id of it."""

    c: str
    seq: int
    mid: str
    sender: str
    m: str


@dataclass(frozen=True)
class Call:
    """A stored escalation: about whom, whether it is active, how many pages and presses of the help button it has."""

    id: str
    youth: str
    active: bool
    pages: int
    presses: int


@dataclass(frozen=True)
class Table:
    """Every stored message by conversation and seq, who is a member of what, and every call for help."""

    rows: tuple[Row, ...]
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()

    @cached_property
    def by_mid(self) -> dict[str, Row]:
        """Return the rows by message id."""
        return {row.mid: row for row in self.rows}

    @cached_property
    def by_draft(self) -> dict[tuple[str, str], list[Row]]:
        """Return the rows by sender and `m`; more than one is a duplicate."""
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row.sender, row.m].append(row)
        return found

    @cached_property
    def by_conversation(self) -> dict[str, list[Row]]:
        """Return the rows of every conversation, rising by seq."""
        found: dict[str, list[Row]] = {c: [] for c in self.members}
        for row in sorted(self.rows, key=lambda row: row.seq):
            found.setdefault(row.c, []).append(row)
        return found

    def is_member(self, user: str, c: str) -> bool:
        """Say whether the user may see the conversation."""
        return user in self.members.get(c, frozenset())

    def list_conversations(self, user: str) -> list[str]:
        """Return the conversations that the user is a member of."""
        return [c for c, members in self.members.items() if user in members]


def read_table(url: str) -> Table:
    """Read the table of a database. Ids become text, as devices know them."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(MESSAGES).fetchall()
        pairs = connection.execute(MEMBERS).fetchall()
        calls = connection.execute(CALLS).fetchall()
    members: dict[str, set[str]] = defaultdict(set)
    for c, person in pairs:
        members[str(c)].add(str(person))
    return Table(
        rows=tuple(Row(str(c), seq, str(mid), str(sender), str(m)) for c, seq, mid, sender, m in rows),
        members={c: frozenset(people) for c, people in members.items()},
        calls=tuple(Call(str(id_), str(youth), active, pages, presses) for id_, youth, active, pages, presses in calls),
    )
