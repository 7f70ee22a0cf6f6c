"""The desk's calls about pairings: papers that end, youths who are silent, figures."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, Final

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.figures import MONTH, answer_figures, draw_figures, export_figures
from server.buddies.api.edge import read_caller, read_query_caller
from server.buddies.desk import (
    FIGURE_CUTS,
    FIGURE_NUMBERS,
    Papers,
    Quiet,
    list_papers,
    list_quiet,
    measure_buddies,
)
from server.buddies.profile_policies import require_match
from server.buddies.profile_schemas import PERSON
from server.buddies.profile_shapes import show_person
from server.buddies.states import PAIRING
from server.foundation.clock import format_instant, read_clock
from server.foundation.rest import require_known_query
from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape

_COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}
_DATE: Final[dict[str, Any]] = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_STATE: Final[dict[str, Any]] = {"type": "string", "enum": list(PAIRING.states)}
VALIDITY: Final = shape(
    {
        "experts": {
            "type": "array",
            "items": shape(
                {
                    "person": PERSON,
                    "training_until": nullable(_DATE) | {"description": "the last valid day; null: not on record"},
                    "training_valid": _FLAG,
                    "vog_until": nullable(_DATE) | {"description": "the last valid day; null: not on record"},
                    "vog_valid": _FLAG,
                    "takes_new": _FLAG,
                    "capacity": _COUNT,
                    "pairings": _COUNT | {"description": "seats that are taken"},
                }
            ),
        }
    }
)
WARMTH_OF_TEAM: Final = shape(
    {
        "pairings": {
            "type": "array",
            "items": shape(
                {
                    "pairing": UUID_TEXT,
                    "state": _STATE,
                    "youth": PERSON,
                    "expert": PERSON,
                    "heard_at": nullable(INSTANT),
                    "days": nullable(_COUNT) | {"description": "since the youth wrote, on the team's calendar"},
                    "silence_days": _COUNT,
                    "silent": _FLAG,
                    "nudges": _COUNT,
                    "quiet_until": nullable(INSTANT),
                }
            ),
        }
    }
)
FIGURES: Final = draw_figures(
    {"cut": {"type": "string", "enum": list(FIGURE_CUTS)}, "on": nullable(_DATE), "state": nullable(_STATE)},
    FIGURE_NUMBERS,
)


class ValidityView(APIView):
    """`/team/validity`."""

    @extend_schema(operation_id="list_validity", responses={200: VALIDITY})
    def get(self, request: Request) -> Response:
        """Return until when the training and the certificate of each expert hold, and how full they are, by name."""
        actor = read_query_caller(request)
        require_match(actor)
        return Response({"experts": [_show_papers(one) for one in list_papers(actor.team_id, now=read_clock())]})


class TeamWarmthView(APIView):
    """`/team/warmth`."""

    @extend_schema(operation_id="list_team_warmth", responses={200: WARMTH_OF_TEAM})
    def get(self, request: Request) -> Response:
        """Return the pairings that go on, and for how long each youth has said nothing: the longest silence first."""
        actor = read_query_caller(request)
        require_match(actor)
        return Response({"pairings": [_show_quiet(one) for one in list_quiet(actor.team_id, now=read_clock())]})


class BuddyFiguresView(APIView):
    """`/insight/buddies`."""

    @extend_schema(operation_id="get_buddy_figures", parameters=MONTH, responses={200: FIGURES})
    def get(self, request: Request) -> Response:
        """Return by week (`on` is its Monday) who asked, who was placed and how long they waited, which pairings began
        and ended; and by state how many pairings there are now. Days of fewer than `least_people` youths are hidden."""
        actor = read_query_caller(request, "month")
        require_match(actor)
        return answer_figures(request, actor, partial(measure_buddies, actor.team_id), now=read_clock())


class BuddyFiguresFileView(APIView):
    """`/insight/buddies.csv`."""

    @extend_schema(operation_id="export_buddy_figures", parameters=MONTH, responses={(200, "text/csv"): str})
    def get(self, request: Request) -> HttpResponse:
        """Return the same as a file; that it was made is written into the audit log."""
        actor = read_caller(request)
        require_known_query(request, "month")
        require_match(actor)
        measure = partial(measure_buddies, actor.team_id)
        return export_figures(request, actor, "buddies", FIGURES, measure, now=read_clock())


def _show_papers(one: Papers) -> dict[str, Any]:
    return {
        "person": show_person(one.expert),
        "training_until": _show_day(one.trained_until),
        "training_valid": one.trained_until is not None and one.trained_until >= one.today,
        "vog_until": _show_day(one.vog_until),
        "vog_valid": one.vog_until is not None and one.vog_until >= one.today,
        "takes_new": one.takes_new,
        "capacity": one.capacity,
        "pairings": one.pairings,
    }


def _show_quiet(one: Quiet) -> dict[str, Any]:
    warmth = one.warmth
    quiet_until = warmth.quiet_until if warmth else None
    return {
        "pairing": str(one.pairing.id),
        "state": one.pairing.state,
        "youth": show_person(one.youth),
        "expert": show_person(one.expert),
        "heard_at": format_instant(warmth.heard_at) if warmth else None,
        "days": one.days,
        "silence_days": one.silence_days,
        "silent": one.silent,
        "nudges": warmth.nudges if warmth else 0,
        "quiet_until": format_instant(quiet_until) if quiet_until else None,
    }


def _show_day(on: date | None) -> str | None:
    return on.isoformat() if on else None
