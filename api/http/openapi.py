"""The OpenAPI document: everything that can be asked and told, so that a client can be written from it alone."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from flask import Blueprint, Flask, Response
from flask_smorest import Api

from api.http import documents as doc
from api.http.actors import actors
from api.http.answering import answer
from api.http.audit import audit
from api.http.bundles import bundles
from api.http.events import events
from api.http.exports import exports
from api.http.feeds import lists
from api.http.matching import matching
from api.http.operations import operations
from api.http.problems import MEDIA_TYPE, TITLES, ProblemError
from api.http.stream import stream
from api.http.subjects import subjects
from ledger.domain.events import AFTERTHOUGHTS, DATA
from ledger.domain.values import SLUG_LENGTH, SLUG_PATTERN
from ledger.exports.entities import DEFAULT
from ledger.feeds.lists import feeds
from ledger.schemas.declared import data_schema, event_schema

RESOURCES = (events, stream, subjects, actors, lists, matching, audit, bundles, exports, operations)
docs = Blueprint("docs", __name__)


@docs.get("/openapi.json")
def get_document() -> Response:
    """The OpenAPI 3 document."""
    return answer(document())


@docs.get("/docs")
def get_docs() -> Response:
    """A page that shows the document, without reaching the internet."""
    return answer(files("api.http").joinpath("docs", "index.html").read_bytes(), media_type="text/html; charset=utf-8")


@docs.get("/docs/<string:name>")
def get_docs_file(name: str) -> Response:
    """The files of that page."""
    kinds = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "start.js": "text/javascript"}
    if name not in kinds:
        raise ProblemError(404, "not-found", f"the page has no file {name!r}")
    return answer(files("api.http").joinpath("docs", name).read_bytes(), media_type=f"{kinds[name]}; charset=utf-8")


_DESCRIPTION = """\
An append-only, bitemporal ledger of geopolitical measures: who imposed what on whom, when it held, and when that was
known.

**As of.** Every state takes `at`, the day in the world (today in UTC unless given), and one of `known_at`, a time or a
date, and `known_at_sequence`, an event: the answer is what the ledger would have said then. It repeats all three.

**Lists** answer `{"items": […], "next": …}`: ask for `next` until it is null. While events are appended, no item is
missed and none comes twice.

**Errors** are problem documents (RFC 9457). Where something sent is invalid, `errors` says all of it at once.

**Caching.** Send an answer's `ETag` as `If-None-Match`, and 304 says that it is still the same.

**Writing** needs `Authorization: Bearer TOKEN` with a token of scope `append`, as `retorsion token create NAME --scope
append` prints one. Reading needs a token of scope `read` only where the ledger is not public.
"""
_CONFIGURATION = {
    "API_TITLE": "Retorsion",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The server that this document came from"}],
        "security": [{}, {"token": []}],
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of scope append to write; of scope read to read where reads are not public",
                }
            }
        },
    },
}


class _Api(Api):
    """flask-smorest's, for the document alone."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        pass


@cache
def document() -> bytes:
    """The document as JSON. Made when somebody first asks for it: that takes longer than all else at the start."""
    app = Flask("retorsion", static_folder=None)
    app.config.update(_CONFIGURATION)
    api = _Api(app)
    for status, response in _RESPONSES.items():
        api.spec.components.response(doc.RESPONSE.format(status), response)
    _add_schemas(api.spec)
    for resource in RESOURCES:
        api.register_blueprint(resource)
    return orjson.dumps(_tidied(api.spec.to_dict()))


# -------------------------------------------------------------------------------------------------- common answers


def _problem(slug: str, detail: str, **more: Any) -> dict[str, Any]:
    return {
        "summary": TITLES[slug],
        "value": {"type": f"/problems/{slug}", "title": TITLES[slug], "detail": detail, **more},
    }


