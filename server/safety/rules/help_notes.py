"""The few words that may come with a press of the help button: too many of them never stand in its way."""

from __future__ import annotations

from typing import Final

MOST_NOTE: Final = 2_000  # code points
KEPT: Final = "kept"
CUT: Final = "cut"
DROPPED: Final = "dropped"
NONE: Final = "none"
NOTES: Final = (KEPT, CUT, DROPPED, NONE)


def cut_note(note: str | None) -> tuple[str | None, str]:
    """Return as much of a note as is kept, and what became of it: KEPT, CUT or NONE."""
    text = (note or "").strip()
    if not text:
        return None, NONE
    return (text, KEPT) if len(text) <= MOST_NOTE else (text[:MOST_NOTE], CUT)
