"""Recording facts, in the transaction that makes them true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.events.facts import Fact, write_fact
from server.foundation.database import Pipeline, open_pipeline

_COLUMNS = {
    "name": "text",
    "payload": "jsonb",
}


def record_facts(facts: Sequence[Fact], *, now: datetime) -> None:
    """Record facts in the open transaction; the relay hands them to their listeners after the commit."""
    with open_pipeline() as pipeline:
        tell_facts(pipeline, facts, now=now)


def tell_facts(pipeline: Pipeline, facts: Sequence[Fact], *, now: datetime) -> None:
    """Record facts as one statement of a pipeline."""
    rows = [(fact.fact_name, write_fact(fact)) for fact in facts]
    alike = {"recorded_at": ("timestamptz", now), "due_at": ("timestamptz", now), "attempts": ("smallint", 0)}
    pipeline.insert("events_outboxevent", _COLUMNS, rows, shared=alike)
