"""Running it: health, readiness, metrics, and the document of the API with a page that shows it."""

import os
import time
from importlib.resources import files

import orjson
from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from api.http.answering import answer
from api.http.current import ledger
from api.http.problems import ProblemError, problem
from ledger.service import UNAVAILABLE

operations = Blueprint("operations", __name__)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@operations.get("/healthz")
def get_health() -> Response:
    """Whether this process is alive."""
    return answer(orjson.dumps({"status": "alive"}))


@operations.get("/readyz")
def get_readiness() -> Response:
    """Whether the ledger can be read."""
    try:
        ledger().head()
    except UNAVAILABLE as error:
        return problem(503, "unavailable", f"the database does not answer: {type(error).__name__}", {"Retry-After": "5"})
    return answer(orjson.dumps({"status": "ready"}))


@operations.get("/openapi.json")
def get_document() -> Response:
    """The OpenAPI 3 document."""
    return answer(orjson.dumps(current_app.extensions["openapi"]()))


@operations.get("/docs")
def get_docs() -> Response:
    """A page that shows the document, without reaching the internet."""
    return answer(files("api.http").joinpath("docs", "index.html").read_bytes(), media_type="text/html; charset=utf-8")


@operations.get("/docs/<string:name>")
def get_docs_file(name: str) -> Response:
    """The files of that page."""
    kinds = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "start.js": "text/javascript"}
    if name not in kinds:
        raise ProblemError(404, "not-found", f"the page has no file {name!r}")
    return answer(files("api.http").joinpath("docs", name).read_bytes(), media_type=f"{kinds[name]}; charset=utf-8")


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

    @app.after_request
    def _end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in _METHODS else "other"
        seconds.labels(method, route, response.status_code).observe(time.perf_counter() - g.began)
        return response

    @app.get("/metrics")
    def get_metrics() -> Response:
        newest.set(ledger().head().sequence)
        return answer(generate_latest(_measured_by_all(registry)), media_type=CONTENT_TYPE_LATEST)


def _measured_by_all(registry: CollectorRegistry) -> CollectorRegistry:
    """What all workers measured, where each writes it down for the others; else what `registry` has."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return registry
    everyone = CollectorRegistry()
    MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
    return everyone
