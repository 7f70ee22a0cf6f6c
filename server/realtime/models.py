"""Tables of the realtime room: one log per user, and which device of theirs is connected where."""

from __future__ import annotations

from django.db import models


class UserStream(models.Model):
    """The head of one user's log. Its row lock hands out positions and is held to commit, so no reader can skip.

    `epoch` changes when a restore may have taken positions back; `floor` is the highest position that retention
    has removed. The row is also the person's point of order: who changes what a person may do holds it.
    """

    user_id = models.UUIDField(primary_key=True)
    epoch = models.CharField(max_length=16)
    head = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(head__gte=models.F("floor"), floor__gte=0), name="stream_head_above_floor"
            )
        ]


class UserEvent(models.Model):
    """One event in one user's log: references, never text. `slot` holds a place where only the newest counts."""

    pk = models.CompositePrimaryKey("user_id", "pos")
    user_id = models.UUIDField()
    pos = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    conversation_id = models.UUIDField(null=True)
    seq = models.BigIntegerField(null=True)
    refs = models.JSONField(null=True)
    slot = models.CharField(max_length=120, null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "slot"], condition=models.Q(slot__isnull=False), name="event_slot_once"
            )
        ]


class DeviceLink(models.Model):
    """One device of one user: how far it has acknowledged, and the socket that it holds, if any.

    `session_id` is the session of its last socket: by it a push finds out what that device has.
    """

    id = models.UUIDField(primary_key=True)
    user_id = models.UUIDField()
    device_id = models.CharField(max_length=64)
    acked_pos = models.BigIntegerField(default=0)
    session_id = models.UUIDField(null=True)
    socket_id = models.UUIDField(null=True)
    process_id = models.UUIDField(null=True)
    connected_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "device_id"], name="device_link_once")]
        indexes = [models.Index(fields=["process_id"], name="device_link_process")]


class ServerProcess(models.Model):
    """A process that holds sockets or runs worker loops; one that was not seen for a while holds none."""

    id = models.UUIDField(primary_key=True)
    role = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
