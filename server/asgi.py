"""The ASGI application: plain ASGI, so that Daphne, Uvicorn or Granian can serve it."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.settings")
django.setup(set_prefix=False)

from server.foundation.http import OneHopHandler  # noqa: E402  Django must be set up first
from server.routing import make_application  # noqa: E402

application = make_application(OneHopHandler())
