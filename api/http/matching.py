"""`/v1/match` and `/v1/entities`: screening in the shape of yente's, so that its clients work by another address."""

from typing import Any

import orjson
from flask import Response
from marshmallow import Schema, fields

from api.http import documents as doc
from api.http.answering import JSON, answer, whole
from api.http.asof import AsOfQuery, as_of, as_posted
from api.http.bodies import posted_json
from api.http.current import ledger, require_reading
from api.http.queries import Count, Flag, PassedOver, Resource, Share
from api.http.subjects import subject_named, unknown
from ledger.domain.dates import day_text
from ledger.errors import Invalid, NotFound
from ledger.exports.entities import DEFAULT
from ledger.feeds.lists import feeds
from ledger.schemas.answers import known_at_text
from ledger.screening.answers import Inquiry
from ledger.screening.answers import answer as answered
from ledger.screening.entities import entity_of
from ledger.screening.evidence import MEDIA_TYPE
from ledger.screening.queries import MOST_QUERIES, queries_of
from ledger.screening.schemas import ASKED

matching = Resource("matching", __name__, url_prefix="/v1", description="Screening names, in the shape of yente's")


class MatchQuery(AsOfQuery):
    limit = Count("How many results a query has at the most", 1, 500, load_default=5)
    threshold = Share("From this score on a result is a match", load_default=0.7)
    cutoff = Share("Results with a lower score are left out", load_default=0.5)
    evidence = Flag("As a file that can be checked later by `retorsion audit check-screening`", load_default=False)
    algorithm = PassedOver()
    fuzzy = PassedOver()
    topics = PassedOver()
    include_dataset = PassedOver()
    exclude_dataset = PassedOver()
    exclude_schema = PassedOver()
    changed_since = PassedOver()


class Entity(Schema):
    id = fields.String(required=True, metadata={"description": "The slug of the actor"})
    caption = fields.String(required=True)
    schema = fields.String(required=True, metadata={"description": "Of FollowTheMoney"})
    properties = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), required=True, metadata={"description": "As known"}
    )
    datasets = fields.List(fields.String(), required=True, metadata={"description": "The feeds; `default`: none"})
    referents = fields.List(fields.String(), required=True, metadata={"description": "Who was merged into it"})
    target = fields.Boolean(required=True, metadata={"description": "Whether a live measure is on it"})
    first_seen = fields.String(required=True, metadata={"description": "When the ledger learned of it"})
    last_seen = fields.String(required=True, metadata={"description": "When the ledger last learned something of it"})
    last_change = fields.String(required=True, metadata={"description": "The same"})


class Agreed(Schema):
    score = fields.Float(required=True, metadata={"minimum": 0, "maximum": 1})
    detail = fields.String(required=True, metadata={"description": "What was compared with what"})


class Explanations(Schema):
    name_match = fields.Nested(Agreed)
    birth_date = fields.Nested(Agreed)
    country = fields.Nested(Agreed)
    identifier = fields.Nested(Agreed)


class Match(Entity):
    score = fields.Float(required=True, metadata={"minimum": 0, "maximum": 1})
    match = fields.Boolean(required=True, metadata={"description": "Whether the score reaches the threshold"})
    explanations = fields.Nested(Explanations, required=True)
    measures = fields.List(fields.String(), required=True, metadata={"description": "The live measures on it"})


class Example(Schema):
    id = fields.String(metadata={"description": "The caller's own"})
    schema = fields.String(required=True, metadata={"enum": list(ASKED)})
    properties = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        required=True,
        metadata={"description": "Of FollowTheMoney, each a list of texts, or one"},
    )


class Total(Schema):
    value = fields.Integer(required=True, metadata={"description": "Of those that reach the cutoff"})
    relation = fields.String(required=True, metadata={"enum": ["eq"]})


class MatchResponse(Schema):
    status = fields.Integer(required=True)
    query = fields.Nested(Example, required=True)
    total = fields.Nested(Total, required=True)
    results = fields.List(fields.Nested(Match), required=True, metadata={"description": "The best first"})


