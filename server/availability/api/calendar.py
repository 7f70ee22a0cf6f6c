"""The calendar: a feed under a secret address, and the import of another calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import IO, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.queries import find_person
from server.availability import actions, schemas, shapes
from server.availability.api.edge import read_caller
from server.availability.calendar_reader import MAX_CALENDAR_BYTES
from server.availability.calendars import draw_calendar
from server.availability.errors import CalendarMalformed, CalendarTooLarge
from server.availability.queries import find_feed_owner, load_schedules
from server.availability.rules.feed import HOURS, list_entries
from server.availability.rules.kinds import DUTY, ON_CALL
from server.availability.rules.reading import find_local_date
from server.foundation.clock import read_clock
from server.foundation.errors import NotFound, WarmlijnError
from server.foundation.http import answer_empty
from server.foundation.ids import hash_secret
from server.foundation.problem_json import answer_error
from server.foundation.rate_limits import get_limiter
from server.foundation.rest import AlwaysJSON, read_no_body, read_number, require_known_query

MEDIA_TYPE = "text/calendar"


class CalendarParser(BaseParser):
    """Reads a calendar file as it is. Raises CalendarTooLarge."""

    media_type = MEDIA_TYPE

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the bytes of the file as `text`."""
        data: bytes = stream.read(MAX_CALENDAR_BYTES + 1)
        if len(data) > MAX_CALENDAR_BYTES:
            raise CalendarTooLarge()
        return {"text": data}


class CalendarIn(AlwaysJSON):
    """A calendar comes in, JSON goes out."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        """Return the parser for text/calendar, none for any other content type (415)."""
        media_type = (request.content_type or "").split(";")[0].strip().lower()
        return next(iter(parsers)) if media_type == MEDIA_TYPE else None


class ImportView(APIView):
    """`/me/availability/calendar-import`."""

    parser_classes = (CalendarParser,)
    content_negotiation_class = CalendarIn

    @extend_schema(
        operation_id="import_calendar",
        request={MEDIA_TYPE: {"type": "string", "maxLength": MAX_CALENDAR_BYTES}},
        parameters=[OpenApiParameter("confirm", int)],
        responses={200: schemas.IMPORT, 201: schemas.IMPORT},
    )
    def post(self, request: Request) -> Response:
        """Return the exceptions that the calendar makes in the coming year; with `confirm=1`, write them (201)."""
        actor = read_caller(request, "import")
        require_known_query(request, "confirm")
        confirm = read_number(request, "confirm", default=0, low=0, high=1)
        action = actions.import_calendar if confirm else actions.preview_calendar
        drafts = action(actor=actor, text=_read_text(request), now=read_clock())
        shown = {"exceptions": [shapes.show_draft(one) for one in drafts], "written": bool(confirm)}
        return Response(shown, status=201 if confirm else 200)


class FeedView(APIView):
    """`/me/calendar-feed`."""

    @extend_schema(operation_id="open_calendar_feed", request=None, responses={201: schemas.FEED})
    def post(self, request: Request) -> Response:
        """Return a secret address for one's own calendar, shown this once; the one before works no longer."""
        actor = read_caller(request)
        read_no_body(request)
        secret = actions.open_calendar_feed(actor=actor, now=read_clock())
        return Response({"url": request.build_absolute_uri(reverse("calendar-feed", args=[secret]))}, status=201)

    @extend_schema(operation_id="revoke_calendar_feed", responses={204: None})
    def delete(self, request: Request) -> HttpResponse:
        """Let the address lead nowhere; the same answer when there was none."""
        actor = read_caller(request)
        read_no_body(request)
        actions.revoke_calendar_feed(actor=actor, now=read_clock())
        return answer_empty()


@require_safe
def answer_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a calendar application, which brings the secret in the address and nothing else.

    The hash is looked up, so that time tells nothing of the secret; no log line holds it.
    """
    try:
        get_limiter().require_door_rate("calendar_address", hash_secret(request.META.get("REMOTE_ADDR", "")).hex())
        return HttpResponse(_draw_feed(token, read_clock()), content_type="text/calendar; charset=utf-8")
    except WarmlijnError as refused:
        return answer_error(refused)


def _draw_feed(token: str, now: datetime) -> bytes:
    owner = find_feed_owner(hash_secret(token)) if token.isascii() else None
    person = find_person(owner) if owner else None
    if person is None or person.suspended_at is not None:
        raise NotFound()
    schedule = load_schedules([person.id], now=now)[str(person.id)]
    with translation.override(person.language):
        words = {HOURS: _("Reachable"), DUTY: _("On duty"), ON_CALL: _("On call")}
        name = _("My hours at Warmlijn")
    entries = list_entries(schedule, str(person.id), find_local_date(now, schedule.zone), words)
    return draw_calendar(name, schedule.zone, entries, now=now)


def _read_text(request: Request) -> bytes:
    given: Any = request.data
    if "text" not in given:
        raise CalendarMalformed()  # no body at all
    text: bytes = given["text"]
    return text
