"""Who worried, what they were told, and how it was afterwards. Escalations are named by id: other modules own them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from server.foundation.ids import make_id


class Worry(models.Model):
    """An expert's worry: it joined an escalation. One row for each expert and escalation, however often they say it.

    `hurried_at`: the expert's hours ended with it open, and the next step was made due. `handed_at`: they let it go.
    `told` is the last thing that they were told (`rules.worries`); while `tell_at` is set there is something to tell
    them, not before that instant and only within their hours.
    """

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    expert_id = models.UUIDField()
    escalation_id = models.UUIDField()
    conversation_id = models.UUIDField()
    raised_at = models.DateTimeField()
    hurried_at = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)
    told = models.CharField(max_length=20, default="")
    tell_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["expert_id", "escalation_id"], name="worry_once")]
        indexes = [
            models.Index(fields=["escalation_id"], name="worry_of_escalation"),
            models.Index(fields=["expert_id", "raised_at"], name="worry_of_expert"),
            models.Index(fields=["tell_at"], name="worry_to_tell", condition=Q(tell_at__isnull=False)),
        ]


class AfterCare(models.Model):
    """Somebody is asked how it was, once for each escalation. Nobody has to answer.

    While `tell_at` is set they were not asked yet: an expert is only within their hours.
    """

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    team_id = models.UUIDField()
    escalation_id = models.UUIDField()
    person_id = models.UUIDField()
    role = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    tell_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    heaviness = models.SmallIntegerField(null=True)
    call_back = models.BooleanField(default=False)
    called_at = models.DateTimeField(null=True)
    called_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation_id", "person_id"], name="after_care_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None, heaviness=None) | Q(answered_at__isnull=False, heaviness__range=(1, 5)),
                name="after_care_heaviness",
            ),
        ]
        indexes = [
            models.Index(fields=["person_id", "asked_at"], name="after_care_of_person"),
            models.Index(fields=["tell_at"], name="after_care_to_tell", condition=Q(tell_at__isnull=False)),
            models.Index(
                fields=["team_id", "answered_at"],
                name="after_care_call_back",
                condition=Q(call_back=True, called_at=None),
            ),
        ]