class Age(Schema):
    published_on = fields.Date(required=True)
    read_at = fields.DateTime(required=True)


class Matches(Schema):
    responses = fields.Dict(keys=fields.String(), values=fields.Nested(MatchResponse), required=True)
    limit = fields.Integer(required=True)
    at = fields.Date(required=True)
    known_at = fields.DateTime(required=True, allow_none=True)
    sequence = fields.Integer(required=True)
    feeds = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(Age, allow_none=True),
        required=True,
        metadata={"description": "How old each feed is that was read; null: the one asked for was never read"},
    )


_EXAMPLE = {
    "queries": {
        "q1": {
            "schema": "Person",
            "properties": {"name": ["Quanguo Chen"], "birthDate": ["1955"], "nationality": ["cn"]},
        }
    }
}
_TEXTS = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "maxItems": 100}]}
_BODY = {
    "required": True,
    "description": f"1 to {MOST_QUERIES} queries, each by a name of the caller's own",
    "content": {
        JSON: {
            "schema": {
                "type": "object",
                "required": ["queries"],
                "properties": {
                    "queries": {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": MOST_QUERIES,
                        "additionalProperties": {
                            "type": "object",
                            "required": ["schema", "properties"],
                            "properties": {
                                "id": {"type": ["string", "null"]},
                                "schema": {"type": "string", "enum": list(ASKED)},
                                "properties": {"type": "object", "additionalProperties": _TEXTS},
                            },
                        },
                    }
                },
            },
            "example": _EXAMPLE,
        }
    },
}


_AS_EVIDENCE = {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}}
_NAMED = {"Content-Disposition": {"description": "Of evidence: how to call the file", "schema": {"type": "string"}}}


@matching.post("/match/<string:feed>")
@matching.arguments(MatchQuery, location="query")
@matching.doc(requestBody=_BODY, responses=_AS_EVIDENCE)
@matching.response(200, Matches, headers=_NAMED)
@doc.may_answer(matching, 400, 404, 413, 415)
def post_match(query: dict[str, Any], feed: str) -> Response:
    """Screen names against the targets of live measures, of a feed or of all, as of a day, as known at a time.

    With `evidence=true` the answer is a file that can be checked later.
    """
    require_reading()
    if feed != DEFAULT and feed not in feeds():
        raise NotFound(f"there is no feed {feed!r}: there are {', '.join((DEFAULT, *feeds()))}")
    queries = queries_of(posted_json())
    if isinstance(queries, list):
        raise Invalid(queries)
    of_feed = None if feed == DEFAULT else feed
    inquiry = Inquiry(queries, of_feed, query["limit"], query["threshold"], query["cutoff"])
    with ledger().reading() as session:
        asked = as_posted(session, query)
        known_at = known_at_text(asked.when.knowledge, asked.asked)
        found = answered(session, ledger().screening, asked.when, known_at, inquiry)
    if not query["evidence"]:
        return whole(orjson.dumps(found), 200, JSON)
    named = f"screening-{feed}-{day_text(asked.when.day)}-{found['sequence']}.evidence"
    headers = {"Content-Disposition": f'attachment; filename="{named}"'}
    return whole(ledger().screened(found, inquiry), 200, MEDIA_TYPE, headers)


@matching.get("/entities/<string:slug>")
@matching.arguments(AsOfQuery, location="query")
@matching.response(200, Entity, headers=doc.ANSWER_HEADERS)
@doc.may_answer(matching, 302, 304, 400, 404)
def get_entity(query: dict[str, Any], slug: str) -> Response:
    """An actor as an entity of FollowTheMoney, as of a day, as known at a time; one that is merged as the other."""
    require_reading()
    subject = subject_named("actors", slug)
    with ledger().reading() as session:
        asked = as_of(session, query)
        entity = entity_of(session, asked.when, subject)
    if entity is None:
        raise unknown(subject, asked)
    return answer(orjson.dumps(entity), immutable=asked.immutable, headers=asked.headers)
