"""A hold on a row that is due: its due time moves to the end of a lease, and that is committed before the work begins.

So a row whose work always fails is tried again after the lease and holds up no other, and a worker that dies delays
one row by it. The moved due time is the hold itself: whoever still finds the row with it has it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

LEASE: Final = timedelta(minutes=1)
Row = TypeVar("Row", bound=Model)


def lease_row(rows: QuerySet[Row], due: str, *, now: datetime) -> Row | None:
    """Take hold of one of these rows whose column `due` has come, the longest due first; None when there is none.

    For work that locks something else before the row. Locks the row; one that is locked is in somebody else's hands.
    """
    with transaction.atomic():
        free = rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(**{f"{due}__lte": now})
        row = free.order_by(due, "pk").first()
        if row is not None:
            setattr(row, due, now + LEASE)
            row.save(update_fields=[due])
    return row


def lock_leased(leased: Row, due: str) -> Row | None:
    """Lock a row that was leased and return it as it is now; None when the hold was lost. Needs an open transaction."""
    held = type(leased)._default_manager.select_for_update(no_key=True)
    return held.filter(pk=leased.pk, **{due: getattr(leased, due)}).first()


def do_due(rows: QuerySet[Row], due: str, work: Callable[[Row], None], *, now: datetime) -> bool:
    """Do the work of one row that is due, on the locked row in a transaction of its own; say whether there was one.

    The work ends the row's wait: it deletes the row, or sets `due` anew. Else the row is due again after the lease.
    """
    leased = lease_row(rows, due, now=now)
    if leased is None:
        return False
    with transaction.atomic():
        row = lock_leased(leased, due)
        if row is not None:
            work(row)
    return True
