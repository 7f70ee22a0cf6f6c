"""The one table of the foundation."""

from __future__ import annotations

from django.db import models


class KeyRingSentinel(models.Model):
    """Proof that this database was sealed under this key ring: one row, written once, opened at every start."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    sentinel = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="key_ring_sentinel_single")]
