"""No pages: a health probe gets its 404."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
