"""The one address of the page."""

from __future__ import annotations

from django.urls import path

from server.web import views

urlpatterns = [path("", views.index, name="web-index")]
