"""Tables of complaints and reports. Everything that a person wrote is sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from server.safety.models.keys import SafetyKey
from server.safety.rules.complaints import DECISIONS
from server.safety.states import COMPLAINT


class Complaint(models.Model):
    """A youth or an expert complains about a person of the team, or with `about_id` null about the team itself.

    `round` counts how often it was taken up. `answer` is what the one who complained was told in the end. While
    `assign_due_at` is set somebody is to be found who handles it; while `signal_due_at` is set the coordinators are
    yet to hear that there is a complaint. `history_count` is the last number in the history.
    """

    id = models.UUIDField(primary_key=True)
    team_id = models.UUIDField()
    complainant_id = models.UUIDField()
    about_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    round = models.IntegerField(default=1)
    key = models.OneToOneField(SafetyKey, on_delete=models.PROTECT, related_name="+")
    text = models.BinaryField()
    decision = models.CharField(max_length=20, default="")
    answer = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    assign_due_at = models.DateTimeField(null=True)
    signal_due_at = models.DateTimeField(null=True)
    history_count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=COMPLAINT.states), name="complaint_state_known"),
            models.CheckConstraint(condition=Q(decision__in=["", *DECISIONS]), name="complaint_decision_known"),
            models.CheckConstraint(
                condition=Q(about_id=None) | ~Q(about_id=models.F("complainant_id")), name="complaint_about_another"
            ),
        ]
        indexes = [
            models.Index(fields=["complainant_id", "received_at"], name="complaint_of_person"),
            models.Index(
                fields=["assign_due_at"], name="complaint_to_assign", condition=Q(assign_due_at__isnull=False)
            ),
            models.Index(
                fields=["signal_due_at"], name="complaint_to_signal", condition=Q(signal_due_at__isnull=False)
            ),
        ]


class ComplaintHandler(models.Model):
    """Somebody looks into a complaint, until `left_at`. `independent`: they have nothing to do with the pairing."""

    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="handlers")
    person_id = models.UUIDField()
    independent = models.BooleanField()
    assigned_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["complaint", "person_id"], name="complaint_handler_once")]
        indexes = [
            models.Index(fields=["person_id"], name="complaint_handled_by", condition=Q(left_at=None)),
        ]


class ComplaintVote(models.Model):
    """What a handler thinks, with a sealed note; everybody's last vote of a round counts (`number` says which)."""

    id = models.UUIDField(primary_key=True)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="votes")
    number = models.IntegerField()
    round = models.IntegerField()
    person_id = models.UUIDField()
    decision = models.CharField(max_length=20)
    note = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaint_vote_once"),
            models.CheckConstraint(condition=Q(decision__in=DECISIONS), name="complaint_vote_known"),
        ]


class ComplaintAdvice(models.Model):
    """An expert is asked for advice by a text without names, sealed like the answer."""

    id = models.UUIDField(primary_key=True)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="advice")
    expert_id = models.UUIDField()
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    question = models.BinaryField()
    answer = models.BinaryField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer=None, answered_at=None) | Q(answer__isnull=False, answered_at__isnull=False),
                name="complaint_advice_is_whole",
            )
        ]
        indexes = [models.Index(fields=["expert_id", "asked_at"], name="complaint_advice_of_expert")]


class ComplaintStep(models.Model):
    """One step of a complaint: written once, never changed. `note` is sealed; without `by_id` the server did it."""

    id = models.UUIDField(primary_key=True)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="history")
    number = models.IntegerField()
    verb = models.CharField(max_length=20)
    from_state = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10)
    by_id = models.UUIDField(null=True)
    note = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["complaint", "number"], name="complaint_step_once")]


class Report(models.Model):
    """Somebody pointed at a message or a person of a conversation of theirs; the escalation holds the note."""

    id = models.UUIDField(primary_key=True)
    team_id = models.UUIDField()
    reporter_id = models.UUIDField()
    conversation_id = models.UUIDField()
    seq = models.BigIntegerField(null=True)
    person_id = models.UUIDField(null=True)
    escalation_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seq__isnull=False, person_id=None) | Q(seq=None, person_id__isnull=False),
                name="report_names_one",
            )
        ]
        indexes = [models.Index(fields=["reporter_id", "at"], name="report_of_person")]
