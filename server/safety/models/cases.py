"""The case file of a youth, and the meldcode file in it. Written, never changed; what people wrote is sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from server.foundation.ids import make_id
from server.safety.models.keys import SafetyKey
from server.safety.rules.cases import FOLLOW_UP, KINDS
from server.safety.rules.meldcode import LAST, OUTCOMES


class CaseFile(models.Model):
    """One youth's file. Its row lock numbers what is written in it."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    youth_id = models.UUIDField(unique=True)
    team_id = models.UUIDField()
    key = models.OneToOneField(SafetyKey, on_delete=models.PROTECT)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField()
    last_number = models.IntegerField(default=0)


class CaseEntry(models.Model):
    """One entry. A correction is an entry of its own that names the one that it takes the place of.

    Only a follow-up has a date, may be done, and is reminded of while `remind_at` is set.
    """

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="entries")
    number = models.IntegerField()
    kind = models.CharField(max_length=10)
    text = models.BinaryField()
    at = models.DateTimeField()
    by_id = models.UUIDField()
    escalation_id = models.UUIDField(null=True)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    due_on = models.DateField(null=True)
    remind_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="case_entry_numbered"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="case_entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=FOLLOW_UP, due_on__isnull=False)
                | (~Q(kind=FOLLOW_UP) & Q(due_on=None, done_at=None, remind_at=None)),
                name="case_entry_follow_up_dated",
            ),
        ]
        indexes = [models.Index(fields=["remind_at"], name="case_entry_remind", condition=Q(remind_at__isnull=False))]


class MeldcodeFile(models.Model):
    """One run of the meldcode for a youth, open until its fifth step."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="meldcodes")
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(closed_at=None), name="meldcode_open_once"),
        ]


class MeldcodeStep(models.Model):
    """One step that was done or skipped, on a date, with somebody in a role; the words are sealed."""

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    file = models.ForeignKey(MeldcodeFile, on_delete=models.PROTECT, related_name="steps")
    number = models.SmallIntegerField()
    outcome = models.CharField(max_length=10)
    reason = models.BinaryField()
    with_role = models.CharField(max_length=30, default="")
    decision = models.CharField(max_length=20, default="")
    on = models.DateField()
    at = models.DateTimeField()
    by_id = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__range=(1, LAST)), name="meldcode_step_known"),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="meldcode_step_outcome_known"),
        ]
