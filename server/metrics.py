"""`/metrics`: the numbers of this server, for the monitor beside it. Counts and ages; nobody's id, nobody's text."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.events.relay import count_waiting
from server.foundation.clock import read_clock
from server.foundation.problem_json import answer_404
from server.push.queries import list_stopped_backends, list_tallies, measure_backlog

_BEARER: Final = "Bearer "
# Whoever has passed a proxy says so; a proxy on this very machine must not make the street look like the house.
_FROM_AFAR: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def answer_metrics(request: HttpRequest) -> HttpResponse:
    """Return the numbers in Prometheus' text form to this machine itself, or to who bears METRICS_TOKEN.

    For anybody else there is nothing here.
    """
    if not (_is_at_home(request) or _bears_token(request)):
        return answer_404(request)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_House())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _House(Collector):
    """Reads everything anew at each scrape: seven statements."""

    def collect(self) -> Iterable[Metric]:
        """Return the families of numbers."""
        now = read_clock()
        yield _count_pushes()
        due, age = measure_backlog(now=now)
        yield GaugeMetricFamily("warmlijn_push_due", "Pushes that are due now", value=due)
        yield GaugeMetricFamily("warmlijn_push_oldest_due_seconds", "Age of the oldest push that is due", value=age)
        stopped = len(list_stopped_backends())
        yield GaugeMetricFamily("warmlijn_push_stopped_backends", "Backends stopped by their configuration", stopped)
        waiting, parked, oldest = count_waiting(now)
        yield GaugeMetricFamily("warmlijn_outbox_due", "Facts that are due now", value=waiting)
        yield GaugeMetricFamily("warmlijn_outbox_parked", "Facts that were parked", value=parked)
        yield GaugeMetricFamily("warmlijn_outbox_oldest_due_seconds", "Age of the oldest fact due", value=oldest)


def _count_pushes() -> CounterMetricFamily:
    labels = ("what", "kind", "cause")
    family = CounterMetricFamily("warmlijn_pushes", "Pushes queued, sent, merged, held, dropped, failed", labels=labels)
    for line in list_tallies():
        family.add_metric([line.what, line.kind, line.cause], line.amount)
    return family


def _is_at_home(request: HttpRequest) -> bool:
    if any(name in request.META for name in _FROM_AFAR):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _bears_token(request: HttpRequest) -> bool:
    given = request.META.get("HTTP_AUTHORIZATION", "")
    expected = _BEARER + settings.METRICS_TOKEN
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given.encode(), expected.encode())