_PROBLEMS: dict[int, tuple[str, dict[str, dict[str, Any]]]] = {
    400: (
        "What was sent cannot be read: no JSON, or a header of another form",
        {
            "json": _problem(
                "bad-request", "not JSON at line 1, column 2: Expecting property name enclosed in double quotes"
            )
        },
    ),
    401: (
        "A token is needed, and none came that is in use",
        {"token": _problem("unauthorized", "this token is not known, or was revoked")},
    ),
    403: (
        "The token may not do this",
        {"scope": _problem("forbidden", "token reader has scope read, and this needs append")},
    ),
    404: (
        "The ledger does not know it, or did not know it yet",
        {"subject": _problem("not-found", "the ledger does not know measure:us-tariffs-2030")},
    ),
    409: (
        "A day of the timeline would become impossible: by stored events, in `conflicts`, or posted ones, in `errors`",
        {
            "posted": _problem(
                "timeline-conflict",
                "measure:us-visa-ban: lifted of 2020-06-01 cannot stand: it must be announced or in_force or "
                "partly_suspended or suspended on that day; it is not begun",
                conflicts=[],
                errors=[{"pointer": "", "detail": "measure:us-visa-ban: lifted of 2020-06-01 cannot stand: …"}],
            ),
            "stored": _problem(
                "timeline-conflict",
                "event 314 (lifted of 2021-01-01) could not stand once this is in: …",
                conflicts=[314],
                errors=[],
            ),
        },
    ),
    412: (
        "The subject has moved on since the writer saw it",
        {
            "version": _problem(
                "version-conflict",
                "measure:us-visa-ban is at version 2, not 1: look at what was recorded meanwhile, then post again",
                subject="measure:us-visa-ban",
                expected=1,
                version=2,
            )
        },
    ),
    411: (
        "NDJSON came without its length",
        {"length": _problem("length-required", "send NDJSON with a Content-Length, so that it is known to be whole")},
    ),
    413: (
        "The body is too large",
        {"body": _problem("body-too-large", "a body has 8388608 bytes at most: send it in several requests")},
    ),
    415: (
        "The body is of a kind that is not read here",
        {
            "type": _problem(
                "unsupported-media-type",
                "send application/json or application/x-ndjson in UTF-8, not compressed, and say so in Content-Type",
            )
        },
    ),
    422: (
        "What was sent is not valid",
        {
            "event": _problem(
                "validation-error",
                "/data/targets/0/actor the ledger does not know actor:nobody: record it first",
                errors=[
                    {
                        "pointer": "/data/targets/0/actor",
                        "detail": "the ledger does not know actor:nobody: record it first",
                    }
                ],
            ),
            "parameter": _problem(
                "validation-error",
                "limit: must be a whole number from 1 to 1000",
                errors=[{"pointer": "/limit", "detail": "must be a whole number from 1 to 1000"}],
            ),
        },
    ),
    503: (
        "The database does not answer, or cannot write",
        {"database": _problem("unavailable", "the database does not answer, or cannot write (OperationalError): …")},
    ),
}
_REUSED = _problem(
    "idempotency-key-reused",
    "the Idempotency-Key 'import-7' was used before with another body: use a new key for a new request",
)
_PROBLEMS[422][1]["key"] = _REUSED
_PROBLEM_HEADERS = {
    401: {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}},
    503: {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}},
}


def _problem_response(status: int) -> dict[str, Any]:
    description, examples = _PROBLEMS[status]
    for example in examples.values():
        example["value"]["status"] = status
    return {
        "description": description,
        "headers": _PROBLEM_HEADERS.get(status, {}),
        "content": {MEDIA_TYPE: {"schema": doc.Problem, "examples": examples}},
    }


_RESPONSES: dict[int, dict[str, Any]] = {
    302: {
        "description": "Accept-Datetime asked for a time (RFC 7089): to the URI with `at` and `known_at` spelled out",
        "headers": {
            "Location": {"description": "That URI", "schema": {"type": "string"}},
            "Vary": {"description": "accept-datetime", "schema": {"type": "string"}},
        },
    },
    304: {
        "description": "As the caller has it already: If-None-Match named this answer's ETag",
        "headers": doc.EVENT_HEADERS,
    },
    **{status: _problem_response(status) for status in _PROBLEMS},
}


# ----------------------------------------------------------------------------------------------------- what is posted


def _add_schemas(spec: Any) -> None:
    """The shapes that no answer names, and the events that can be posted: one shape for each type on each kind."""
    for schema in (*doc.STATES.values(), *doc.INTERVALS.values()):
        spec.components.schema(schema.__name__, schema=schema)
    spec.components.schema("AnyEvent", schema=event_schema())
    any_event = spec.components.schemas.pop("AnyEvent")
    shapes = []
    for kind, types in DATA.items():
        for type_ in types:
            name = f"{type_.title()}{kind.title()}"
            spec.components.schema(f"{name}Data", schema=data_schema(kind, type_))
            spec.components.schema(name, _posted(any_event, kind, type_, f"{name}Data"))
            shapes.append({"$ref": doc.REFERENCE.format(name)})
    spec.components.schema("PostedEvent", {"oneOf": shapes})


