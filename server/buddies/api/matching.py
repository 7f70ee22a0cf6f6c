"""Candidates for one youth, and the team's settings for pairing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.buddies import profile_requests as requests
from server.buddies import profile_schemas as schemas
from server.buddies import profile_shapes as shapes
from server.buddies.actions.settings import set_team_buddies
from server.buddies.api.edge import find_language, read_caller, read_query_caller
from server.buddies.matching import rank_for
from server.buddies.profile_access import access_youth
from server.buddies.profile_policies import require_match
from server.buddies.team_settings import find_team_buddies, list_versions
from server.foundation.clock import read_clock


class CandidatesView(APIView):
    """`/youths/{id}/candidates`."""

    @extend_schema(operation_id="list_candidates", responses={200: schemas.CANDIDATES})
    def get(self, request: Request, youth_id: UUID) -> Response:
        """Return every expert of the team: candidates best first with reasons, the excluded with their rules."""
        actor = read_query_caller(request)
        youth = access_youth(actor, youth_id)
        team, ranking = rank_for(youth, now=read_clock())
        return Response(shapes.show_candidates(youth, team, ranking, find_language(actor)))


class TeamBuddiesView(APIView):
    """`/team/buddies`."""

    @extend_schema(operation_id="get_team_buddies", responses={200: schemas.TEAM_BUDDIES})
    def get(self, request: Request) -> Response:
        """Return the team's settings for pairing, and what they were before."""
        actor = read_query_caller(request)
        require_match(actor)
        return _show(actor.team_id)

    @extend_schema(
        operation_id="set_team_buddies",
        request=requests.draw_settings_body(),
        responses={200: schemas.TEAM_BUDDIES},
    )
    def put(self, request: Request) -> Response:
        """Change what is named."""
        actor = read_caller(request)
        require_match(actor)
        named, version = requests.read_named(request, requests.SET_TEAM_BUDDIES)
        set_team_buddies(actor=actor, given=_read_weights(named), seen_version=version, now=read_clock())
        return _show(actor.team_id)


def _read_weights(named: dict[str, Any]) -> dict[str, Any]:
    if "weights" not in named:
        return named
    return named | {"weights": {one["name"]: one["value"] for one in named["weights"]}}


def _show(team_id: str) -> Response:
    return Response(shapes.show_team_buddies(find_team_buddies(team_id), list_versions(team_id)))
