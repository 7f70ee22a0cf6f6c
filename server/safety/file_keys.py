"""Where the texts of a case file belong."""

from __future__ import annotations

from uuid import UUID

from server.foundation.key_store import SealedPlace


def place_case_text(case_id: UUID | str, row_id: UUID | str) -> SealedPlace:
    """Return where an entry's or a meldcode step's text belongs."""
    return SealedPlace("safety.case", owner=str(case_id), row=str(row_id))
