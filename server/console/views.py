"""Serve the desk's empty page. No token, name or text ever passes through here: the modules fetch them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from server.foundation.page_language import mark_language, read_language


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Answer the page in Dutch, or in the language that the reader chose with `?lang=` here or in the app."""
    language = read_language(request)
    response = render(request, "console/desk.html", {"language": language, "is_demo": settings.APP_ENV == "dev"})
    return mark_language(request, response, language)


@require_safe
def lead_to_desk(request: HttpRequest) -> HttpResponse:
    """Lead who left out the last stroke to the desk."""
    return HttpResponseRedirect(reverse("console-index"))
