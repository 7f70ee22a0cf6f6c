"""Tables of the audit room. Entries and checkpoints are only ever added: triggers refuse the rest (migration 0002).

On SQLite, altering one of these tables makes it anew and loses its triggers: such a migration must put them up again.
"""

from __future__ import annotations

from django.db import models

from server.audit.rules.checkpoints import Checkpoint

_CODE_LENGTH = 40


class AuditStream(models.Model):
    """The head of one team's log. Its row lock hands out numbers and is held to commit, so there are no gaps."""

    id = models.UUIDField(primary_key=True)
    head = models.BigIntegerField(default=0)
    head_hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(head__gte=0), name="audit_head_counts")]


class AuditEntry(models.Model):
    """One entry in one stream: `rules.entries.Entry` says what the columns mean, `rules.chain` how they are hashed."""

    pk = models.CompositePrimaryKey("stream_id", "number")
    stream_id = models.UUIDField()
    number = models.BigIntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=_CODE_LENGTH)
    actor_id = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=_CODE_LENGTH)
    acting_for_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    object_kind = models.CharField(max_length=_CODE_LENGTH)
    object_id = models.UUIDField(null=True)
    session_id = models.UUIDField(null=True)
    process = models.CharField(max_length=_CODE_LENGTH)
    purpose = models.CharField(max_length=_CODE_LENGTH)
    emergency = models.BooleanField()
    outcome = models.CharField(max_length=_CODE_LENGTH)
    authorisation_id = models.UUIDField(null=True)
    shown_from = models.DateTimeField(null=True)
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(number__gte=1), name="audit_number_counts")]
        indexes = [models.Index(fields=["subject_id", "-at", "-number"], name="audit_entry_subject")]


class AuditCheckpoint(models.Model):
    """A checkpoint that stands in the file outside: its row is committed after the line was on the disk."""

    pk = models.CompositePrimaryKey("stream_id", "number")
    stream_id = models.UUIDField()
    number = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    key_id = models.CharField(max_length=64)
    signature = models.BinaryField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["at", "stream_id", "number"], name="audit_checkpoint_at")]

    def read(self) -> Checkpoint:
        """Return it as the rules know it."""
        signature = bytes(self.signature)
        return Checkpoint(self.stream_id, self.number, bytes(self.hash), self.at, self.key_id, signature)


class AuditSigner(models.Model):
    """The public half of a key that has signed; when the key is gone from the ring, a living one vouches for it."""

    key_id = models.CharField(max_length=64, primary_key=True)
    public_key = models.BinaryField(max_length=32)
    since = models.DateTimeField()
    vouched_by = models.CharField(max_length=64)
    vouch = models.BinaryField(max_length=64)
