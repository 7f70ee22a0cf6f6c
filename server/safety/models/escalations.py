"""Tables of the escalation: what was signalled, what happened, who was paged."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from server.safety.rules.levels import LEVELS, SIGNAL_KINDS
from server.safety.states import ACTIVE, ESCALATION


class Escalation(models.Model):
    """Something that somebody of the team must answer. One is active for each subject: for each youth.

    `subject` is the youth's id; without a youth, or with people whom it must not reach, what it is about.
    `chain` is frozen when the chain begins (`round` counts that) and `chain_at` its next step. `step_at` is when
    something is next to be done: the next page, a reminder, the end of a promise. A worker holds it until
    `leased_until` under `step_token`; every change of state makes a new token, so that a stale hold changes nothing.
    `history_count` is the last number in the history. `excluded` are ids whom nothing of it may reach.
    """

    id = models.UUIDField(primary_key=True)
    team_id = models.UUIDField()
    subject = models.CharField(max_length=100)
    youth_id = models.UUIDField(null=True)
    conversation_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=12)
    level = models.CharField(max_length=10)
    state = models.CharField(max_length=12)
    key_id = models.UUIDField()
    excluded = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    signalled_at = models.DateTimeField()
    signal_count = models.IntegerField(default=0)
    history_count = models.IntegerField(default=0)
    chain = models.JSONField()
    chain_at = models.SmallIntegerField(default=0)
    round = models.IntegerField(default=0)
    repeats = models.IntegerField(default=0)
    reminders = models.IntegerField(default=0)
    step_at = models.DateTimeField(null=True)
    step_token = models.IntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    handler_id = models.UUIDField(null=True)
    promise_until = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team_id", "subject"], condition=Q(state__in=ACTIVE), name="escalation_active_once"
            ),
            models.CheckConstraint(condition=Q(state__in=ESCALATION.states), name="escalation_state_known"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="escalation_level_known"),
            models.CheckConstraint(
                condition=Q(state__in=ACTIVE, ended_at=None, step_at__isnull=False)
                | (~Q(state__in=ACTIVE) & Q(ended_at__isnull=False, step_at=None)),
                name="escalation_active_has_a_step",
            ),
            models.CheckConstraint(
                condition=Q(state="acknowledged", handler_id__isnull=False, promise_until__isnull=False)
                | (~Q(state="acknowledged") & Q(promise_until=None)),
                name="escalation_promise_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="resolved") & ~Q(outcome="") | ~Q(state="resolved"), name="escalation_has_outcome"
            ),
        ]
        indexes = [
            models.Index(fields=["step_at"], name="escalation_due", condition=Q(step_at__isnull=False)),
            models.Index(fields=["team_id", "state", "opened_at"], name="escalation_of_team"),
            models.Index(fields=["youth_id", "opened_at"], name="escalation_of_youth"),
        ]


class Signal(models.Model):
    """One sign of worry. A thousand presses are a thousand rows of one escalation. `note` is sealed.

    `dedupe_key` names what caused it, so that a handler that runs twice signals once.
    """

    id = models.UUIDField(primary_key=True)
    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="signals")
    kind = models.CharField(max_length=12)
    level = models.CharField(max_length=10)
    by_id = models.UUIDField(null=True)
    role = models.CharField(max_length=12, default="")
    conversation_id = models.UUIDField(null=True)
    seqs = models.JSONField(default=list)
    note = models.BinaryField(null=True)
    dedupe_key = models.CharField(max_length=120, null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key"], name="signal_key_once"),
            models.CheckConstraint(condition=Q(kind__in=SIGNAL_KINDS), name="signal_kind_known"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="signal_level_known"),
        ]
        indexes = [
            models.Index(fields=["escalation", "at"], name="signal_of_escalation"),
            models.Index(fields=["by_id", "at"], name="signal_by_person"),
        ]


class HistoryEntry(models.Model):
    """What happened to an escalation, by whom: written once, never changed. `refs` are ids, codes and instants.

    `note` is sealed; without a `by_id` the server did it.
    """

    id = models.BigAutoField(primary_key=True)
    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="history")
    number = models.IntegerField()
    verb = models.CharField(max_length=24)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    by_id = models.UUIDField(null=True)
    role = models.CharField(max_length=12, default="")
    refs = models.JSONField(default=dict)
    note = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "number"], name="history_number_once"),
        ]


class Page(models.Model):
    """One call to one recipient: a coordinator (`person_id`), or with None the organisation by e-mail or webhook.

    queued → sent | stopped | failed. Each has its own tries and due time: one that fails holds up no other.
    """

    id = models.UUIDField(primary_key=True)
    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="pages")
    channel = models.CharField(max_length=8)
    person_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=12)
    round = models.IntegerField()
    chain_at = models.SmallIntegerField()
    level = models.CharField(max_length=10)
    breaks_silence = models.BooleanField()
    state = models.CharField(max_length=8, default="queued")
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    failure = models.CharField(max_length=60, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="queued", ended_at=None)
                | (Q(state__in=("sent", "stopped", "failed"), ended_at__isnull=False)),
                name="page_state_known",
            ),
            models.CheckConstraint(
                condition=Q(channel="app", person_id__isnull=False)
                | Q(channel__in=("email", "webhook"), person_id=None),
                name="page_goes_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "due_at"], name="page_due", condition=Q(state="queued")),
            models.Index(fields=["escalation", "queued_at"], name="page_of_escalation"),
        ]


class Heartbeat(models.Model):
    """When something was last seen to be on time."""

    name = models.CharField(max_length=20, primary_key=True)
    beaten_at = models.DateTimeField()
