"""Answers ports.glass.GlassDoor: who is no member reads only through broken glass, and never unseen."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from server.audit.actions import record_entries
from server.foundation.errors import NotFound
from server.ports.glass import GlassGrant
from server.realtime.streams import lock_streams
from server.safety.models import GlassOpening
from server.safety.reading_access import find_running_opening
from server.safety.reading_audit import make_glass_entry
from server.safety.rules.glass import REASONS


class Glass:
    """The grants that coordinators gave themselves."""

    def find_grant(self, *, person_id: str, conversation_id: str, now: datetime) -> GlassGrant | None:
        """Return the grant that runs, or None."""
        opening = find_running_opening(person_id, conversation_id, now=now)
        return None if opening is None else _show_grant(opening)

    def record_read(
        self, grant: GlassGrant, *, first_seq: int, last_seq: int, session_id: str | None = None, now: datetime
    ) -> None:
        """Write the audit entry of one read, in a transaction of its own that is committed on return.

        Which messages these were is not written down: entries hold ids and codes alone. Raises NotFound when the grant
        has ended meanwhile. Locks the opening and the coordinator's stream: whoever ends or suspends comes before or
        after, never between.
        """
        with transaction.atomic(durable=True):
            opening = GlassOpening.objects.select_for_update(no_key=True).filter(id=grant.id).first()
            lock_streams([grant.person_id])
            running = find_running_opening(grant.person_id, grant.conversation_id, now=now)
            if opening is None or running is None or running.id != opening.id:
                raise NotFound()
            record_entries([make_glass_entry(opening, "conversation.read", session_id=session_id)], now=now)


def _show_grant(opening: GlassOpening) -> GlassGrant:
    return GlassGrant(
        id=str(opening.id),
        person_id=str(opening.coordinator_id),
        conversation_id=str(opening.conversation_id),
        youth_id=str(opening.youth_id),
        team_id=str(opening.team_id),
        reason_code=opening.reason_code,
        emergency=REASONS[opening.reason_code].emergency,
        until=opening.until,
    )
