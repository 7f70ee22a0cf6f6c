"""Who somebody is as a buddy, who waits for one, and what a team has agreed about it.

What a person tells of themselves is sealed under a key of their own; a column holds only what matching must sort by
or what says nothing of a life. `rules/fields.py` says of each field who may see it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from server.buddies.rules.kinds import BUDDY, KINDS, REQUEST_REASONS
from server.buddies.states import BUDDY_REQUEST
from server.foundation.ids import make_id
from server.foundation.key_store import DataKey


def list_first_kinds() -> list[str]:
    """Return the kinds of contact of an expert who has not chosen, as the table of fields has it."""
    return [BUDDY]


def list_first_languages() -> list[str]:
    """Return the languages of an expert who has not told any, as the table of fields has it."""
    return ["nl"]


class BuddyKey(DataKey):
    """The wrapped data key of one person's file in this room; destroying it makes the file unreadable."""


class PersonFile(models.Model):
    """One person's file: columns, and `sealed`, the JSON of the sealed fields under `key` and `version`.

    `key` and `sealed` are empty until something sealed was told.
    """

    person_id = models.UUIDField(primary_key=True)
    team_id = models.UUIDField(db_index=True)
    key = models.OneToOneField(BuddyKey, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.IntegerField(default=0)
    sealed = models.BinaryField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField(null=True)

    class Meta:
        abstract = True


class ExpertProfile(PersonFile):
    """A peer expert. `trained_until` and `vog_until` are the last valid days; `capacity` None is the team's own.

    `warn_at` is when the end of their validity is looked at next, None for nothing to warn of.
    """

    takes_new = models.BooleanField(default=True)
    capacity = models.SmallIntegerField(null=True)
    kinds = models.JSONField(default=list_first_kinds)
    languages = models.JSONField(default=list_first_languages)
    gender = models.CharField(max_length=10, default="")
    born_in = models.SmallIntegerField(null=True)
    region = models.CharField(max_length=80, default="")
    trained_until = models.DateField(null=True)
    vog_until = models.DateField(null=True)
    warn_at = models.DateTimeField(null=True, db_index=True)


class YouthProfile(PersonFile):
    """A youth's intake. `intake_at` is when it was first filled in; `bridge_until` the last day of a bridge, None when
    the contact has no end set beforehand."""

    intake_at = models.DateTimeField(null=True)
    bridge_until = models.DateField(null=True)


class BuddyRequest(models.Model):
    """An entry of the waiting list. `due_at` is until when somebody was promised; `remind_at` when the coordinators
    hear of it next."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    team_id = models.UUIDField()
    youth_id = models.UUIDField()
    state = models.CharField(max_length=10, default=BUDDY_REQUEST.start)
    reason = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BUDDY_REQUEST.states), name="buddy_request_state_known"),
            models.CheckConstraint(condition=Q(reason__in=REQUEST_REASONS), name="buddy_request_reason_known"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="buddy_request_kind_known"),
            models.CheckConstraint(
                condition=Q(state=BUDDY_REQUEST.start, ended_at=None)
                | (~Q(state=BUDDY_REQUEST.start) & Q(ended_at__isnull=False)),
                name="buddy_request_end_has_time",
            ),
            models.UniqueConstraint(
                fields=["youth_id"], condition=Q(state=BUDDY_REQUEST.start), name="buddy_request_waits_once"
            ),
        ]
        indexes = [
            models.Index(fields=["team_id", "asked_at", "id"], name="buddy_request_of_team"),
            models.Index(fields=["remind_at"], condition=Q(state=BUDDY_REQUEST.start), name="buddy_request_to_remind"),
        ]


class TeamBuddies(models.Model):
    """What a team has agreed about pairing: `settings` in the form of `rules/settings.py`."""

    team_id = models.UUIDField(primary_key=True)
    settings = models.JSONField(default=dict)
    version = models.IntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField(null=True)


class TeamBuddiesVersion(models.Model):
    """What a team had agreed before and has now: one row for each change, never changed itself."""

    id = models.BigAutoField(primary_key=True)
    team_id = models.UUIDField()
    version = models.IntegerField()
    settings = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team_id", "version"], name="team_buddies_version_once")]


class ValidityNotice(models.Model):
    """A warning, so many days before the end, that somebody's training or certificate ends: told once to each side."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.UUIDField()
    what = models.CharField(max_length=10)
    until = models.DateField()
    days = models.SmallIntegerField()
    told = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "what", "until", "days", "told"], name="validity_notice_once")
        ]
