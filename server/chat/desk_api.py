"""The desk's REST edge of the chat room: who is talking now, and the team's figures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.authentication import get_caller_card, require_caller_rate
from server.accounts.figures import MONTH, Days, answer_figures, draw_cuts, export_figures
from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR, EXPERT, YOUTH
from server.chat.desk import Asking, Talking, list_asking, list_talking
from server.chat.figures import CONTACT_NUMBERS, WAITING_NUMBERS, measure_contacts, measure_waiting
from server.chat.policies import require_watch
from server.chat.schemas import TALKS
from server.foundation.clock import format_instant, read_clock
from server.foundation.figures import CUTS, Row
from server.foundation.rest import require_known_query

CONTACTS = draw_cuts(CUTS, CONTACT_NUMBERS)
WAITING = draw_cuts(CUTS, WAITING_NUMBERS)


class TalksView(APIView):
    """`/team/talks`."""

    @extend_schema(operation_id="list_talks", responses={200: TALKS})
    def get(self, request: Request) -> Response:
        """Return who of the team is talking now and since when, and who waits for somebody on duty: no content, and not
        how much was said."""
        actor, now = _read_watcher(request, "query"), read_clock()
        talks = [_show_talk(one) for one in list_talking(actor.team_id, now=now)]
        return Response({"talks": talks, "asking": [_show_asking(one) for one in list_asking(actor.team_id)]})


class ContactFiguresView(APIView):
    """`/insight/contacts`."""

    @extend_schema(operation_id="get_contact_figures", parameters=MONTH, responses={200: CONTACTS})
    def get(self, request: Request) -> Response:
        """Return how many talks there were by day, weekday and hour; where fewer than `least_people` youths or experts
        are behind a number it is hidden."""
        return _answer(request, measure_contacts)


class ContactFiguresFileView(APIView):
    """`/insight/contacts.csv`."""

    @extend_schema(operation_id="export_contact_figures", parameters=MONTH, responses={(200, "text/csv"): str})
    def get(self, request: Request) -> HttpResponse:
        """Return the same as a file; that it was made is written into the audit log."""
        return _export(request, "contacts", CONTACTS, measure_contacts)


class WaitingFiguresView(APIView):
    """`/insight/waiting`."""

    @extend_schema(operation_id="get_waiting_figures", parameters=MONTH, responses={200: WAITING})
    def get(self, request: Request) -> Response:
        """Return how long youths waited for an answer, by when they wrote; hidden as in the figures of contacts."""
        return _answer(request, measure_waiting)


class WaitingFiguresFileView(APIView):
    """`/insight/waiting.csv`."""

    @extend_schema(operation_id="export_waiting_figures", parameters=MONTH, responses={(200, "text/csv"): str})
    def get(self, request: Request) -> HttpResponse:
        """Return the same as a file; that it was made is written into the audit log."""
        return _export(request, "waiting", WAITING, measure_waiting)


def _answer(request: Request, measure: Callable[[str, Days], list[Row]]) -> Response:
    actor = _read_watcher(request, "query", "month")
    return answer_figures(request, actor, partial(measure, actor.team_id), now=read_clock())


def _export(
    request: Request, name: str, schema: dict[str, Any], measure: Callable[[str, Days], list[Row]]
) -> HttpResponse:
    actor = _read_watcher(request, "write", "month")
    return export_figures(request, actor, name, schema, partial(measure, actor.team_id), now=read_clock())


def _read_watcher(request: Request, rate: str, *names: str) -> PersonCard:
    require_caller_rate(request, rate)
    require_known_query(request, *names)
    actor = get_caller_card(request)
    require_watch(actor)
    return actor


def _show_talk(talk: Talking) -> dict[str, Any]:
    wrote = next((one.role for one in talk.people if one.id == talk.last.person_id), None)
    return {
        "c": talk.conversation_id,
        "kind": talk.kind,
        "since": format_instant(talk.since),
        "last_at": format_instant(talk.last.at),
        "last_by": wrote,
        "answered": talk.answered,
        "youth": next((_show_person(one) for one in talk.list_people(YOUTH)), None),
        "experts": [_show_person(one) for one in talk.list_people(EXPERT)],
        "coordinator_in": bool(talk.list_people(COORDINATOR)),
    }


def _show_asking(asking: Asking) -> dict[str, Any]:
    return {
        "request": str(asking.request.id),
        "youth": _show_person(asking.youth),
        "asked_at": format_instant(asking.request.asked_at),
    }


def _show_person(card: PersonCard) -> dict[str, str]:
    return {"id": card.id, "display_name": card.display_name}
