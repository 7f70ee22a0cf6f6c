"""Tables of a team's own rules: whom an escalation calls, how long a promise holds, who has shown that pages arrive."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from server.safety.rules.levels import LEVELS


class TeamSafety(models.Model):
    """A team's numbers (`rules.settings.SafetySettings`); its row orders who saves chains."""

    team_id = models.UUIDField(primary_key=True)
    settings = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField(null=True)


class Chain(models.Model):
    """One version of the steps of a team for a level; the highest is in force, none is ever changed."""

    id = models.UUIDField(primary_key=True)
    team_id = models.UUIDField()
    level = models.CharField(max_length=10)
    version = models.IntegerField()
    steps = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team_id", "level", "version"], name="chain_version_once"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="chain_level_known"),
        ]


class SafetyVersion(models.Model):
    """What a team had agreed from `changed_at` on about `what` (numbers, silence): one row for each change."""

    id = models.BigAutoField(primary_key=True)
    team_id = models.UUIDField()
    what = models.CharField(max_length=10)
    version = models.IntegerField()
    settings = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team_id", "what", "version"], name="safety_version_once"),
            models.CheckConstraint(condition=Q(what__in=["numbers", "silence"]), name="safety_version_known"),
        ]


class TrialPage(models.Model):
    """A page on trial: confirmed by who got it, it shows that they can be reached.

    `asked_by` is `person_id` also when the server asked by itself.
    """

    id = models.UUIDField(primary_key=True)
    team_id = models.UUIDField()
    person_id = models.UUIDField()
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person_id", "confirmed_at"], name="trial_page_confirmed")]
