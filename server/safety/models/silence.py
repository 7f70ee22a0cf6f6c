"""Messages of youths that wait for an answer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class SilenceTimer(models.Model):
    """How one conversation stands, in the terms of `rules.silence.Wait`; looked at when `due_at` comes.

    Null `due_at`: nothing waits, or the signal was given for what waits (`signalled_seq`).
    """

    conversation_id = models.UUIDField(primary_key=True)
    youth_id = models.UUIDField(null=True)
    first_seq = models.BigIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_seq = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    answered_seq = models.BigIntegerField(default=0)
    signalled_seq = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="silence_due", condition=Q(due_at__isnull=False))]


class SilenceSettings(models.Model):
    """After how many open minutes a team hears of an unanswered message, and at which level."""

    team_id = models.UUIDField(primary_key=True)
    minutes = models.SmallIntegerField()
    level = models.CharField(max_length=10)
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()
