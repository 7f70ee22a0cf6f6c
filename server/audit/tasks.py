"""Worker steps of the audit room."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from server.audit.actions.checkpoints import write_checkpoints
from server.foundation.keyring import current_keyring


def step_checkpoint(now: datetime) -> bool:
    """Write the checkpoints that are due to AUDIT_CHECKPOINTS; return whether there were any. Raises OSError."""
    return write_checkpoints(ring=current_keyring(), file=settings.AUDIT_CHECKPOINTS, now=now) > 0