def _posted(any_event: Mapping[str, Any], kind: str, type_: str, data: str) -> dict[str, Any]:
    carries = DATA[kind][type_]
    properties = {
        **any_event["properties"],
        "type": {"const": type_},
        "subject": {
            "type": "string",
            "pattern": f"^{kind}:{SLUG_PATTERN}$",
            "maxLength": len(kind) + 1 + SLUG_LENGTH,
            "description": f"The {kind}",
        },
        "data": {"$ref": doc.REFERENCE.format(data)},
        "expected_version": {
            **any_event["properties"]["expected_version"],
            "description": "The version of the subject that the writer saw, before this request; 0: none yet",
        },
    }
    required = ["type", "subject"]
    if carries.required:
        required.append("data")
    else:
        properties["data"] = {"anyOf": [properties["data"], {"type": "null"}]}
    if type_ in AFTERTHOUGHTS:
        properties["effective_on"] = {"type": "null", "description": "It speaks of the ledger, not of the world"}
    elif type_ != "registered":
        required.append("effective_on")
        properties["effective_on"] = {**properties["effective_on"], "type": "string"}
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _tidied(made: dict[str, Any]) -> dict[str, Any]:
    """Without what flask-smorest brings along, and with a name for each operation."""
    for name in ("Error", "PaginationMetadata"):
        made["components"]["schemas"].pop(name, None)
    for path, operations_ in made["paths"].items():
        operations_["parameters"] = [{**each, **_IN_PATHS[each["name"]]} for each in operations_.get("parameters", ())]
        for method, operation in operations_.items():
            if method == "parameters":
                continue
            operation["operationId"] = _name_of(method, path)
            operation["responses"] = dict(sorted(operation["responses"].items()))
            headers = operation.pop(doc.HEADERS, {})
            headers |= {
                _ASKING[status][0]: _ASKING[status][1]
                for status in _ASKING
                if {status, "304"} <= operation["responses"].keys()
            }
            more = [{"in": "header", "name": name, "required": False, **header} for name, header in headers.items()]
            operation["parameters"] = operation.get("parameters", []) + more
    return made


_SLUG = {"type": "string", "maxLength": SLUG_LENGTH, "pattern": f"^{SLUG_PATTERN}$"}
_IN_PATHS: dict[str, dict[str, Any]] = {
    "slug": {"description": "What follows the kind in `kind:slug`", "schema": _SLUG, "example": "us"},
    "a": {"description": "The slug of the one actor", "schema": _SLUG, "example": "us"},
    "b": {"description": "The slug of the other actor", "schema": _SLUG, "example": "cn"},
    "feed": {
        "description": "`default`, which is all that the ledger holds, or a feed",
        "schema": {"type": "string", "enum": [DEFAULT, *feeds()]},
        "example": DEFAULT,
    },
    "sequence": {
        "description": "The event's place in the ledger",
        "schema": {"type": "integer", "minimum": 1},
        "example": 1,
    },
    "place": {
        "description": "`{L}/{N}`, or `entries/{N}` for the leaves, with `.p/{W}` behind it where it is partial",
        "schema": {"type": "string", "pattern": "^([0-9]{1,2}|entries)/(x[0-9]{3}/)*[0-9]{3}([.]p/[0-9]{1,3})?$"},
        "example": "entries/000.p/252",
    },
}
_ASKING = {
    "302": ("Accept-Datetime", {
        "description": "As known at this time, and unless `at` is given as of its day (RFC 7089)",
        "schema": {"type": "string"},
        "example": "Fri, 10 Jul 2020 12:00:00 GMT",
    }),
    "304": ("If-None-Match", {
        "description": "The ETag of an answer that the caller has",
        "schema": {"type": "string"},
        "example": '"0f343b0931126a20f133d67c2b018a3b"',
    }),
}  # fmt: skip
"""The header that leads to a status, of what may also be answered with 304."""


def _name_of(method: str, path: str) -> str:
    """`get /v1/actors/{slug}/state` -> `get_actors_state`; a list and one of its items are told apart by number."""
    words = [word for word in path.replace("-", "_").strip("/").split("/") if word != "v1"]
    named = [word for word in words if not word.startswith("{")]
    single = words and words[-1].startswith("{")
    return "_".join(
        [method, *named, *(["by", *(word.strip("{}") for word in words if word.startswith("{"))] if single else [])]
    )
