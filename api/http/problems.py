"""Errors as RFC 9457 problem documents, each of which says what to do."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ledger.domain.values import Problem, step
from ledger.errors import (
    BehindCheckpoint,
    Invalid,
    KeyReused,
    NotFound,
    TimelineConflict,
    Unsigned,
    VersionConflict,
)
from ledger.service import UNAVAILABLE

MEDIA_TYPE = "application/problem+json"

TITLES = {
    "bad-request": "The request cannot be read",
    "unauthorized": "A token is needed",
    "forbidden": "The token may not do this",
    "not-found": "The ledger does not know this",
    "method-not-allowed": "This cannot be done here",
    "behind-checkpoint": "The ledger is behind its own checkpoint",
    "timeline-conflict": "A day of the timeline would become impossible",
    "version-conflict": "The subject has moved on",
    "length-required": "The body may not be whole",
    "body-too-large": "The body is too large",
    "unsupported-media-type": "The body is of a kind that is not read here",
    "validation-error": "What was sent is not valid",
    "idempotency-key-reused": "The Idempotency-Key was used for another request",
    "unavailable": "The ledger cannot answer at the moment",
    "internal-error": "The server has a fault",
}
"""Each problem's slug, under which its `type` is `/problems/SLUG`."""

_SLUG_OF_STATUS = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "body-too-large",
    415: "unsupported-media-type",
    422: "validation-error",
}


class ProblemError(Exception):
    """A request that ends in a problem document."""

    def __init__(
        self, status: int, slug: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.slug, self.detail, self.headers, self.more = status, slug, detail, headers or {}, more


def invalid_parameters(problems: Mapping[str, str]) -> ProblemError:
    """422 for query parameters, each named by a pointer into them."""
    errors = [{"pointer": step(name), "detail": detail} for name, detail in problems.items()]
    detail = "; ".join(f"{name}: {problems[name]}" for name in problems)
    return ProblemError(422, "validation-error", _speakable(detail), errors=errors)


def problem(status: int, slug: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """The response with that problem document."""
    body = {"type": f"/problems/{slug}", "title": TITLES[slug], "status": status, "detail": _speakable(detail), **more}
    return Response(orjson.dumps(body), status, headers=dict(headers or {}), content_type=MEDIA_TYPE)


def register_problems(app: Flask) -> None:
    """Turn every refusal, and every HTTP error of Flask's, into a problem document."""

    @app.errorhandler(ProblemError)
    def _problem(error: ProblemError) -> Response:
        return problem(error.status, error.slug, error.detail, error.headers, **error.more)

    for refusal, answer_to in _REFUSALS.items():
        app.register_error_handler(refusal, answer_to)

    def _unavailable(error: Exception) -> Response:
        app.logger.error("the database failed", exc_info=error)
        advice = "send this again later, a POST with an Idempotency-Key so that it is stored once"
        detail = f"the database does not answer, or cannot write ({type(error).__name__}): {advice}"
        return problem(503, "unavailable", detail, {"Retry-After": "5"})

    for kind in UNAVAILABLE:
        app.register_error_handler(kind, _unavailable)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        status = error.code or 500
        if status < 400:
            return error
        if isinstance(error, RequestEntityTooLarge):
            limit = app.config["MAX_CONTENT_LENGTH"]
            return problem(413, "body-too-large", f"a body has {limit} bytes at most: send it in several requests")
        headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
        detail = {
            404: f"there is nothing at {request.path}: GET /openapi.json lists what there is",
            405: f"{request.method} is not taken at {request.path}, only {headers.get('Allow', 'other methods')}",
        }.get(status, error.description or "")
        return problem(
            status, _SLUG_OF_STATUS.get(status, "bad-request" if status < 500 else "internal-error"), detail, headers
        )


def _invalid(error: Invalid) -> Response:
    return problem(422, "validation-error", str(error), errors=_errors(error.problems))


def _conflict(error: TimelineConflict) -> Response:
    return problem(409, "timeline-conflict", str(error), conflicts=error.conflicts, errors=_errors(error.problems))


def _version(error: VersionConflict) -> Response:
    return problem(
        412, "version-conflict", str(error), subject=error.subject, expected=error.expected, version=error.version
    )


def _behind(error: BehindCheckpoint) -> Response:
    return problem(503, "behind-checkpoint", str(error), size=error.size, checkpoint=error.checkpoint)


_REFUSALS: dict[type[Exception], Callable[[Any], Response]] = {
    Invalid: _invalid,
    TimelineConflict: _conflict,
    VersionConflict: _version,
    KeyReused: lambda error: problem(422, "idempotency-key-reused", str(error)),
    BehindCheckpoint: _behind,
    Unsigned: lambda error: problem(503, "unavailable", str(error)),
    NotFound: lambda error: problem(404, "not-found", str(error)),
}
"""What the ledger refuses, and how that is answered."""


def _errors(problems: Iterable[Problem]) -> list[dict[str, str]]:
    return [{"pointer": each.pointer, "detail": _speakable(each.detail)} for each in problems]


def _speakable(text: str) -> str:
    """`text` as it can be sent: what was posted may hold what UTF-8 cannot."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
