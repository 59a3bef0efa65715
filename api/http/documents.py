"""What the OpenAPI document says beside the parameters: the shapes of answers, and which statuses each request may have."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from api.http import problems
from ledger.domain.events import DATA
from ledger.domain.terms import TERMS
from ledger.schemas.declared import data_schema, event_schema, terms_schema

F = TypeVar("F", bound=Callable[..., Any])

LIMIT = {"type": "integer", "minimum": 1, "maximum": 1000, "description": "How many at the most"}
ANSWER_HEADERS = {"ETag": {"description": "Of this answer; send it as If-None-Match", "schema": {"type": "string"}}}
LIST_HEADERS = ANSWER_HEADERS | {"Link": {"description": "rel=next: the next page", "schema": {"type": "string"}}}
POSTED_HEADERS = {
    "Location": {"description": "The first event", "schema": {"type": "string"}},
    "Idempotency-Replayed": {"description": "true where it had been appended before", "schema": {"type": "string"}},
}
POST_HEADERS = [
    {
        "in": "header", "name": "Idempotency-Key", "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        "description": "The same key with the same body is answered as the first time, and stores nothing",
    },
    {
        "in": "header", "name": "If-Match", "required": False,
        "schema": {"type": "string", "pattern": '^"[0-9]{1,15}"$'},
        "description": "The version of the subject that the writer saw, in quotes; for a single event",
    },
]  # fmt: skip

_PROBLEM_STATUSES = {
    400: "What was sent cannot be read",
    401: "A token is needed",
    403: "The token may not do this",
    404: "The ledger does not know it, or did not know it yet",
    409: "A day of the timeline would become impossible",
    412: "The subject has moved on since the writer saw it",
    413: "The body is too large",
    415: "The body is of a kind that is not read here",
    422: "What was sent is not valid",
}


class EventOut(Schema):
    sequence = fields.Integer(required=True)
    subject = fields.String(required=True)
    version = fields.Integer(required=True)
    type = fields.String(required=True)
    effective_on = fields.String(required=True, allow_none=True)
    recorded_at = fields.String(required=True)
    recorded_by = fields.String(required=True)
    data = fields.Dict(required=True, allow_none=True)
    sources = fields.List(fields.Dict(), required=True)
    comment = fields.String(required=True, allow_none=True)
    leaf_hash = fields.String(required=True)


class _Page(Schema):
    next = fields.String(required=True, allow_none=True)


class EventList(_Page):
    items = fields.List(fields.Nested(EventOut), required=True)


class EventOrList(Schema):
    class Meta:
        title = "The stored event, or `items` with the stored events of an array"


class Change(Schema):
    field = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class Recounted(EventOut):
    changes = fields.List(fields.Nested(Change), required=True)
    corrected_by = fields.Integer(required=True, allow_none=True)
    retracted_by = fields.Integer(required=True, allow_none=True)


class History(_Page):
    items = fields.List(fields.Nested(Recounted), required=True)


class State(Schema):
    subject = fields.String(required=True)
    status = fields.String(required=True)
    status_since = fields.String(required=True, allow_none=True)
    at = fields.String(required=True)
    known_at = fields.String(required=True, allow_none=True)
    sequence = fields.Integer(required=True)
    version = fields.Integer(required=True)
    valid_from = fields.String(required=True, allow_none=True)
    valid_to = fields.String(required=True, allow_none=True)
    dating = fields.String(required=True)
    terms = fields.Dict(required=True, allow_none=True)
    suspension = fields.Dict()
    suspensions = fields.List(fields.Dict())
    merged_into = fields.String()
    trace = fields.Dict(allow_none=True)


class StateList(_Page):
    items = fields.List(fields.Nested(State), required=True)


class TargetedState(State):
    as_ = fields.String(data_key="as", required=True)
    through = fields.List(fields.String(), required=True)
    since = fields.String(required=True, allow_none=True)


class TargetedList(_Page):
    items = fields.List(fields.Nested(TargetedState), required=True)


class Interval(Schema):
    valid_from = fields.String(required=True, allow_none=True)
    valid_to = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    terms = fields.Dict(required=True)
    suspension = fields.Dict(required=True, allow_none=True)
    suspensions = fields.List(fields.Dict())
    merged_into = fields.String()


class Timeline(Schema):
    items = fields.List(fields.Nested(Interval), required=True)


class Edge(Schema):
    from_ = fields.String(data_key="from", required=True)
    to = fields.String(required=True)
    days = fields.Integer(required=True, allow_none=True)


class Chain(Schema):
    nodes = fields.List(fields.Nested(State), required=True)
    edges = fields.List(fields.Nested(Edge), required=True)


class Targeted(Schema):
    direct = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    affiliates = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Summary(Schema):
    imposing = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    targeted = fields.Nested(Targeted, required=True)
    agreements = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class ActorState(Schema):
    """Or, behind a list's `next`, `{"items", "next"}` of that list alone."""

    actor = fields.Nested(State)
    at = fields.String()
    known_at = fields.String(allow_none=True)
    sequence = fields.Integer()
    summary = fields.Nested(Summary)
    imposing = fields.Nested(StateList)
    targeted = fields.Nested(TargetedList)
    agreements = fields.Nested(StateList)
    items = fields.List(fields.Nested(State))
    next = fields.String(allow_none=True)


