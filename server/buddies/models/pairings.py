"""Tables of pairings. The row lock of a person's seat is the point of order for who may be paired with whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from server.buddies.states import COVERED, PAIRING, SEATED
from server.foundation.ids import make_id
from server.foundation.key_store import DataKey

MOVES = ("nothing", "note", "history")
KINDS = ("buddy", "sounding_board", "listening_ear", "bridge")
TEXT_KINDS = ("note", "handover", "closing", "goodbye")


class PairingKey(DataKey):
    """The data key of one pairing's texts; made with the first of them."""


class PairingSeat(models.Model):
    """One row for each person who was ever paired: locked, nobody else pairs them or ends a pairing of theirs."""

    person_id = models.UUIDField(primary_key=True)


class Pairing(models.Model):
    """A youth and an expert, from proposal to closing; the machine is `states.PAIRING`.

    `youth_yes_at`, `expert_yes_at`: yes to the introduction; `…_on_at`: yes to go on. `moves` is what the youth takes
    along to the next buddy. `override` names the rules that the coordinator waived. `cover_due_at` is when to look
    again who answers, `resume_due_at` when a pause ends by itself, `bridge_due_at` when to say that a bridge is over.
    """

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    team_id = models.UUIDField()
    youth_id = models.UUIDField()
    expert_id = models.UUIDField()
    coordinator_id = models.UUIDField()
    kind = models.CharField(max_length=20, default="buddy")
    state = models.CharField(max_length=12, default=PAIRING.start)
    conversation_id = models.UUIDField(null=True, db_index=True)
    successor_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="successors")
    override = models.JSONField(default=list)
    bridge_until = models.DateField(null=True)
    youth_yes_at = models.DateTimeField(null=True)
    expert_yes_at = models.DateTimeField(null=True)
    youth_on_at = models.DateTimeField(null=True)
    expert_on_at = models.DateTimeField(null=True)
    introduction = models.JSONField(default=list)
    moves = models.CharField(max_length=10, default="nothing")
    proposed_at = models.DateTimeField()
    introduced_at = models.DateTimeField(null=True)
    active_at = models.DateTimeField(null=True)
    closing_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cover_due_at = models.DateTimeField(null=True)
    resume_due_at = models.DateTimeField(null=True)
    bridge_due_at = models.DateTimeField(null=True, db_index=True)
    key = models.ForeignKey(PairingKey, null=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PAIRING.states), name="pairing_state_known"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="pairing_kind_known"),
            models.CheckConstraint(condition=Q(moves__in=MOVES), name="pairing_moves_known"),
            models.CheckConstraint(condition=~Q(youth_id=F("expert_id")), name="pairing_of_two"),
            models.UniqueConstraint(
                fields=["youth_id", "expert_id"], condition=Q(state__in=SEATED), name="pairing_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["team_id", "state", "id"], name="pairing_of_team"),
            models.Index(fields=["youth_id", "state"], name="pairing_of_youth"),
            models.Index(fields=["expert_id", "state"], name="pairing_of_expert"),
            models.Index(fields=["cover_due_at"], name="pairing_cover_due", condition=Q(state__in=COVERED)),
            models.Index(fields=["resume_due_at"], name="pairing_resume_due", condition=Q(state="paused")),
        ]


class PairingStep(models.Model):
    """One step of a pairing, written once: `by` is the role of who took it, `system` for the server itself."""

    id = models.BigAutoField(primary_key=True)
    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="steps")
    number = models.SmallIntegerField()
    verb = models.CharField(max_length=12)
    from_state = models.CharField(max_length=12, default="")
    to_state = models.CharField(max_length=12)
    by = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    reason = models.CharField(max_length=20, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pairing", "number"], name="pairing_step_numbered")]


class PairingBackup(models.Model):
    """A backup of a pairing; who stands first and is there takes over."""

    id = models.BigAutoField(primary_key=True)
    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="backups")
    person_id = models.UUIDField(db_index=True)
    position = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pairing", "person_id"], name="pairing_backup_once"),
            models.UniqueConstraint(fields=["pairing", "position"], name="pairing_backup_placed"),
        ]


class PairingCover(models.Model):
    """A stretch in which the expert is away (`reason`: absence, pause, pairing, rematch), and who answers instead.

    `cover_id` is null when nobody does. `until` is when it is expected to end (null: unknown), `ended_at` when it did.
    """

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="covers")
    cover_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=12)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pairing"], condition=Q(ended_at=None), name="pairing_cover_running_once")
        ]
        indexes = [models.Index(fields=["cover_id"], name="pairing_cover_of", condition=Q(ended_at=None))]


class PairingWarmth(models.Model):
    """How long a youth has been silent, and when to remind whoever answers.

    `silence_days` null: as the team has it. `due_at` null: not counted. `nudges` counts those since they wrote.
    """

    pairing = models.OneToOneField(Pairing, primary_key=True, on_delete=models.PROTECT, related_name="warmth")
    conversation_id = models.UUIDField(null=True, db_index=True)
    youth_id = models.UUIDField()
    silence_days = models.SmallIntegerField(null=True)
    heard_at = models.DateTimeField()
    nudged_at = models.DateTimeField(null=True)
    nudges = models.SmallIntegerField(default=0)
    quiet_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, db_index=True)


class PairingText(models.Model):
    """Something written about a pairing, sealed with its key: see TEXT_KINDS.

    A follow-up note of the expert, the handover note, somebody's answers at the closing, words of goodbye.
    """

    id = models.UUIDField(primary_key=True, default=make_id, editable=False)
    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="texts")
    kind = models.CharField(max_length=10)
    author_id = models.UUIDField()
    revision = models.IntegerField(default=0)
    sealed = models.BinaryField()
    written_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TEXT_KINDS), name="pairing_text_kind_known"),
            models.UniqueConstraint(fields=["pairing"], condition=Q(kind="handover"), name="pairing_handover_once"),
            models.UniqueConstraint(
                fields=["pairing", "author_id"], condition=Q(kind="closing"), name="pairing_closing_once"
            ),
        ]
        indexes = [models.Index(fields=["pairing", "kind", "written_at"], name="pairing_text_of")]


class PairingErrand(models.Model):
    """Something to do about the pairings of a person, because of a fact of another room (`kind`: hours, blocked,
    suspended, role). Handlers only write it down: the work takes locks in an order of its own.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10)
    person_id = models.UUIDField()
    other_id = models.UUIDField(null=True)
    due_at = models.DateTimeField(db_index=True)
