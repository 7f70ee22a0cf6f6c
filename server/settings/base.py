"""Settings that every process shares, read once from the environment. `prod.py` only tightens them."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url

from server.settings.environment import read_choice, read_integer, read_list, read_moment, read_path, read_text

REPOSITORY = Path(__file__).resolve().parents[2]
VAR = Path(read_text("VAR_DIRECTORY", str(REPOSITORY / "var")))

APP_ENV = read_choice("APP_ENV", "dev", ("dev", "prod"))
DEBUG = False
SECRET_KEY = read_text("SECRET_KEY", "dev-only-secret-key-that-prod-refuses-to-start-with")
KEYRING_FILE = Path(read_text("KEYRING_FILE", str(VAR / "keyring.json")))
# Where the worker appends signed checkpoints of the audit log; production must name a file and ship it elsewhere.
AUDIT_CHECKPOINTS = Path(read_text("AUDIT_CHECKPOINTS", str(VAR / "audit_checkpoints.jsonl")))
REDIS_URL = read_text("REDIS_URL", "")
RATE_LIMITS = read_choice("RATE_LIMITS", "on", ("on", "off")) == "on"
ALLOWED_HOSTS = read_list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
# Addresses or networks whose X-Forwarded-For is believed: the proxy in front of this server, nobody else.
TRUSTED_PROXIES = read_list("TRUSTED_PROXIES", [])
ALLOWED_ORIGINS = read_list("ALLOWED_ORIGINS", [])
LOG_LEVEL = read_choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
DRAIN_SECONDS = read_integer("DRAIN_SECONDS", 8, low=1, high=300)
DATABASE_POOL_SIZE = read_integer("DATABASE_POOL_SIZE", 20, low=4, high=200)
# The guaranteed last step of an escalation, and the monitor outside that waits for its heartbeat. In dev: the log.
ESCALATION_SMTP_URL = read_text("ESCALATION_SMTP_URL", "")
ESCALATION_EMAIL_FROM = read_text("ESCALATION_EMAIL_FROM", "")
ESCALATION_EMAIL_TO = read_text("ESCALATION_EMAIL_TO", "")
ESCALATION_WEBHOOK_URL = read_text("ESCALATION_WEBHOOK_URL", "")
ESCALATION_WEBHOOK_SECRET = read_text("ESCALATION_WEBHOOK_SECRET", "")
HEARTBEAT_URL = read_text("HEARTBEAT_URL", "")
# Who may read /metrics from another machine; without one it answers this machine alone.
METRICS_TOKEN = read_text("METRICS_TOKEN", "")
# For how long showing who one is counts before broken glass, an export, a role change (ADR 0015). prod tightens both.
STEP_UP_MINUTES = read_integer("STEP_UP_MINUTES", 720, low=1, high=1440)
REQUIRE_SECOND_FACTOR = read_choice("REQUIRE_SECOND_FACTOR", "off", ("on", "off")) == "on"
# The host that passkeys belong to, and the pages that may use them.
PASSKEY_RP_ID = read_text("PASSKEY_RP_ID", "localhost")
PASSKEY_ORIGINS = read_list("PASSKEY_ORIGINS", ["http://localhost:8000"])
# Who carries pushes: console (the log), fcm (Firebase, to phones), webpush (to browsers); a list, first fit counts.
PUSH_BACKEND = read_list("PUSH_BACKEND", ["console"])
FCM_CREDENTIALS_FILE = read_path("FCM_CREDENTIALS_FILE")
FCM_BASE_URL = read_text("FCM_BASE_URL", "https://fcm.googleapis.com")
VAPID_KEY_FILE = read_path("VAPID_KEY_FILE")
VAPID_SUBJECT = read_text("VAPID_SUBJECT", "")
# The push services of Chrome, Firefox, Safari and Edge: a browser names the address, so only these are called.
WEBPUSH_HOSTS = read_list(
    "WEBPUSH_HOSTS",
    ["fcm.googleapis.com", "updates.push.services.mozilla.com", ".push.apple.com", ".notify.windows.com"],
)
# Where the app's quick exit leads: an ordinary page that anybody might have open. It is left for, never asked for.
QUICK_EXIT_URL = read_text("QUICK_EXIT_URL", "https://www.google.nl/")
DEMO_CLOCK = read_moment("DEMO_CLOCK")
DEMO_CLOCK_SPEED = read_integer("DEMO_CLOCK_SPEED", 1, low=1, high=3600)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "server.foundation",
    "server.events",
    "server.realtime",
    "server.audit",
    "server.accounts",
    "server.availability",
    "server.chat",
    "server.buddies",
    "server.safety",
    "server.push",
    "server.console",
    "server.web",
    "server.entry",
    "django.contrib.auth",  # after ours: of two commands of one name the first is taken, and there are no superusers
]
AUTH_USER_MODEL = "accounts.Person"
MIDDLEWARE = [
    "server.foundation.http.RequestContext",
    "server.foundation.http.SecurityHeaders",
    "server.foundation.static_files.CompressedStaticFiles",
    "django.middleware.locale.LocaleMiddleware",
]
ROOT_URLCONF = "server.urls"
ASGI_APPLICATION = "server.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.i18n"]},
    }
]


POSTGRES_OPTIONS = {
    "timezone": "UTC",
    "lock_timeout": "3s",  # a waiting transaction gives up before its client does
    "statement_timeout": "0" if "migrate" in sys.argv[1:2] else "15s",  # a migration may take its time
    # The hot statements are prepared and few: one plan for all values, made anew as tables grow (foundation/postgres).
    # It must not be that of an empty table, and what cannot use an index must not start the compiler.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "jit": "off",
}


def read_database() -> dict[str, Any]:
    """Return Django's DATABASES entry for DATABASE_URL: a pool on PostgreSQL, WAL and IMMEDIATE on SQLite."""
    config: dict[str, Any] = dict(dj_database_url.parse(read_text("DATABASE_URL", f"sqlite:///{VAR}/warmlijn.sqlite3")))
    options: dict[str, Any] = config.setdefault("OPTIONS", {})
    if config["ENGINE"] == "django.db.backends.sqlite3":
        options |= {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;",
        }
    else:
        options |= {
            # Short: whoever waits has a client that waits. A failed reconnect is given up at once and tried again by
            # the next caller: a pool that paused longer would stay away after the database is back.
            "pool": {"min_size": 1, "max_size": DATABASE_POOL_SIZE, "timeout": 5, "reconnect_timeout": 0.5},
            "connect_timeout": 3,  # seconds; a database host that swallows packets must not hold the pool for minutes
            "options": " ".join(f"-c {name}={value}" for name, value in POSTGRES_OPTIONS.items()),
        }
    config |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
    return config


DATABASES = {"default": read_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_LAYERS: dict[str, Any] = {
    "default": (
        {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
        if REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [REPOSITORY / "server" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = APP_ENV == "dev"
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other page has any business with these files

PASSWORD_HASHERS = ["server.accounts.hashers.ModestArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
]
# How long a session lives without use and in all, by role (SAFETY §5; a youth must not be signed out in the night).
SESSION_LIFETIMES = {
    "youth": (timedelta(days=60), timedelta(days=365)),
    "expert": (timedelta(days=14), timedelta(days=90)),
    "coordinator": (timedelta(hours=12), timedelta(days=7)),
    "admin": (timedelta(hours=1), timedelta(hours=12)),
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["server.accounts.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["server.foundation.rest.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["server.foundation.rest.FastJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "server.foundation.rest.AlwaysJSON",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "server.foundation.problem_json.answer_exception",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Warmlijn",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {},
}
LOGGING_CONFIG = None
SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # foundation.http.SecurityHeaders sets what Django's SecurityMiddleware would, on every answer
    "security.W002",  # frame-ancestors 'none' stands in the Content-Security-Policy
    "security.W003",  # no cookie is ever honoured: the API takes bearer tokens, the socket tickets
]
if APP_ENV == "dev":
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
