"""The messages a person wrote on one device that no answer has settled yet."""

import asyncio
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Draft:
    """A message with the `m` made when the person pressed send; `route` is socket or rest."""

    c: str
    m: str
    body: str
    route: str = "socket"


@dataclass
class Outbox:
    """Drafts in the order of writing. Only an answer removes one."""

    _drafts: dict[str, Draft] = field(default_factory=dict)
    _filled: asyncio.Event = field(default_factory=asyncio.Event)

    def __len__(self) -> int:
        return len(self._drafts)

    def put(self, draft: Draft) -> None:
        """Add a draft at the end."""
        self._drafts[draft.m] = draft
        self._filled.set()

    def settle(self, m: str) -> None:
        """Take out a draft that was answered for good."""
        self._drafts.pop(m, None)
        if not self._drafts:
            self._filled.clear()

    async def wait_for_first(self) -> Draft:
        """Return the oldest draft, as soon as there is one."""
        await self._filled.wait()
        return next(iter(self._drafts.values()))
