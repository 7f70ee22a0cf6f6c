"""Settings of the test suite: cheap password hashes, no rate limits unless a test turns them on, no demo clock."""

from server.settings.base import *

SECRET_KEY = "tests-only-" + "x" * 50
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
RATE_LIMITS = False
DEMO_CLOCK = None
PUSH_BACKEND = ["console"]
