"""Every HTTP path of the server."""

from __future__ import annotations

from django.urls import include, path

from server.availability.urls import feed_urlpatterns
from server.health import answer_healthz, answer_readyz
from server.metrics import answer_metrics

urlpatterns = [
    path("healthz", answer_healthz),
    path("readyz", answer_readyz),
    path("metrics", answer_metrics),
    path("api/v1/", include("server.accounts.urls")),
    path("api/v1/", include("server.availability.urls")),
    path("api/v1/", include("server.chat.urls")),
    path("api/v1/", include("server.buddies.urls")),
    path("api/v1/", include("server.safety.urls")),
    path("api/v1/", include("server.push.urls")),
    path("", include(feed_urlpatterns)),
    path("", include("server.console.urls")),
    path("", include("server.web.urls")),
]

handler400 = "server.foundation.problem_json.answer_400"
handler403 = "server.foundation.problem_json.answer_403"
handler404 = "server.foundation.problem_json.answer_404"
handler500 = "server.foundation.problem_json.answer_500"
