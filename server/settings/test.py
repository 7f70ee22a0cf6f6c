"""Settings of the test suite: cheap password hashes, no rate limits unless a test turns them on, no demo clock."""

from server.settings.base import *
from server.settings.base import DATABASES

SECRET_KEY = "tests-only-" + "x" * 50
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
RATE_LIMITS = False
DEMO_CLOCK = None
PUSH_BACKEND = ["console"]

_options = DATABASES["default"]["OPTIONS"]
if "pool" in _options:  # who waits here is no client, and a busy machine may take its time
    _options["options"] += " -c lock_timeout=30s -c statement_timeout=60s"
    _options |= {"pool": _options["pool"] | {"timeout": 60}, "connect_timeout": 30}
