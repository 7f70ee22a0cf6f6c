"""What production adds: it only tightens. The system checks refuse what a setting cannot express."""

SECURE_HSTS_SECONDS = 63_072_000  # two years (ASVS V3.4.1 asks at least one)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
