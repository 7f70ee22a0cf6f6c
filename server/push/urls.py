"""The push room's paths below /api/v1."""

from __future__ import annotations

from django.urls import URLPattern, path

from server.push.api import OwnPushesView
from server.push.key_api import PushKeyView

urlpatterns: list[URLPattern] = [
    path("me/pushes", OwnPushesView.as_view()),
    path("push/key", PushKeyView.as_view()),
]
