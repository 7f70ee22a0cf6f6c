"""Every field of a person's file and its class: who sees it, who writes it, sealed or not, how long kept.

Requests, answers, storage and `docs/buddies-fields.md` are made from these two tables, so that a field that is not
here cannot be told, stored or shown, and none can be shown to anybody whom its row does not name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from server.buddies.rules.kinds import AGE_BANDS, GENDERS, KINDS
from server.buddies.rules.sides import NEEDS

Reader = Literal["self", "coordinator", "asked", "paired"]
Form = Literal[
    "flag", "number", "day", "choice", "choices", "languages", "language", "themes", "open_themes", "names", "text",
    "years", "windows", "zone",
]  # fmt: skip
Kept = Literal["account", "proof"]

SELF: Final = "self"
COORDINATOR: Final = "coordinator"
# The other of a pairing: `asked` while it is proposed, `paired` once both have said yes.
ASKED: Final = "asked"
PAIRED: Final = "paired"
READERS: Final[tuple[Reader, ...]] = (SELF, COORDINATOR, ASKED, PAIRED)
# How long: `account` until the account is erased (its key is destroyed with it); `proof` a year longer, to answer
# whether somebody was allowed to do what they did.
KEPT: Final[dict[Kept, str]] = {
    "account": "until the account is erased",
    "proof": "until a year after the account is erased",
}

_TEAM: Final[tuple[Reader, ...]] = (SELF, COORDINATOR)
_LATER: Final[tuple[Reader, ...]] = (SELF, COORDINATOR, PAIRED)
_BOTH: Final[tuple[Reader, ...]] = READERS
_DESK: Final[tuple[Reader, ...]] = (COORDINATOR,)


@dataclass(frozen=True, slots=True)
class FieldClass:
    """One field. `low` and `high` bound a number, `high` the characters of a text and of each item of a list, `most`
    the items of a list. `default` is what is shown, and counts, while nothing was told."""

    name: str
    form: Form
    readers: tuple[Reader, ...]
    writers: tuple[Reader, ...] = _TEAM
    sealed: bool = True
    kept: Kept = "account"
    low: int = 0
    high: int = 80
    most: int = 20
    choices: tuple[str, ...] = ()
    default: Any = None

    @property
    def empty(self) -> Any:
        """Return what the field holds while nothing was told; a fresh list each time."""
        if self.default is not None:
            return list(self.default) if isinstance(self.default, tuple) else self.default
        return _EMPTY[self.form]()


_EMPTY: Final[dict[Form, Any]] = {
    "flag": bool,
    "number": lambda: None,
    "day": lambda: None,
    "choice": str,
    "choices": list,
    "languages": list,
    "language": str,
    "themes": list,
    "open_themes": list,
    "names": list,
    "text": str,
    "years": lambda: None,
    "windows": list,
    "zone": str,
}

EXPERT_FIELDS: Final = (
    FieldClass("takes_new", "flag", _TEAM, sealed=False, default=True),
    FieldClass("capacity", "number", _TEAM, _DESK, sealed=False, low=0, high=20),
    FieldClass("kinds", "choices", _BOTH, sealed=False, choices=KINDS, default=("buddy",)),
    FieldClass("languages", "languages", _BOTH, sealed=False, most=8, default=("nl",)),
    FieldClass("gender", "choice", _BOTH, sealed=False, choices=GENDERS),
    FieldClass("born_in", "number", _TEAM, sealed=False, low=1930, high=2015),
    FieldClass("region", "text", _LATER, sealed=False),
    FieldClass("trained_until", "day", _TEAM, _DESK, sealed=False, kept="proof"),
    FieldClass("vog_until", "day", _TEAM, _DESK, sealed=False, kept="proof"),
    FieldClass("themes", "open_themes", _BOTH, most=30),
    FieldClass("no_go", "themes", _TEAM, most=30),
    FieldClass("likes", "names", _BOTH),
    FieldClass("introduction", "text", _BOTH, high=2_000),
    FieldClass("institutions", "names", _TEAM),
    FieldClass("places", "names", _TEAM),
    FieldClass("people_known", "names", _TEAM),
)
YOUTH_FIELDS: Final = (
    FieldClass("bridge_until", "day", _BOTH, _DESK, sealed=False),
    FieldClass("themes", "themes", _LATER, most=30),
    FieldClass("languages", "languages", _BOTH, most=8),
    FieldClass("language_wish", "language", _TEAM),
    FieldClass("gender_wish", "choice", _TEAM, choices=GENDERS),
    FieldClass("age_distance", "years", _TEAM, low=-20, high=40),
    FieldClass("needs", "choices", _TEAM, choices=NEEDS),
    FieldClass("not_from", "names", _TEAM),
    FieldClass("wishes", "text", _TEAM, high=1_000),
    FieldClass("times", "windows", _TEAM, most=70),
    FieldClass("zone", "zone", _TEAM, high=64),
    FieldClass("region", "text", _TEAM),
    FieldClass("age_band", "choice", _BOTH, choices=tuple(AGE_BANDS)),
    FieldClass("likes", "names", _BOTH),
    FieldClass("institutions", "names", _TEAM),
    FieldClass("places", "names", _TEAM),
    FieldClass("people_known", "names", _TEAM),
    FieldClass("professional_name", "text", _TEAM),
    FieldClass("professional_organisation", "text", _TEAM, high=120),
    FieldClass("professional_reach", "text", _TEAM, high=200),
    FieldClass("own_words", "text", _LATER, high=2_000),
)

Table = tuple[FieldClass, ...]


def list_readable(table: Table, reader: Reader) -> list[FieldClass]:
    """Return the fields that this reader may see, in the table's order."""
    return [one for one in table if reader in one.readers]


def list_writable(table: Table, writer: Reader) -> list[FieldClass]:
    """Return the fields that this writer may write, in the table's order."""
    return [one for one in table if writer in one.writers]


def draw_field_rows(table: Table) -> Iterable[str]:
    """Yield the rows of a table for the page that publishes the classes."""
    for one in table:
        seen = ", ".join(one.readers)
        written = ", ".join(one.writers)
        yield f"| `{one.name}` | {seen} | {written} | {'sealed' if one.sealed else 'open'} | {one.kept} |"
