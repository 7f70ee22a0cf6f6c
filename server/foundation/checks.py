"""System checks that refuse an unsafe or contradictory configuration, each with an id of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError

from server.foundation.keyring import KeyRingError, current_keyring

_DEV_SECRET = "dev-only-secret-key"  # noqa: S105  the beginning of the key that production refuses
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
Rule = tuple[str, str, Callable[[], bool]]


def _has_plain_origin() -> bool:
    return any(not origin.startswith("https://") or origin.count("/") != 2 for origin in settings.ALLOWED_ORIGINS)


def _is_served_by(origin: str, host: str) -> bool:
    served = urlsplit(origin).hostname or ""
    return origin.startswith("https://") and bool(host) and (served == host or served.endswith(f".{host}"))


# id, sentence, and when it applies: what production must never start with.
PRODUCTION_RULES: Sequence[Rule] = (
    ("warmlijn.E001", "SECRET_KEY must be set, secret, and at least 50 characters long",
     lambda: settings.SECRET_KEY.startswith(_DEV_SECRET) or len(settings.SECRET_KEY) < 50),
    ("warmlijn.E002", "DATABASE_URL must name a PostgreSQL database: SQLite serves one process only",
     lambda: settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")),
    ("warmlijn.E003", "REDIS_URL must be set: the in-memory layer serves one process only",
     lambda: not settings.REDIS_URL),
    ("warmlijn.E004", "ALLOWED_HOSTS must name the hosts that are served, and no pattern",
     lambda: not settings.ALLOWED_HOSTS or any("*" in host or host.startswith(".") for host in settings.ALLOWED_HOSTS)
     or set(settings.ALLOWED_HOSTS) <= _LOCAL_HOSTS),
    ("warmlijn.E005", "ALLOWED_ORIGINS must list full origins (https://host, no path)",
     lambda: not settings.ALLOWED_ORIGINS or _has_plain_origin()),
    ("warmlijn.E006", "DEBUG must be off", lambda: bool(settings.DEBUG)),
    ("warmlijn.E007", "RATE_LIMITS=off is for benchmarks only", lambda: not settings.RATE_LIMITS),
    ("warmlijn.E008", "LOG_LEVEL=DEBUG writes too much about people", lambda: settings.LOG_LEVEL == "DEBUG"),
    ("warmlijn.E009", "DEMO_CLOCK and DEMO_CLOCK_SPEED are for demonstrations only",
     lambda: settings.DEMO_CLOCK is not None or settings.DEMO_CLOCK_SPEED != 1),
    ("warmlijn.E013", "AUDIT_CHECKPOINTS must name a file of its own by its full path, not in VAR_DIRECTORY's top",
     lambda: not settings.AUDIT_CHECKPOINTS.is_absolute() or settings.AUDIT_CHECKPOINTS.parent == settings.VAR),
    ("warmlijn.E014", "PASSKEY_RP_ID must be the host of every one of PASSKEY_ORIGINS, or a parent of it",
     lambda: not all(_is_served_by(origin, settings.PASSKEY_RP_ID) for origin in settings.PASSKEY_ORIGINS)),
    ("warmlijn.E015", "METRICS_TOKEN must be at least 32 random characters, or not be set",
     lambda: 0 < len(settings.METRICS_TOKEN) < 32),
)  # fmt: skip

# What production may start with, and whoever runs it should have decided.
PRODUCTION_CAUTIONS: Sequence[Rule] = (
    ("warmlijn.W002", "REQUIRE_SECOND_FACTOR=off: coordinators and admins sign in with a password alone",
     lambda: not settings.REQUIRE_SECOND_FACTOR),
)  # fmt: skip


def register_checks() -> None:
    """Register every check of the foundation."""
    register(check_production)
    register(check_keyring)
    register(check_sentinel, "database")


def check_production(app_configs: Iterable[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Refuse each broken rule in `prod` and warn of what should be a decision; elsewhere they do not apply."""
    if settings.APP_ENV != "prod":
        return []
    refused: list[CheckMessage] = [Error(sentence, id=id_) for id_, sentence, broken in PRODUCTION_RULES if broken()]
    return refused + [Warning(sentence, id=id_) for id_, sentence, applies in PRODUCTION_CAUTIONS if applies()]


def check_keyring(app_configs: Iterable[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Refuse a key ring that is missing, short, damaged or open to others (in dev a missing one is made)."""
    try:
        current_keyring()
    except KeyRingError as problem:
        return [Error(f"{problem.code}: {problem}", hint="python -m server keys init", id="warmlijn.E010")]
    return []


def check_sentinel(
    app_configs: Iterable[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Refuse a key ring that is not the one this database was sealed under. Runs with `check --database default`
    and before `serve` and `work`."""
    if not databases:
        return []
    from server.foundation.sentinel import require_fitting_ring

    try:
        if not require_fitting_ring():
            return [Warning("the database is not migrated", hint="python -m server migrate", id="warmlijn.W001")]
    except KeyRingError as problem:
        return [Error(f"this key ring does not fit the database: {problem.code}", id="warmlijn.E011")]
    except DatabaseError:
        return [Error("the database does not answer", id="warmlijn.E012")]
    return []
