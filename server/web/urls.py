"""The addresses of the app: its page and its worker."""

from __future__ import annotations

from django.urls import path

from server.web import views

urlpatterns = [
    path("", views.index, name="web-index"),
    path("sw.js", views.worker, name="web-worker"),
]
