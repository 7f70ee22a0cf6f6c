"""What production adds: it only tightens. The system checks refuse what a setting cannot express."""

from server.settings.base import ALLOWED_HOSTS, ALLOWED_ORIGINS
from server.settings.environment import read_choice, read_integer, read_list, read_text

STEP_UP_MINUTES = read_integer("STEP_UP_MINUTES", 15, low=1, high=15)
REQUIRE_SECOND_FACTOR = read_choice("REQUIRE_SECOND_FACTOR", "on", ("on", "off")) == "on"
PASSKEY_RP_ID = read_text("PASSKEY_RP_ID", ALLOWED_HOSTS[0] if ALLOWED_HOSTS else "")
PASSKEY_ORIGINS = read_list("PASSKEY_ORIGINS", ALLOWED_ORIGINS)
SECURE_HSTS_SECONDS = 63_072_000  # two years (ASVS V3.4.1 asks at least one)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
