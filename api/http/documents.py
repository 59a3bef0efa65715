"""What the OpenAPI document says of answers: their shapes, their headers, and which statuses each request may have."""

from collections.abc import Callable
from typing import Any, TypeVar

from marshmallow import Schema, fields

from api.http.queries import Resource, parameters
from ledger.domain.vocabulary import STATUSES
from ledger.schemas.declared import terms_schema

F = TypeVar("F", bound=Callable[..., Any])
REFERENCE = "#/components/schemas/{}"


# ---------------------------------------------------------------------------------------------------------- headers


def _header(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", **schema}}


_CACHING = {
    "ETag": _header("Of this answer: send it as If-None-Match, and be told 304 where it is still the same"),
    "Cache-Control": _header("`immutable` where nothing that is recorded later can change the answer"),
}
_LINK = {"Link": _header("The next page, with rel=next; the same as `next`")}
_AS_OF = {
    "Vary": _header("accept-datetime: that header asks for another time"),
    "Memento-Datetime": _header("The time as known at which this is the answer, where that was fixed (RFC 7089)"),
}
ANSWER_HEADERS = _CACHING | _AS_OF
LIST_HEADERS = _CACHING | _AS_OF | _LINK
EVENT_HEADERS = _CACHING
FEED_HEADERS = _CACHING | _LINK
POSTED_HEADERS = {
    "Location": _header("The event, of several the first"),
    "Idempotency-Replayed": _header("`true` where this key had appended these events before", enum=["true"]),
}


# ----------------------------------------------------------------------------------------------------------- shapes


def _text(description: str | None = None, *, null: bool = False, **more: Any) -> fields.String:
    said = {"description": description} if description else {}
    return fields.String(required=True, allow_none=null, metadata={**said, **more})


def _day(description: str | None = None, *, null: bool = False) -> fields.String:
    return _text(description, null=null, format="date")


def _number(description: str | None = None, *, null: bool = False, least: int = 0) -> fields.Integer:
    said = {"description": description} if description else {}
    return fields.Integer(required=True, allow_none=null, metadata={"minimum": least, **said})


def _several(schema: type[Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema), required=True)


def _texts(description: str | None = None) -> fields.List[Any]:
    said = {"description": description} if description else {}
    return fields.List(fields.String(), required=True, metadata=said)


class EventSource(Schema):
    title = _text()
    url = fields.String(allow_none=True)
    publisher = fields.String(allow_none=True)
    published_on = fields.String(allow_none=True)
    archived_sha256 = fields.String(allow_none=True)


class _Told(Schema):
    version = _number("The place of the event in the stream of its subject", least=1)
    type = _text()
    subject = _text("kind:slug")
    effective_on = _text("The first day on which it holds in the world, in one of some forms of EDTF", null=True)
    recorded_by = _text("The name of the token that posted it")
    data = fields.Dict(required=True, allow_none=True, metadata={"description": "As it was posted"})
    sources = _several(EventSource)
    comment = _text(null=True)


class Leaf(_Told):
    sequence = _number("The place of the event in the ledger", least=1)
    recorded_at = _text("When the ledger learned it, UTC", format="date-time")


class Event(Leaf):
    leaf_hash = _text("Of its leaf in the log, hexadecimal", pattern="^[0-9a-f]{64}$")


class _Page(Schema):
    next = _text("The URI of the next page; null at the end", null=True)


class EventList(_Page):
    items = _several(Event)


class Events(Schema):
    items = _several(Event)


class Change(Schema):
    field = _text()
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class RecountedEvent(Event):
    changes = _several(Change)
    corrected_by = _number("The sequence of the last correction that stands", null=True, least=1)
    retracted_by = _number("The sequence of its retraction", null=True, least=1)


class History(_Page):
    items = _several(RecountedEvent)


class MeasureScope(Schema):
    targets = fields.List(fields.Dict())
    instruments = fields.List(fields.String())


class MeasureSuspension(Schema):
    scope = fields.Nested(MeasureScope, required=True, allow_none=True)
    since = _day()
    until = _day(null=True)
    by = _texts()
    in_response_to = _texts()
    reason = _text(null=True)


class AgreementSuspension(Schema):
    party = _text()
    scope = _text(null=True)
    since = _day()
    until = _day(null=True)
    in_response_to = _texts()
    reason = _text(null=True)


_NAMES = {"measure": "Measure", "agreement": "Agreement", "act": "Act", "actor": "Actor"}
_BESIDE_TERMS: dict[str, dict[str, Any]] = {
    "measure": {"suspension": fields.Nested(MeasureSuspension)},
    "agreement": {"suspensions": fields.List(fields.Nested(AgreementSuspension))},
    "act": {},
    "actor": {"merged_into": fields.String(metadata={"description": "The actor as which this one reads"})},
}


class _State(Schema):
    subject = _text("kind:slug")
    status_since = _day("The first day of the unbroken span with this status; null: since ever", null=True)
    at = _day("The day that was asked for")
    known_at = _text("As known at this time; null in an empty ledger", null=True, format="date-time")
    sequence = _number("As known once this event was recorded")
    version = _number("The subject's version at that sequence: what If-Match wants")
    valid_from = _day("The first day on which all this is so; null: since ever", null=True)
    valid_to = _day("The first day on which it is so no more; null: for good", null=True)
    dating = _text("How well `valid_from` is known", enum=["exact", "approximate"])
    trace = fields.Dict(
        allow_none=True, metadata={"description": "For each member of the terms, and each element, which event set it"}
    )


def _state(kind: str, name: str) -> type[Schema]:
    members = {
        "status": _text(enum=["none", *STATUSES[kind]]),
        "terms": fields.Nested(terms_schema(kind), required=True, allow_none=True),
        **_BESIDE_TERMS[kind],
    }
    return type(name, (_State,), members)


def _interval(kind: str) -> type[Schema]:
    members = {
        "valid_from": _day(null=True),
        "valid_to": _day(null=True),
        "status": _text(enum=list(STATUSES[kind])),
        "terms": fields.Nested(terms_schema(kind), required=True),
        "suspension": fields.Nested(MeasureSuspension, required=True, allow_none=True),
        **({} if kind == "measure" else _BESIDE_TERMS[kind]),
    }
    return type(f"{_NAMES[kind]}Interval", (Schema,), members)


def _page_of(schema: type[Schema], name: str) -> type[Schema]:
    return type(name, (_Page,), {"items": _several(schema)})


STATES = {kind: _state(kind, name) for kind, name in _NAMES.items()}
"""A state of a subject of each kind."""
LISTS = {kind: _page_of(STATES[kind], f"{name}List") for kind, name in _NAMES.items()}
INTERVALS = {kind: _interval(kind) for kind in _NAMES}
TIMELINES = {
    kind: type(f"{name}Timeline", (Schema,), {"items": _several(INTERVALS[kind])}) for kind, name in _NAMES.items()
}


class Edge(Schema):
    from_ = fields.String(data_key="from", required=True, metadata={"description": "What was answered"})
    to = _text("The answer")
    days = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "From the first day of the one to the day on which the other first named it"},
    )


