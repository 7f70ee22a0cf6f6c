"""Tables of the chat room.

The hot ones hold plain ids instead of foreign keys: they are written in bulk and can be partitioned.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from server.chat.states import DUTY_REQUEST
from server.foundation.key_store import DataKey


class ConversationKey(DataKey):
    """The wrapped data key of one conversation; destroying it makes every body unreadable."""


class Conversation(models.Model):
    """A talk between members. `last_seq` is the number of messages ever accepted; its row lock orders them."""

    id = models.UUIDField(primary_key=True)
    team_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    last_seq = models.BigIntegerField(default=0)
    key = models.OneToOneField(ConversationKey, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["pair", "line", "room"]), name="conversation_kind_known"),
            models.CheckConstraint(condition=Q(state__in=["open", "closed"]), name="conversation_state_known"),
        ]
        indexes = [models.Index(fields=["team_id"], name="conversation_of_team")]


class Membership(models.Model):
    """One person in one conversation, and their prefix gate.

    While the gate is open the member sees everything up to the conversation's `last_seq`; while it is closed,
    everything up to `visible_upto`, where the gate closed. `gate_version` counts its turns. Nobody sees messages up
    to their own `visible_from` (0: from the start).

    A `guarded` member's gate follows their hours. It stands as it is until `turns_at` (null: until their hours change);
    from that instant on nobody goes by it before it was asked anew. `grace_until` is the end of the wrap-up that the
    running talk was given. `turned_at` is the last turn.
    """

    id = models.UUIDField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="memberships")
    person_id = models.UUIDField(db_index=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    gate = models.CharField(max_length=10, default="open")
    gate_reason = models.CharField(max_length=40, default="")
    gate_version = models.IntegerField(default=0)
    opens_at = models.DateTimeField(null=True)
    guarded = models.BooleanField(default=False, db_default=False)
    turns_at = models.DateTimeField(null=True)
    turned_at = models.DateTimeField(null=True)
    grace_until = models.DateTimeField(null=True)
    visible_from = models.BigIntegerField(default=0)
    visible_upto = models.BigIntegerField(default=0)
    read_upto = models.BigIntegerField(default=0)
    delivered_upto = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "person_id"], name="membership_once"),
            models.CheckConstraint(condition=Q(gate__in=["open", "closed"]), name="membership_gate_known"),
        ]
        indexes = [
            models.Index(fields=["turns_at"], name="membership_gate_due", condition=Q(guarded=True, left_at=None)),
        ]


class OutsideAnswer(models.Model):
    """What a youth was told, once an evening, about when somebody reads what they wrote outside the hours.

    `opens_at` is what was said; it is said anew when it no longer holds.
    """

    id = models.BigAutoField(primary_key=True)
    conversation_id = models.UUIDField()
    person_id = models.UUIDField()
    expert_id = models.UUIDField()
    evening = models.DateField()
    said_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    reason = models.CharField(max_length=40)
    opens_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation_id", "person_id", "evening"], name="outside_answer_once")
        ]
        indexes = [models.Index(fields=["expert_id", "said_at"], name="outside_answer_of_expert")]


class EndNotice(models.Model):
    """A notice that an expert's hours end soon, given once for each end and number of minutes."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.UUIDField()
    until = models.DateTimeField()
    minutes = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "until", "minutes"], name="end_notice_once")]


class DutyRequest(models.Model):
    """A youth asks for whoever of the team has duty; the machine is `states.DUTY_REQUEST`.

    `wave` counts the times that experts were offered it; while it is open the next one is due at `next_wave_at`.
    `line` is the conversation with whoever claimed it.
    """

    id = models.UUIDField(primary_key=True)
    team_id = models.UUIDField()
    youth_id = models.UUIDField()
    state = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    wave = models.IntegerField(default=0)
    next_wave_at = models.DateTimeField()
    claimed_by = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    line = models.OneToOneField(Conversation, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DUTY_REQUEST.states), name="duty_request_state_known"),
            models.CheckConstraint(
                condition=Q(state="claimed", claimed_by__isnull=False, claimed_at__isnull=False)
                | (~Q(state="claimed") & Q(claimed_by=None, claimed_at=None, line=None)),
                name="duty_request_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="duty_request_ends_once",
            ),
            models.UniqueConstraint(fields=["youth_id"], condition=Q(state="open"), name="duty_request_open_once"),
        ]
        indexes = [
            models.Index(fields=["next_wave_at"], name="duty_request_due", condition=Q(state="open")),
            models.Index(fields=["youth_id", "asked_at"], name="duty_request_of_youth"),
            models.Index(
                fields=["claimed_by", "claimed_at"], name="duty_request_claimed", condition=Q(claimed_by__isnull=False)
            ),
        ]


class DutyOffer(models.Model):
    """An expert was offered a request, once; only who was offered it may claim it."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(DutyRequest, on_delete=models.PROTECT, related_name="offers")
    person_id = models.UUIDField()
    wave = models.IntegerField()
    offered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "person_id"], name="duty_offer_once")]
        indexes = [models.Index(fields=["person_id", "offered_at"], name="duty_offer_of_expert")]


class Message(models.Model):
    """One accepted message. `body` is sealed, null once withdrawn; `body_hash` is keyed and compares repeats only."""

    id = models.UUIDField(primary_key=True)
    conversation_id = models.UUIDField()
    seq = models.BigIntegerField()
    sender_id = models.UUIDField()
    client_id = models.UUIDField()
    reply_to = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    body = models.BinaryField(null=True)
    body_hash = models.BinaryField()
    accepted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation_id", "seq"], name="message_seq_once"),
            models.UniqueConstraint(fields=["client_id", "sender_id"], name="message_client_id_once"),
            models.CheckConstraint(condition=Q(state__in=["accepted", "withdrawn"]), name="message_state_known"),
        ]
