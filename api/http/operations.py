"""Running it: health, readiness, metrics."""

import os
import time

import orjson
from flask import Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from api.http import documents as doc
from api.http.answering import answer
from api.http.current import ledger
from api.http.problems import problem
from api.http.queries import Resource
from ledger.service import UNAVAILABLE

operations = Resource("operations", __name__, description="Whether it runs, and how")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@operations.get("/healthz")
@operations.response(200, doc.Alive, headers=doc.EVENT_HEADERS)
def get_health() -> Response:
    """Whether this process is alive."""
    return answer(orjson.dumps({"status": "alive"}))


@operations.get("/readyz")
@operations.response(200, doc.Alive, headers=doc.EVENT_HEADERS)
@operations.doc(responses=doc.named(503))
def get_readiness() -> Response:
    """Whether the ledger can be read."""
    try:
        ledger().head()
    except UNAVAILABLE as error:
        return problem(
            503, "unavailable", f"the database does not answer: {type(error).__name__}", {"Retry-After": "5"}
        )
    return answer(orjson.dumps({"status": "ready"}))


@operations.get("/metrics")
@operations.response(200, {"type": "string"}, content_type="text/plain", headers=doc.EVENT_HEADERS)
def get_metrics() -> Response:
    """Measurements, as Prometheus reads them."""
    return answer(current_app.extensions["retorsion-metrics"](), media_type=CONTENT_TYPE_LATEST)


def observe(app: Flask) -> None:
    """Measure every request, and serve what was measured."""
    registry = CollectorRegistry()
    seconds = Histogram(
        "retorsion_request_seconds", "Time to answer a request", ["method", "route", "status"], registry=registry
    )
    newest = Gauge(
        "retorsion_ledger_events", "Sequence of the newest event", registry=registry, multiprocess_mode="mostrecent"
    )

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()

    measuring: dict[tuple[str, str, int], Histogram] = {}  # to look one up here is faster than by its labels

    @app.after_request
    def _end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in _METHODS else "other"
        key = (method, route, response.status_code)
        if (measured := measuring.get(key)) is None:
            measured = measuring[key] = seconds.labels(*key)
        measured.observe(time.perf_counter() - g.began)
        return response

    def all_measured() -> bytes:
        newest.set(ledger().head().sequence)
        return generate_latest(_measured_by_all(registry))

    app.extensions["retorsion-metrics"] = all_measured


def _measured_by_all(registry: CollectorRegistry) -> CollectorRegistry:
    """What all workers measured, where each writes it down for the others; else what `registry` has."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return registry
    everyone = CollectorRegistry()
    MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
    return everyone
