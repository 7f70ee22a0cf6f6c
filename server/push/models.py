"""Tables of the push room. Ids, codes and instants; never a text, a name or a push token."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from server.push.rules.deciding import DECISIONS, STATES
from server.push.rules.kinds import KINDS


class Delivery(models.Model):
    """One push to one device, from the moment that it is wanted until its end.

    `collapse` is the same for all that replaces each other on the device: of one conversation, one call, one request.
    One waits for each; a further one joins it and raises `seq` (of a conversation the newest message, else a count).
    `due_at` is when something is next to be done. A worker holds it until `leased_until`: what is written at the end
    names that instant, so that a hold that was lost changes nothing. A `held` one waits for its person's hours;
    `woken` says that these have changed since a worker took it. `patient` has waited once for its person, who had just
    been seen on another device. `reason` and `rule_id` are those of the last decision.
    """

    id = models.UUIDField(primary_key=True)
    device_id = models.UUIDField()
    person_id = models.UUIDField()
    platform = models.CharField(max_length=8)
    kind = models.CharField(max_length=10)
    collapse = models.CharField(max_length=64)
    conversation_id = models.UUIDField(null=True)
    seq = models.BigIntegerField(default=1)
    subject = models.UUIDField(null=True)
    breaks_silence = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=8)
    held = models.BooleanField(default=False)
    woken = models.BooleanField(default=False)
    patient = models.BooleanField(default=False)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, default="")
    rule_id = models.CharField(max_length=80, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device_id", "collapse"], condition=Q(state="waiting"), name="push_delivery_waits_once"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="push_delivery_state_known"),
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="push_delivery_kind_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None)
                | (~Q(state="waiting") & Q(ended_at__isnull=False, leased_until=None)),
                name="push_delivery_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["urgent", "due_at"], name="push_delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["person_id"], name="push_delivery_of_person", condition=Q(state="waiting")),
            models.Index(
                fields=["device_id", "collapse", "ended_at"], name="push_delivery_sent", condition=Q(state="sent")
            ),
            models.Index(fields=["ended_at"], name="push_delivery_ended", condition=Q(ended_at__isnull=False)),
        ]


class Decision(models.Model):
    """What was decided about a delivery, why and by which rule; written once, never changed.

    Its person sees it, and nobody else. `until` is until when it is held; `count` how many joined.
    """

    id = models.UUIDField(primary_key=True)
    delivery_id = models.UUIDField()
    person_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    decision = models.CharField(max_length=8)
    reason = models.CharField(max_length=40, default="")
    rule_id = models.CharField(max_length=80, default="")
    until = models.DateTimeField(null=True)
    count = models.IntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(decision__in=DECISIONS), name="push_decision_known")]
        indexes = [
            models.Index(fields=["person_id", "at"], name="push_decision_of_person"),
            models.Index(fields=["at"], name="push_decision_at"),
        ]


class StoppedBackend(models.Model):
    """A backend whose configuration is wrong: nothing goes out by it, nothing is lost. Gone when it sends again.

    From `probe_at` on one delivery is tried.
    """

    backend = models.CharField(max_length=20, primary_key=True)
    stopped_at = models.DateTimeField()
    cause = models.CharField(max_length=40)
    probe_at = models.DateTimeField()


class Tally(models.Model):
    """How often something was done, since ever. `shard` keeps the workers out of each other's way: the sum counts."""

    id = models.BigAutoField(primary_key=True)
    what = models.CharField(max_length=8)
    kind = models.CharField(max_length=10)
    cause = models.CharField(max_length=40)
    shard = models.SmallIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "kind", "cause", "shard"], name="push_tally_once")]
