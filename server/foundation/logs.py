"""One JSON line a log entry: when, where, what, for which request; ids only, never text, names, tokens or addresses."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog
from django.conf import settings
from structlog.tracebacks import ExceptionDictTransformer

# A field of one of these names never reaches a log, whatever somebody passes along (SAFETY §5, ASVS V16.2.5).
_SECRET_FIELDS = frozenset(
    [
        "authorization",
        "body",
        "code",
        "cookie",
        "display_name",
        "email",
        "key",
        "name",
        "note",
        "otp",
        "password",
        "plaintext",
        "push_token",
        "secret",
        "text",
        "ticket",
        "token",
    ]
)


def configure_logs() -> None:
    """Send structlog and the standard library's loggers through one chain to standard error."""
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        redact_fields,
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
        drop_values,
    ]
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_render),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.LOG_LEVEL)
    for noisy in ("daphne", "asyncio", "django.request", "django.channels.server", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("django.request").setLevel(logging.CRITICAL)  # our own middleware logs each request once


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module: an event name in snake case, then ids and numbers as fields."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def redact_fields(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what must not be logged, however deep it lies."""
    for name, value in entry.items():
        entry[name] = "[redacted]" if name in _SECRET_FIELDS else _redact(value)
    return entry


def drop_values(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave a traceback its types, files and lines; messages and notes hold values (a database names the row's)."""
    _strip(entry.get("exception"))
    return entry


def _redact(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: "[redacted]" if name in _SECRET_FIELDS else _redact(item) for name, item in value.items()}
    return [_redact(item) for item in value] if isinstance(value, (list, tuple)) else value


def _strip(stacks: Any) -> None:
    for stack in stacks if isinstance(stacks, list) else ():
        if isinstance(stack, list):  # a member of a group
            _strip(stack)
        elif isinstance(stack, dict):
            for name in ("exc_value", "exc_notes", "syntax_error"):
                stack.pop(name, None)
            _strip(stack.get("exceptions"))


def _render(entry: Any, **_options: Any) -> str:
    return orjson.dumps(entry, default=str).decode()
