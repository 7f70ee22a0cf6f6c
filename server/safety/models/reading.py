"""Tables of reading and of coming into a conversation: broken glass, coordinators who joined."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from server.safety.models.keys import SafetyKey
from server.safety.rules.glass import END_REASONS, OUTCOMES


class GlassOpening(models.Model):
    """A coordinator may read one conversation until `until`, or until `ended_at` when that is earlier.

    `reason`, `safety_reason` and `review_note` are sealed. `told_ids` are the colleagues who were told at once, nobody
    when there was none. The youth is told when `tell_at` has come (`told_at`); with a `safety_reason` that is later
    than `opened_at`. Somebody else reviews it before `review_due_at`; then colleagues are reminded at `remind_at`. When
    a worker is to tell the youth or to write down the end stands in `tell_due_at` and `end_due_at`.
    """

    id = models.UUIDField(primary_key=True)
    team_id = models.UUIDField()
    conversation_id = models.UUIDField()
    youth_id = models.UUIDField()
    coordinator_id = models.UUIDField()
    reason_code = models.CharField(max_length=20)
    key = models.OneToOneField(SafetyKey, on_delete=models.PROTECT, related_name="+")
    reason = models.BinaryField()
    safety_reason = models.BinaryField(null=True)
    told_ids = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=10, default="")
    tell_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    tell_due_at = models.DateTimeField(null=True)
    end_due_at = models.DateTimeField(null=True)
    review_due_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    review_outcome = models.CharField(max_length=20, default="")
    review_note = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coordinator_id"], condition=Q(ended_at=None), name="glass_open_once_for_a_coordinator"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("opened_at")), name="glass_has_an_end"),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | Q(ended_at__isnull=False, end_reason__in=END_REASONS),
                name="glass_end_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, review_outcome="", review_note=None)
                | Q(
                    reviewed_at__isnull=False,
                    reviewed_by__isnull=False,
                    review_outcome__in=OUTCOMES,
                    review_note__isnull=False,
                ),
                name="glass_review_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("coordinator_id")), name="glass_reviewed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(tell_at=F("opened_at")) | Q(safety_reason__isnull=False),
                name="glass_told_later_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["team_id", "opened_at"], name="glass_of_team"),
            models.Index(fields=["tell_due_at"], name="glass_to_tell", condition=Q(tell_due_at__isnull=False)),
            models.Index(fields=["end_due_at"], name="glass_to_end", condition=Q(end_due_at__isnull=False)),
            models.Index(fields=["remind_at"], name="glass_to_review", condition=Q(reviewed_at=None)),
        ]


class Joining(models.Model):
    """A coordinator is in the conversation of an escalation, seen by all, or in a line of their own with the youth.

    `kind` says why, as the first signal of the escalation did. Between `took_over_at` and `handed_back_at` the
    coordinator answers instead of the expert. It ends with the escalation (`left_at`).
    """

    id = models.UUIDField(primary_key=True)
    escalation_id = models.UUIDField()
    team_id = models.UUIDField()
    youth_id = models.UUIDField()
    conversation_id = models.UUIDField()
    coordinator_id = models.UUIDField()
    private = models.BooleanField()
    kind = models.CharField(max_length=20)
    joined_at = models.DateTimeField()
    took_over_at = models.DateTimeField(null=True)
    handed_back_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["escalation_id", "coordinator_id", "private"], condition=Q(left_at=None), name="joining_once"
            ),
            models.CheckConstraint(
                condition=Q(handed_back_at=None) | Q(took_over_at__isnull=False), name="joining_takes_over_first"
            ),
            models.CheckConstraint(
                condition=Q(took_over_at=None) | Q(private=False), name="joining_private_has_no_expert"
            ),
        ]
        indexes = [
            models.Index(fields=["escalation_id"], name="joining_of_escalation"),
            models.Index(fields=["conversation_id"], name="joining_in_talk", condition=Q(left_at=None)),
        ]
