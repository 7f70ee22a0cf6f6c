"""Who looked, for the youth who was looked at."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.queries import list_voices
from server.foundation.clock import read_clock
from server.safety.api.edge import read_query_caller
from server.safety.reading_policies import require_ask_who_looked
from server.safety.reading_queries import list_seen_looks
from server.safety.reading_schemas import WHO_LOOKED
from server.safety.reading_shapes import show_looks


class WhoLookedView(APIView):
    """`/me/who-looked`."""

    @extend_schema(operation_id="who_looked", responses={200: WHO_LOOKED})
    def get(self, request: Request) -> Response:
        """Return who looked at what is the caller's, the newest first."""
        actor = read_query_caller(request)
        require_ask_who_looked(actor)
        looks = list_seen_looks(actor.id, now=read_clock())
        return Response(show_looks(looks, list_voices([actor.id])[actor.id].language))
