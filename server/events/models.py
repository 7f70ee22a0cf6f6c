"""The outbox: one row a fact until every listener has had it."""

from __future__ import annotations

from django.db import models


class OutboxEvent(models.Model):
    """A fact on its way. Deleted when handled; parked (and alarmed about) after too many failures."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    payload = models.JSONField()
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    parked_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=120, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["due_at", "id"], name="outbox_due", condition=models.Q(parked_at__isnull=True))]
