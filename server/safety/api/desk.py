"""What the desk shows beside the escalations themselves: the team's figures, and what it had agreed before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.figures import MONTH, answer_figures, export_figures
from server.accounts.queries import PersonCard
from server.foundation.clock import read_clock
from server.foundation.rest import require_known_query
from server.safety.actions.versions import NUMBERS, SILENCE
from server.safety.api.edge import read_caller, read_query_caller
from server.safety.desk import list_chain_versions, list_versions, measure_escalations
from server.safety.file_policies import require_keep_files
from server.safety.policies import require_answer
from server.safety.schemas import CHAINS_HISTORY, FIGURES, SETTINGS_HISTORY, SILENCE_HISTORY
from server.safety.shapes import show_chain_versions, show_versions


class ChainsHistoryView(APIView):
    """`/team/chains/history`."""

    @extend_schema(operation_id="list_chains_history", responses={200: CHAINS_HISTORY})
    def get(self, request: Request) -> Response:
        """Return the team's chains over time and who saved them, the newest first."""
        actor = read_query_caller(request)
        require_answer(actor)
        return Response(show_chain_versions(list_chain_versions(actor.team_id)))


class SafetyHistoryView(APIView):
    """`/team/safety/history`."""

    @extend_schema(operation_id="list_team_safety_history", responses={200: SETTINGS_HISTORY})
    def get(self, request: Request) -> Response:
        """Return the team's numbers over time and who changed them, the newest first."""
        return _answer_versions(request, NUMBERS, require_answer)


class SilenceHistoryView(APIView):
    """`/team/silence/history`."""

    @extend_schema(operation_id="list_silence_history", responses={200: SILENCE_HISTORY})
    def get(self, request: Request) -> Response:
        """Return what the team has agreed about unanswered messages over time, the newest first."""
        return _answer_versions(request, SILENCE, require_keep_files)


class EscalationFiguresView(APIView):
    """`/insight/escalations`."""

    @extend_schema(operation_id="get_escalation_figures", parameters=MONTH, responses={200: FIGURES})
    def get(self, request: Request) -> Response:
        """Return how many escalations there were by level, day, weekday and hour, and after how long somebody
        acknowledged them; where fewer than `least_people` youths are behind a number it is hidden."""
        actor = read_query_caller(request, "month")
        require_answer(actor)
        return answer_figures(request, actor, partial(measure_escalations, actor), now=read_clock())


class EscalationFiguresFileView(APIView):
    """`/insight/escalations.csv`."""

    @extend_schema(operation_id="export_escalation_figures", parameters=MONTH, responses={(200, "text/csv"): str})
    def get(self, request: Request) -> HttpResponse:
        """Return the same as a file; that it was made is written into the audit log."""
        actor = read_caller(request)
        require_known_query(request, "month")
        require_answer(actor)
        measure = partial(measure_escalations, actor)
        return export_figures(request, actor, "escalations", FIGURES, measure, now=read_clock())


def _answer_versions(request: Request, what: str, require: Callable[[PersonCard], None]) -> Response:
    actor = read_query_caller(request)
    require(actor)
    return Response(show_versions(list_versions(actor.team_id, what)))
