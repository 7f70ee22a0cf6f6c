"""How decisions are shown to the person whom they are about, to nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.accounts.queries import Voice
from server.foundation.clock import format_instant
from server.push.models import Decision
from server.push.rules.words import explain


def show_pushes(decisions: Sequence[Decision], more: bool, owner: Voice) -> dict[str, Any]:
    """Return a page of somebody's own decisions, in their language and on their clock."""
    return {"pushes": [_show(one, owner) for one in decisions], "more": more}


def _show(one: Decision, owner: Voice) -> dict[str, Any]:
    return {
        "at": format_instant(one.at),
        "push": str(one.delivery_id),
        "kind": one.kind,
        "decision": one.decision,
        "reason": one.reason,
        "rule_id": one.rule_id,
        "until": format_instant(one.until) if one.until else None,
        "count": one.count,
        "text": explain(one.decision, one.reason, one.until, language=owner.language, zone=owner.zone),
    }
