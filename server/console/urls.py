"""The one address of the desk; which screen is shown stands behind `#`, where no server and no log sees it."""

from __future__ import annotations

from django.urls import path

from server.console import views

urlpatterns = [
    path("desk/", views.index, name="console-index"),
    path("desk", views.lead_to_desk),
]
