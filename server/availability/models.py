"""Tables of the availability room. People, teams and conversations are plain ids: they belong to other rooms.

Wall times are kept as the wall shows them, with their zone beside them; never as a copy in UTC.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from server.availability.rules.kinds import SHIFT_KINDS
from server.availability.states import SHIFT_SWAP
from server.foundation.ids import make_id

_ZONE_LENGTH = 64
_RULE_LENGTH = 80


class Hours(models.Model):
    """One person's weekly hours. Its row lock is the point of order for all that changes when they can be reached.

    `windows` is normalised: [{weekday, start, end}]. `caps` holds the person's own, stricter numbers. `version` counts
    the changes of the whole schedule; `revision` is new with each of them and never comes back, also after a rollback.
    """

    person_id = models.UUIDField(primary_key=True)
    zone = models.CharField(max_length=_ZONE_LENGTH)
    windows = models.JSONField(default=list)
    holiday_country = models.CharField(max_length=2, default="")
    holiday_subdivision = models.CharField(max_length=12, default="")
    caps = models.JSONField(default=dict)
    version = models.IntegerField(default=0)
    revision = models.UUIDField(default=make_id)
    changed_at = models.DateTimeField()


class HoursException(models.Model):
    """Other hours on the days `first_on` to `last_on`: `windows` instead, or the ordinary ones less `parts`."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    person_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    first_on = models.DateField()
    last_on = models.DateField()
    windows = models.JSONField(default=list)
    parts = models.JSONField(default=list)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="exception_forwards"),
        ]
        indexes = [models.Index(fields=["person_id", "last_on"], name="exception_ahead")]


class HoursAbsence(models.Model):
    """Away on the days `first_on` to `last_on`; ends by itself, or earlier at `ended_at`."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    person_id = models.UUIDField()
    first_on = models.DateField()
    last_on = models.DateField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="absence_forwards")]
        indexes = [models.Index(fields=["person_id", "last_on"], name="absence_ahead", condition=Q(ended_at=None))]


class Pause(models.Model):
    """Recovery time: closed at once, without a reason, until `until` or until the person ends it (`ended_at`)."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    person_id = models.UUIDField()
    started_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id"], condition=Q(ended_at=None), name="pause_running_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("started_at")), name="pause_forwards"),
        ]
        indexes = [models.Index(fields=["person_id", "started_at"], name="pause_of_person")]


class CapClosure(models.Model):
    """Closed because a cap was reached, or for rest after a heavy evening; `rule_id` names which."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    person_id = models.UUIDField()
    start = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=20)
    rule_id = models.CharField(max_length=_RULE_LENGTH)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "rule_id", "until"], condition=Q(ended_at=None), name="cap_closure_once"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("start")), name="cap_closure_forwards"),
        ]
        indexes = [models.Index(fields=["person_id", "until"], name="cap_closure_ahead")]


class Extension(models.Model):
    """A little more time in one running talk, by the expert's own choice: the `ordinal`th of that evening."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    person_id = models.UUIDField()
    conversation_id = models.UUIDField()
    evening = models.DateField()
    ordinal = models.SmallIntegerField()
    granted_at = models.DateTimeField()
    until = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "conversation_id", "evening", "ordinal"], name="extension_counted_once"
            )
        ]
        indexes = [models.Index(fields=["person_id", "until"], name="extension_ahead")]


class Shift(models.Model):
    """A dated shift of a team: `start` to `end` in `zone`, beginning on `on`; nobody's while `person_id` is null."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    team_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    person_id = models.UUIDField(null=True)
    zone = models.CharField(max_length=_ZONE_LENGTH)
    on = models.DateField()
    start = models.TimeField()
    end = models.TimeField()
    created_by = models.UUIDField()
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SHIFT_KINDS), name="shift_kind_known"),
            models.UniqueConstraint(
                fields=["person_id", "on", "start"],
                condition=Q(removed_at=None, person_id__isnull=False),
                name="shift_of_person_once",
            ),
        ]
        indexes = [
            models.Index(fields=["team_id", "on"], name="shift_of_team", condition=Q(removed_at=None)),
            models.Index(fields=["person_id", "on"], name="shift_of_person", condition=Q(removed_at=None)),
        ]


class ShiftSwap(models.Model):
    """Somebody asks a colleague to take a shift of theirs; the machine is `states.SHIFT_SWAP`."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="swaps")
    from_person_id = models.UUIDField()
    to_person_id = models.UUIDField()
    state = models.CharField(max_length=10, default=SHIFT_SWAP.start)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SHIFT_SWAP.states), name="shift_swap_state_known"),
            models.CheckConstraint(condition=~Q(from_person_id=F("to_person_id")), name="shift_swap_with_another"),
            models.UniqueConstraint(
                fields=["shift", "to_person_id"],
                condition=Q(state=SHIFT_SWAP.start),
                name="shift_swap_proposed_once",
            ),
        ]
        indexes = [
            models.Index(fields=["from_person_id"], name="shift_swap_from"),
            models.Index(fields=["to_person_id"], name="shift_swap_to"),
        ]


class LedgerEntry(models.Model):
    """One line of a person's boundary ledger. Written once, never changed; `actor_id` is null for the server itself."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.UUIDField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    reason = models.CharField(max_length=40, default="")
    rule_id = models.CharField(max_length=_RULE_LENGTH, default="")
    conversation_id = models.UUIDField(null=True)
    minutes = models.IntegerField(null=True)
    actor_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person_id", "at", "id"], name="ledger_of_person")]


class ContactMinute(models.Model):
    """A minute in which an expert wrote, and how many minutes of contact it added to that evening."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.UUIDField()
    minute_at = models.DateTimeField()
    evening = models.DateField()
    minutes = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "minute_at"], name="contact_minute_once")]
        indexes = [models.Index(fields=["person_id", "evening"], name="contact_minute_evening")]


class TeamHours(models.Model):
    """What a team has agreed: the numbers of `HoursSettings`, and in which hours it promises somebody.

    `duty_windows` and `on_call_windows` are weekly windows in the team's zone, in the form of `Hours.windows`.
    """

    team_id = models.UUIDField(primary_key=True)
    settings = models.JSONField(default=dict)
    duty_windows = models.JSONField(default=list)
    on_call_windows = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField(null=True)
    coverage_due_at = models.DateTimeField(db_index=True)


class TeamHoursVersion(models.Model):
    """What a team had agreed from `changed_at` on: one row for each change, never changed itself."""

    id = models.BigAutoField(primary_key=True)
    team_id = models.UUIDField()
    version = models.IntegerField()
    settings = models.JSONField()
    duty_windows = models.JSONField()
    on_call_windows = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team_id", "version"], name="team_hours_version_once")]


class HeldEvent(models.Model):
    """An event for an expert's log that waits until they can be reached: outside their hours they hear nothing."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=30)
    conversation_id = models.UUIDField(null=True)
    refs = models.JSONField()
    due_at = models.DateTimeField(db_index=True)


class CoverageGap(models.Model):
    """A gap of which was told, once for each day on which it was seen ahead."""

    id = models.BigAutoField(primary_key=True)
    team_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    start = models.DateTimeField()
    seen_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team_id", "kind", "start", "seen_on"], name="coverage_gap_told_once")
        ]


class CalendarFeed(models.Model):
    """The secret address of somebody's own calendar: the hash of 256 random bits, until it is revoked."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    person_id = models.UUIDField()
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id"], condition=Q(revoked_at=None), name="calendar_feed_live_once")
        ]
