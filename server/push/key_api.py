"""What a browser needs before it can ask for pushes: the public half of this installation's key."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.authentication import require_caller_rate
from server.foundation.errors import NotFound
from server.foundation.rest import require_known_query
from server.foundation.schemas import shape
from server.push.backends.choosing import WEBPUSH, is_on
from server.push.backends.vapid import VapidKeyError, read_public_half, read_vapid_key

_KEY: Final[dict[str, Any]] = {"type": "string", "description": "applicationServerKey: base64url, 65 bytes"}
PUSH_KEY: Final = shape({"key": _KEY})


class PushKeyView(APIView):
    """`/push/key`."""

    @extend_schema(operation_id="get_push_key", responses={200: PUSH_KEY})
    def get(self, request: Request) -> Response:
        """Return the key for `PushManager.subscribe`; nothing is found where there are no web pushes."""
        require_caller_rate(request, "query")
        require_known_query(request)
        if not is_on(WEBPUSH):
            raise NotFound()
        try:
            return Response({"key": read_public_half(read_vapid_key(settings.VAPID_KEY_FILE))})
        except VapidKeyError:
            raise NotFound() from None
