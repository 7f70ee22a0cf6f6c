"""Files: one's own profile or intake, somebody's file as a coordinator sees it, the card of the other of a pair."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.queries import get_team_zone
from server.availability.rules.reading import find_local_date
from server.buddies import profile_requests as requests
from server.buddies import profile_schemas as schemas
from server.buddies import profile_shapes as shapes
from server.buddies.actions.profiles import fill_in_intake, set_buddy_profile, set_own_profile
from server.buddies.api.edge import read_caller, read_query_caller
from server.buddies.files import get_file
from server.buddies.profile_access import access_file_owner, access_other
from server.buddies.profile_policies import require_have_intake, require_have_profile, require_see_themes
from server.buddies.rules.fields import COORDINATOR, EXPERT_FIELDS, SELF, YOUTH_FIELDS
from server.buddies.team_settings import get_buddy_settings
from server.buddies.words import list_themes
from server.foundation.clock import read_clock


class OwnProfileView(APIView):
    """`/me/profile`."""

    @extend_schema(operation_id="get_profile", responses={200: schemas.PROFILE})
    def get(self, request: Request) -> Response:
        """Return an expert's own profile."""
        actor = read_query_caller(request)
        require_have_profile(actor)
        return Response(shapes.show_profile(get_file(actor), SELF, _find_today(actor.team_id)))

    @extend_schema(
        operation_id="set_profile",
        request=requests.draw_file_body((EXPERT_FIELDS, SELF)),
        responses={200: schemas.PROFILE},
    )
    def put(self, request: Request) -> Response:
        """Change what is named; null empties a field, what is not named stays."""
        actor = read_caller(request)
        require_have_profile(actor)
        told, version = requests.read_named(request, requests.SET_PROFILE)
        file = set_own_profile(actor=actor, told=told, seen_version=version, now=read_clock())
        return Response(shapes.show_profile(file, SELF, _find_today(actor.team_id)))


class OwnIntakeView(APIView):
    """`/me/intake`."""

    @extend_schema(operation_id="get_intake", responses={200: schemas.INTAKE})
    def get(self, request: Request) -> Response:
        """Return the questions, in Dutch and English, and what the youth has answered so far."""
        actor = read_query_caller(request)
        require_have_intake(actor)
        return Response(shapes.show_intake(get_file(actor), SELF))

    @extend_schema(
        operation_id="fill_in_intake",
        request=requests.draw_file_body((YOUTH_FIELDS, SELF)),
        responses={200: schemas.INTAKE},
    )
    def put(self, request: Request) -> Response:
        """Answer what is named; null takes an answer back, every question may be skipped."""
        actor = read_caller(request)
        require_have_intake(actor)
        told, version = requests.read_named(request, requests.FILL_IN_INTAKE)
        file = fill_in_intake(actor=actor, told=told, seen_version=version, now=read_clock())
        return Response(shapes.show_intake(file, SELF))


class BuddyProfileView(APIView):
    """`/people/{id}/buddy-profile`."""

    @extend_schema(operation_id="get_buddy_profile", responses={200: schemas.FILE})
    def get(self, request: Request, person_id: UUID) -> Response:
        """Return the profile of an expert or the intake of a youth of the team."""
        person = access_file_owner(read_query_caller(request), person_id)
        return Response(shapes.show_file(get_file(person), COORDINATOR, _find_today(person.team_id)))

    @extend_schema(
        operation_id="set_buddy_profile",
        request=requests.draw_file_body((EXPERT_FIELDS, COORDINATOR), (YOUTH_FIELDS, COORDINATOR)),
        responses={200: schemas.FILE},
    )
    def put(self, request: Request, person_id: UUID) -> Response:
        """Change what is named; training, certificate, capacity and the end of a bridge are set here alone."""
        actor = read_caller(request)
        person = access_file_owner(actor, person_id)
        told, version = requests.read_named(request, requests.SET_FILE[person.role])
        file = set_buddy_profile(actor=actor, person_id=person_id, told=told, seen_version=version, now=read_clock())
        return Response(shapes.show_file(file, COORDINATOR, _find_today(person.team_id)))


class BuddyCardView(APIView):
    """`/people/{id}/buddy-card`."""

    @extend_schema(operation_id="get_buddy_card", responses={200: schemas.CARD})
    def get(self, request: Request, person_id: UUID) -> Response:
        """Return what one of a pair sees of the other: a little when asked, more once both have said yes."""
        person, reader = access_other(read_query_caller(request), person_id)
        return Response(shapes.show_card(get_file(person), reader))


class ThemesView(APIView):
    """`/buddy-themes`."""

    @extend_schema(operation_id="list_buddy_themes", responses={200: schemas.THEMES})
    def get(self, request: Request) -> Response:
        """Return the managed list and the team's own themes."""
        actor = read_query_caller(request)
        require_see_themes(actor)
        return Response(shapes.show_themes(list_themes(get_buddy_settings(actor.team_id))))


def _find_today(team_id: str) -> date:
    return find_local_date(read_clock(), get_team_zone(team_id))
