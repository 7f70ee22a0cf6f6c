"""The ASGI application: plain ASGI, so that Daphne, Uvicorn or Granian can serve it."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from server.routing import make_application  # noqa: E402  Django must be set up first

application = make_application(django_application)
