"""A team's chains, its numbers, and its roster's honesty, over REST."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.availability.coverage import list_gaps
from server.availability.rules.kinds import ON_CALL
from server.foundation.clock import format_instant, read_clock
from server.foundation.rest import draw_schema, read_body, read_no_body
from server.safety.actions.chains import set_chain, set_safety_settings
from server.safety.actions.trials import ask_test_page, ask_test_pages, confirm_test_page
from server.safety.api.edge import read_caller, read_query_caller
from server.safety.chain_queries import find_chain, get_safety_settings
from server.safety.desk import find_open_trial
from server.safety.policies import require_answer
from server.safety.queries import ROSTER_DAYS, list_proofs
from server.safety.requests import SET_CHAIN, SET_SETTINGS
from server.safety.rules.levels import LEVELS
from server.safety.rules.settings import show_settings
from server.safety.schemas import CHAINS, ON_CALL_CHECK, OPEN_TRIAL_PAGE, SETTINGS, TRIAL_PAGE, TRIAL_PAGES
from server.safety.shapes import show_chains, show_proofs, show_trial_page


class ChainsView(APIView):
    """`/team/chains`."""

    @extend_schema(operation_id="get_chains", responses={200: CHAINS})
    def get(self, request: Request) -> Response:
        """Return the chains in force, by level; version 0 is the house's own."""
        actor = read_query_caller(request)
        require_answer(actor)
        return _show_chains(actor.team_id)


class ChainView(APIView):
    """`/team/chains/{level}`."""

    @extend_schema(
        operation_id="set_chain", request={"application/json": draw_schema(SET_CHAIN)}, responses={200: CHAINS}
    )
    def put(self, request: Request, level: str) -> Response:
        """Replace the chain of a level; escalations that run keep theirs."""
        actor = read_caller(request)
        steps = read_body(request, SET_CHAIN)["steps"]
        set_chain(actor=actor, level=level, steps=steps, now=read_clock())
        return _show_chains(actor.team_id)


class SafetyView(APIView):
    """`/team/safety`."""

    @extend_schema(operation_id="get_team_safety", responses={200: SETTINGS})
    def get(self, request: Request) -> Response:
        """Return how long an acknowledgement holds, and where the last resort writes."""
        actor = read_query_caller(request)
        require_answer(actor)
        return Response(show_settings(get_safety_settings(actor.team_id)))

    @extend_schema(
        operation_id="set_team_safety",
        request={"application/json": draw_schema(SET_SETTINGS)},
        responses={200: SETTINGS},
    )
    def put(self, request: Request) -> Response:
        """Replace them."""
        actor = read_caller(request)
        given = read_body(request, SET_SETTINGS)
        return Response(show_settings(set_safety_settings(actor=actor, settings=given, now=read_clock())))


class OnCallCheckView(APIView):
    """`/team/on-call-check`."""

    @extend_schema(operation_id="check_on_call", responses={200: ON_CALL_CHECK})
    def get(self, request: Request) -> Response:
        """Return the hours of the next four weeks with nobody on call, and whether a page would reach those who are."""
        actor, now = read_query_caller(request), read_clock()
        require_answer(actor)
        found = list_gaps(actor.team_id, now, now + timedelta(days=ROSTER_DAYS), now=now)
        gaps = [
            {"starts_at": format_instant(one.start), "ends_at": format_instant(one.end)}
            for one in found
            if one.kind == ON_CALL
        ]
        return Response({"members": show_proofs(list_proofs(actor.team_id, now=now)), "gaps": gaps})


class TestPagesView(APIView):
    """`/team/test-pages`."""

    @extend_schema(operation_id="ask_test_pages", request=None, responses={201: TRIAL_PAGES})
    def post(self, request: Request) -> Response:
        """Send every coordinator of the team a test page."""
        actor = read_caller(request)
        read_no_body(request)
        pages = ask_test_pages(actor=actor, now=read_clock())
        return Response({"test_pages": [show_trial_page(one) for one in pages]}, status=201)


class OwnTestPageView(APIView):
    """`/me/test-page`."""

    @extend_schema(operation_id="get_test_page", responses={200: OPEN_TRIAL_PAGE})
    def get(self, request: Request) -> Response:
        """Return the newest test page that the caller can still confirm and has not, null without one."""
        actor = read_query_caller(request)
        require_answer(actor)
        found = find_open_trial(actor.id, now=read_clock())
        return Response({"test_page": show_trial_page(found) if found else None})

    @extend_schema(operation_id="ask_test_page", request=None, responses={201: TRIAL_PAGE})
    def post(self, request: Request) -> Response:
        """Send the caller a test page."""
        actor = read_caller(request)
        read_no_body(request)
        return Response(show_trial_page(ask_test_page(actor=actor, now=read_clock())), status=201)


class ConfirmTestPageView(APIView):
    """`/me/test-page/{id}/confirm`."""

    @extend_schema(operation_id="confirm_test_page", request=None, responses={200: TRIAL_PAGE})
    def post(self, request: Request, page_id: UUID) -> Response:
        """Say that it came."""
        actor = read_caller(request)
        read_no_body(request)
        return Response(show_trial_page(confirm_test_page(actor=actor, page_id=page_id, now=read_clock())))


def _show_chains(team_id: str) -> Response:
    return Response(show_chains({level: find_chain(team_id, level) for level in LEVELS}))
