"""The ASGI application of the yardstick."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.load.baseline.settings")
http = get_asgi_application()

from tests.load.baseline.consumers import ChatConsumer  # noqa: E402  (models need the apps to be loaded)

sockets = URLRouter([path("ws/chat/<int:conversation_id>/", ChatConsumer.as_asgi())])  # type: ignore[arg-type, list-item]
application = ProtocolTypeRouter({"http": http, "websocket": sockets})
