"""Conversations, for the rooms that decide who is in them: pairings, and a coordinator who joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TalkCard:
    """What other rooms may know of a conversation: who is in it now, nothing that was said. Ids as text."""

    id: str
    team_id: str
    kind: str
    state: str
    member_ids: tuple[str, ...]
    last_seq: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a member of a conversation of this kind.

    `seq` is the newest message of somebody else that they may see now and have not read, 0 for none: what was withdrawn
    waits for nobody. `hidden` says that one waits behind their gate, which opens at `opens_at` if that is known.
    """

    kind: str
    seq: int
    hidden: bool
    opens_at: datetime | None


class TalkKeeper(Protocol):
    """Answered by chat. Everything happens in the caller's transaction, open sockets included.

    Lock order: the caller's own rows first; then hours → conversations → memberships → streams, by these calls. The
    raised errors are chat's: ConversationNotFound (`conv.not_found`), CannotSend (`conv.cannot_send`).
    """

    def lock_talks(self, *, person_ids: Sequence[str], conversation_ids: Sequence[str], now: datetime) -> None:
        """Lock all that the next calls will, in the one order. First, whenever a transaction makes more than one call.

        `person_ids` are those who will come, go or hear of it.
        """

    def open_talk(self, *, team_id: str, kind: str, member_ids: Sequence[str], now: datetime) -> str:
        """Open a conversation (kind pair or line) with these members; return its id."""

    def admit(self, *, conversation_id: str, person_id: str, from_start: bool, now: datetime) -> None:
        """Let somebody in, with its history or only with what comes. Idempotent for a present member."""

    def dismiss(self, *, conversation_id: str, person_id: str, now: datetime) -> None:
        """Take somebody out: from the commit on they receive, read and send nothing here. Idempotent."""

    def close_talk(self, *, conversation_id: str, now: datetime) -> None:
        """Take no more messages; its history stays with its members. Idempotent."""

    def find_talk(self, conversation_id: str) -> TalkCard | None:
        """Return the card, or None."""

    def list_talks_of(self, person_ids: Sequence[str]) -> dict[str, tuple[TalkCard, ...]]:
        """Return the open conversations in which each of these people is present, the newest first."""

    def find_view(self, *, person_id: str, conversation_id: str, now: datetime) -> tuple[int, int] | None:
        """Return (after, up to) of the seqs that a present member may see now; None for everybody else."""

    def find_sender(self, *, conversation_id: str, seq: int) -> str | None:
        """Return who wrote a message, or None when there is no such message. Says nothing of who may know it."""

    def list_waiting(self, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Waiting]:
        """Return what waits at each (person, conversation) of which the person is a present member; one statement."""