class SummaryFrom(Schema):
    on = fields.String(required=True, allow_none=True)
    summary = fields.Nested(Summary, required=True)


class Summaries(Schema):
    items = fields.List(fields.Nested(SummaryFrom), required=True)


class Step(Schema):
    on = fields.String(required=True)
    by = fields.String(required=True)
    subject = fields.String(required=True)
    event = fields.Integer(required=True)
    in_response_to = fields.List(fields.String(), required=True)
    days = fields.Integer(required=True, allow_none=True)


class Point(Schema):
    on = fields.String(required=True)
    a_to_b = fields.Integer(required=True)
    b_to_a = fields.Integer(required=True)


class Dyad(Schema):
    steps = fields.List(fields.Nested(Step), required=True)
    series = fields.List(fields.Nested(Point), required=True)


class ErrorAt(Schema):
    pointer = fields.String(required=True)
    detail = fields.String(required=True)


class ProblemDocument(Schema):
    """RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(ErrorAt))
    conflicts = fields.List(fields.Integer())


def may_answer(blueprint: Blueprint, *statuses: int) -> Callable[[F], F]:
    """Declare the other statuses that a request may have."""

    def decorate(view: F) -> F:
        for status in statuses:
            if status >= 400:
                view = blueprint.alt_response(
                    status,
                    schema=ProblemDocument,
                    content_type=problems.MEDIA_TYPE,
                    description=_PROBLEM_STATUSES[status],
                )(view)
            elif status == 200:
                view = blueprint.alt_response(
                    200, schema=EventOrList, description="A dry run: what would be stored, its changes and timelines"
                )(view)
            else:
                said = "As before: the caller has it already" if status == 304 else "To the URI with both dates spelled out"
                view = blueprint.alt_response(status, description=said)(view)
        return view

    return decorate


def summary(text: str) -> Callable[[F], F]:
    """The docstring of a view that is made for several resources."""

    def decorate(view: F) -> F:
        view.__doc__ = text
        return view

    return decorate


def asked(*but: str) -> dict[str, Any]:
    """The parameters of the request, but for its place in the list and those named."""
    return {name: values for name, values in request.args.lists() if name not in {"cursor", *but}}


_REFERENCE = "#/components/schemas/"
EVENTS_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "oneOf": [
                    {"$ref": f"{_REFERENCE}PostedEvent"},
                    {"type": "array", "items": {"$ref": f"{_REFERENCE}PostedEvent"}, "minItems": 1, "maxItems": 1000},
                ]
            }
        },
        "application/x-ndjson": {"schema": {"type": "string", "description": "One event on a line, 1000 at the most"}},
    },
}


def posted_components(spec: Any) -> None:
    """Put the events that can be posted into the document: one shape for each type on each kind."""
    spec.components.schema("AnyEvent", schema=event_schema())
    shapes = []
    for kind, types in DATA.items():
        for type_ in types:
            name = f"{kind.title()}{type_.title()}"
            if type_ not in {"corrected", "retracted"} or kind == "measure":
                spec.components.schema(f"{name}Data", schema=data_schema(kind, type_))
            data = f"Measure{type_.title()}Data" if type_ in {"corrected", "retracted"} else f"{name}Data"
            required = ["type", "subject", *([] if type_ in {"registered", "corrected", "retracted"} else ["effective_on"])]
            spec.components.schema(
                name,
                {
                    "allOf": [
                        {"$ref": f"{_REFERENCE}AnyEvent"},
                        {
                            "type": "object",
                            "required": required,
                            "properties": {
                                "type": {"const": type_},
                                "subject": {"pattern": f"^{kind}:"},
                                "data": {"$ref": f"{_REFERENCE}{data}"},
                            },
                        },
                    ]
                },
            )
            shapes.append({"$ref": f"{_REFERENCE}{name}"})
    spec.components.schema("PostedEvent", {"oneOf": shapes})
    for kind in TERMS:
        spec.components.schema(f"{kind.title()}Terms", schema=terms_schema(kind))