class Chain(Schema):
    nodes = fields.List(
        fields.Raw(
            metadata={"anyOf": [{"$ref": REFERENCE.format(_NAMES[kind])} for kind in ("measure", "agreement", "act")]}
        ),
        required=True,
    )
    edges = _several(Edge)


def _counts(kind: str) -> type[Schema]:
    return type(f"{kind.title()}Counts", (Schema,), {status: _number() for status in STATUSES[kind]})


_MEASURES, _AGREEMENTS = _counts("measure"), _counts("agreement")


class TargetedCounts(Schema):
    direct = fields.Nested(_MEASURES, required=True)
    affiliates = fields.Nested(_MEASURES, required=True)


class Summary(Schema):
    imposing = fields.Nested(_MEASURES, required=True)
    targeted = fields.Nested(TargetedCounts, required=True)
    agreements = fields.Nested(_AGREEMENTS, required=True)


class _Targeting(Schema):
    as_ = fields.String(data_key="as", required=True, metadata={"enum": ["direct", "affiliate"]})
    through = _texts("The affiliates, or the actors that a group is related to, through which it reaches the actor")
    since = _day("The first day of the unbroken span in which it is live and reaches the actor", null=True)


TargetingMeasure = type("TargetingMeasure", (_Targeting, STATES["measure"]), {})
TargetingList = _page_of(TargetingMeasure, "TargetingList")


