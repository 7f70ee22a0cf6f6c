"""A person's own pushes: what was sent, held, dropped or joined, and why."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.authentication import get_caller_card, require_caller_rate
from server.accounts.queries import list_voices
from server.availability.rules.reading import read_instant
from server.foundation.rest import read_number, read_place, require_known_query
from server.push.queries import MOST_DECISIONS, list_decisions
from server.push.schemas import OWN_PUSHES
from server.push.shapes import show_pushes


class OwnPushesView(APIView):
    """`/me/pushes`."""

    @extend_schema(
        operation_id="list_own_pushes",
        parameters=[OpenApiParameter("before", str), OpenApiParameter("limit", int)],
        responses={200: OWN_PUSHES},
    )
    def get(self, request: Request) -> Response:
        """Return what was decided about the caller's own pushes, the newest first, older than `before` if given."""
        require_caller_rate(request, "query")
        require_known_query(request, "before", "limit")
        owner = list_voices([get_caller_card(request).id])[get_caller_card(request).id]
        limit = read_number(request, "limit", default=50, low=1, high=MOST_DECISIONS) or 1
        before = read_place(request, "before", lambda text: read_instant(text.replace(" ", "+")))
        return Response(show_pushes(*list_decisions(owner.id, before=before, most=limit), owner))
