"""The answers about escalations as JSON schemas: OpenAPI publishes them, tests hold every answer against them."""

from __future__ import annotations

from typing import Any, Final

from server.accounts.figures import draw_cuts
from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape
from server.safety.desk import ESCALATION_CUTS, ESCALATION_NUMBERS
from server.safety.help_schemas import SILENCE
from server.safety.rules.chains import MOST_STEPS, STEP_KINDS
from server.safety.rules.levels import LEVELS, OUTCOMES, SIGNAL_KINDS
from server.safety.rules.settings import BOUNDS
from server.safety.states import ESCALATION as MACHINE

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
LEVEL: Final[dict[str, Any]] = {"type": "string", "enum": list(LEVELS)}
STATE: Final[dict[str, Any]] = {"type": "string", "enum": list(MACHINE.states)}
_KIND: Final[dict[str, Any]] = {"type": "string", "enum": list(SIGNAL_KINDS)}
_ID: Final = nullable(UUID_TEXT)
_WHEN: Final = nullable(INSTANT)


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_ESCALATION_FIELDS: Final[dict[str, Any]] = {
    "id": UUID_TEXT,
    "reference": {"type": "string", "pattern": "^[0-9A-F]{8}$"},
    "state": STATE,
    "level": LEVEL,
    "kind": _KIND | {"description": "of the signal that opened it"},
    "youth": _ID,
    "c": _ID,
    "opened_at": INSTANT,
    "changed_at": INSTANT,
    "ended_at": _WHEN,
    "signals": _COUNT,
    "signalled_at": INSTANT,
    "handler": _ID,
    "promise_until": _WHEN,
    "outcome": nullable({"type": "string", "enum": list(OUTCOMES)}),
    "next_step": nullable(_COUNT),
    "next_step_at": _WHEN,
    "next_kind": nullable({"type": "string", "enum": list(STEP_KINDS)})
    | {"description": "of the chain's next step; null when the last was taken"},
}
_CALL: Final = shape(
    {
        "person": _ID | {"description": "null: the organisation"},
        "channel": {"type": "string", "enum": ["app", "email", "webhook"]},
        "state": {"type": "string", "enum": ["queued", "sent", "stopped", "failed"]},
        "queued_at": INSTANT,
    }
)
ESCALATION: Final = shape(_ESCALATION_FIELDS | {"called": _list(_CALL)})
ESCALATIONS: Final = shape({"escalations": _list(ESCALATION), "more": {"type": "boolean"}})
CHAIN_STEP: Final = shape(
    {
        "kind": {"type": "string", "enum": list(STEP_KINDS)},
        "wait_minutes": nullable({"type": "integer", "minimum": 1})
        | {"description": "null: until the next working moment; the last step has none"},
        "people": _list(UUID_TEXT),
    }
)
_STEPS: Final = {"type": "array", "minItems": 1, "maxItems": MOST_STEPS + 1, "items": CHAIN_STEP}
SIGNAL: Final[dict[str, Any]] = {
    "id": UUID_TEXT,
    "kind": _KIND,
    "level": LEVEL,
    "by": _ID,
    "role": _TEXT,
    "c": _ID,
    "seqs": _list(_COUNT),
    "has_note": {"type": "boolean"},
    "at": INSTANT | {"description": "when it was signalled"},
}
SIGNAL_WITH_NOTE: Final = shape(SIGNAL | {"note": nullable(_TEXT)})
ESCALATION_VIEW: Final = shape(
    _ESCALATION_FIELDS
    | {
        "chain": _STEPS,
        "chain_version": _COUNT,
        "case": _ID | {"description": "the youth's case file, null without one"},
        "history": _list(
            shape(
                {
                    "number": {"type": "integer", "minimum": 1},
                    "verb": _TEXT,
                    "from": _TEXT,
                    "to": _TEXT,
                    "by": _ID,
                    "role": _TEXT,
                    "at": INSTANT | {"description": "when it happened"},
                    "refs": {"type": "object"},
                }
            )
        ),
        "newest_signals": _list(shape(SIGNAL)),
        "pages": _list(
            shape(
                {
                    "id": UUID_TEXT,
                    "channel": {"type": "string", "enum": ["app", "email", "webhook"]},
                    "person": _ID,
                    "reason": _TEXT,
                    "state": {"type": "string", "enum": ["queued", "sent", "stopped", "failed"]},
                    "breaks_silence": {"type": "boolean"},
                    "tries": _COUNT,
                    "queued_at": INSTANT,
                    "ended_at": _WHEN,
                }
            )
        ),
    }
)
_CHAIN: Final = shape({"version": _COUNT, "steps": _STEPS})
CHAINS: Final = shape(dict.fromkeys(LEVELS, _CHAIN))
SETTINGS: Final = shape(
    {name: {"type": "integer", "minimum": low, "maximum": high} for name, (low, high) in BOUNDS.items()}
    | {"standing_email": _TEXT | {"description": "empty: the installation's own address"}}
)


def _versions(settings: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    version = {"version": _COUNT, "changed_at": INSTANT, "changed_by": _ID, "settings": settings}
    return shape({"versions": _list(shape(version | more))})


CHAINS_HISTORY: Final = _versions(shape({"steps": _STEPS}), {"level": LEVEL})
SETTINGS_HISTORY: Final = _versions(SETTINGS, {})
SILENCE_HISTORY: Final = _versions(SILENCE, {})
FIGURES: Final = draw_cuts(ESCALATION_CUTS, ESCALATION_NUMBERS, more={"level": nullable(LEVEL)})
TRIAL_PAGE: Final = shape({"id": UUID_TEXT, "person": UUID_TEXT, "asked_at": INSTANT, "confirmed_at": _WHEN})
OPEN_TRIAL_PAGE: Final = shape({"test_page": nullable(TRIAL_PAGE)})
TRIAL_PAGES: Final = shape({"test_pages": _list(TRIAL_PAGE)})
ON_CALL_CHECK: Final = shape(
    {
        "members": _list(
            shape(
                {
                    "person": UUID_TEXT,
                    "display_name": _TEXT,
                    "device": {"type": "boolean"},
                    "confirmed_at": _WHEN,
                    "reachable": {"type": "boolean"},
                    "next_shift_at": INSTANT,
                }
            )
        ),
        "gaps": _list(shape({"starts_at": INSTANT, "ends_at": INSTANT})),
    }
)

_EVENT: Final[dict[str, Any]] = {"escalation": UUID_TEXT, "level": LEVEL, "state": STATE}
_PAGE_OF: Final[dict[str, Any]] = {"page": UUID_TEXT, "reason": _TEXT}
# To a youth `text` says what happens next, in plain words; to coordinators it is absent.
_MAY: Final[dict[str, Any]] = {"role": _TEXT, "text": _TEXT}
# kind → the fields of the event beside `pos` and `kind`; a second table holds those that may be absent.
EVENTS: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "escalation.opened": (_EVENT, _MAY | _PAGE_OF),
    "escalation.step": (_EVENT | _PAGE_OF, {}),
    "escalation.signalled": (_EVENT | {"signal": _KIND}, {}),
    "escalation.moved": (_EVENT, {}),
    **{
        f"escalation.{name}": (_EVENT, _MAY)
        for name in ("acknowledged", "begun", "lapsed", "raised", "resolved", "handed_over", "reopened")
    },
    "page.test": ({"test_page": UUID_TEXT}, {}),
}
