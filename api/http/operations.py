"""Running it: health, readiness, metrics."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import orjson
from flask import Flask, Request, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from api.http import documents as doc
from api.http.answering import answer
from api.http.current import ledger
from api.http.problems import problem
from api.http.queries import Resource
from ledger.service import UNAVAILABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

operations = Resource("operations", __name__, description="Whether it runs, and how")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@operations.get("/healthz")
@operations.response(200, doc.Alive, headers=doc.EVENT_HEADERS)
def get_health() -> Response:
    """Whether this process is alive."""
    return answer(orjson.dumps({"status": "alive"}))


@operations.get("/readyz")
@operations.response(200, doc.Ready, headers=doc.EVENT_HEADERS)
@operations.doc(responses=doc.named(503))
def get_readiness() -> Response:
    """Whether the ledger can be read; and why nothing can be appended, where that is so."""
    try:
        trouble = ledger().log.trouble()
    except UNAVAILABLE as error:
        return problem(
            503, "unavailable", f"the database does not answer: {type(error).__name__}", {"Retry-After": "5"}
        )
    return answer(orjson.dumps({"status": "ready", **({"appending": trouble} if trouble else {})}))


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

    app.wsgi_app = _timed(app.wsgi_app, seconds)  # type: ignore[assignment, method-assign]  # as Flask has middleware

    def all_measured() -> bytes:
        newest.set(ledger().head().sequence)
        return generate_latest(_measured_by_all(registry))

    app.extensions["retorsion-metrics"] = all_measured


def _timed(application: WSGIApplication, seconds: Histogram) -> WSGIApplication:
    """The same application, each of whose requests is measured: outside Flask, where it costs least."""
    measuring: dict[tuple[str, str, str], Histogram] = {}  # to look one up here is faster than by its labels

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            asked: Request = environ["werkzeug.request"]
            method = asked.method if asked.method in _METHODS else "other"
            key = (method, asked.url_rule.rule if asked.url_rule else "none", status[:3])
            if (measured := measuring.get(key)) is None:
                measured = measuring[key] = seconds.labels(*key)
            measured.observe(time.perf_counter() - began)
            return start_response(status, headers, exc_info)

        return application(environ, start)

    return answer


def _measured_by_all(registry: CollectorRegistry) -> CollectorRegistry:
    """What all workers measured, where each writes it down for the others; else what `registry` has."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return registry
    everyone = CollectorRegistry()
    MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
    return everyone