class ActorState(Schema):
    actor = fields.Nested(STATES["actor"], required=True)
    at = _day()
    known_at = _text(null=True, format="date-time")
    sequence = _number()
    summary = fields.Nested(Summary, required=True)
    imposing = fields.Nested(LISTS["measure"], required=True)
    targeted = fields.Nested(TargetingList, required=True)
    agreements = fields.Nested(LISTS["agreement"], required=True)


class SummaryFrom(Schema):
    on = _day("The first day of these counts; null: since ever", null=True)
    summary = fields.Nested(Summary, required=True)


class Summaries(Schema):
    items = _several(SummaryFrom)


class Step(Schema):
    on = _day()
    by = _text()
    subject = _text()
    event = _number("Its sequence", least=1)
    in_response_to = _texts()
    days = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Since the latest of what it answers began"}
    )


class Point(Schema):
    on = _day()
    a_to_b = _number("How many live measures the first holds against the second")
    b_to_a = _number("And the second against the first")


class Dyad(Schema):
    steps = _several(Step)
    series = _several(Point)


class PreviewedEvent(_Told):
    """What a dry run answers: no sequence, and nothing that follows from it."""

    changes = _several(Change)
    timeline = fields.List(
        fields.Raw(metadata={"anyOf": [{"$ref": REFERENCE.format(f"{name}Interval")} for name in _NAMES.values()]}),
        required=True,
    )


class PreviewedEvents(Schema):
    items = _several(PreviewedEvent)


class Alive(Schema):
    status = _text()


class Ready(Alive):
    appending = fields.String(metadata={"description": "Why nothing can be appended, where that is so"})


class ErrorAt(Schema):
    pointer = _text("RFC 6901: into the body, or to the query parameter of that name")
    detail = _text()


class Problem(Schema):
    """RFC 9457."""

    type = _text("/problems/SLUG")
    title = _text()
    status = _number()
    detail = _text("What is wrong, and what to do")
    errors = fields.List(fields.Nested(ErrorAt), metadata={"description": "All that is wrong, each with its place"})
    conflicts = fields.List(
        fields.Integer(), metadata={"description": "Of timeline-conflict: the stored events that could not stand"}
    )
    subject = fields.String(metadata={"description": "Of version-conflict"})
    expected = fields.Integer(metadata={"description": "Of version-conflict: the version that was expected"})
    version = fields.Integer(metadata={"description": "Of version-conflict: the version there is"})


# ------------------------------------------------------------------------------------------------------- operations

RESPONSE = "Answer{}"
"""How the document calls the answer with a status that many requests may have."""
HEADERS = "x-headers"
"""Where an operation keeps the headers that it takes until the document is put together."""


def either(*schemas: type[Schema]) -> dict[str, Any]:
    """The shape of an answer that has one of these."""
    return {"anyOf": list(schemas)}


def may_answer(resource: Resource, *statuses: int) -> Callable[[F], F]:
    """Declare the other statuses that a request may have, beside those that every one may have.

    What each means is said once, for all requests.
    """
    decorate: Callable[[F], F] = resource.doc(responses=named(*sorted({*statuses, 401, 403, 422, 503})))
    return decorate


def named(*statuses: int) -> dict[str, Any]:
    """Where the document says what each of `statuses` means."""
    return {str(status): {"$ref": f"#/components/responses/{RESPONSE.format(status)}"} for status in statuses}


def takes_header(resource: Resource, name: str, description: str, **schema: Any) -> Callable[[F], F]:
    """Declare a header that a request may have."""
    decorate: Callable[[F], F] = resource.doc(**{HEADERS: {name: _header(description, **schema)}})
    return decorate


def summary(text: str) -> Callable[[F], F]:
    """The docstring of a view that is made for several resources."""

    def decorate(view: F) -> F:
        view.__doc__ = text
        return view

    return decorate


def asked(*but: str) -> dict[str, Any]:
    """The parameters of the request, but for its place in the list and those named."""
    return {name: values for name, values in parameters().items() if name not in {"cursor", *but}}
