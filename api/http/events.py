"""`/v1/events`: posting events, and reading the feed of them."""

from typing import Any

import orjson
from flask import Response

from api.http import documents as doc
from api.http.answering import JSON, answer, cursor_of, link_to, next_header, place_of, whole
from api.http.bodies import expected_version, idempotency_key, posted_events
from api.http.current import current_token, ledger, require_reading, requires
from api.http.examples import POSTED_BODY
from api.http.problems import invalid_parameters
from api.http.queries import ActorName, Count, Day, Flag, Listing, OneOf, Query, Resource, Start, SubjectName, Words
from ledger.append import IdempotencyKey
from ledger.domain.events import EVENT_TYPES
from ledger.domain.vocabulary import KINDS
from ledger.errors import NotFound
from ledger.projections.events import Filters, feed
from ledger.schemas.answers import list_json, previewed
from ledger.store.events import stored_between

events = Resource("events", __name__, url_prefix="/v1/events", description="Posting events, and the feed of them")


class PostQuery(Query):
    dry_run = Flag("Store nothing, and only say what would be stored and what it would change", load_default=False)


class FeedQuery(Listing):
    after = Count("Only events after this sequence", 0, example=300)
    subject = SubjectName("Only events on this subject", example="measure:us-xinjiang-visa-ban")
    subject_kind = OneOf(KINDS, "Only events on subjects of this kind")
    type = OneOf(EVENT_TYPES, "Only events of this type")
    actor = ActorName("Only events that name this actor anywhere", example="us")
    recorded_from = Start("Recorded at this time or later; a date means from its beginning, UTC", example="2020-07-09")
    recorded_to = Start("Recorded before this time; a date means before its beginning, UTC", example="2020-07-10")
    effective_from = Day("Taking effect, as recorded, on this day or later", example="2020-07-09")
    effective_to = Day("Taking effect, as recorded, before this day", example="2020-07-10")
    q = Words("Words of the event, each by its beginning", example="xinjiang")


@events.post("")
@events.arguments(PostQuery, location="query")
@events.doc(requestBody=POSTED_BODY, security=[{"token": []}])
@doc.takes_header(
    events,
    "Idempotency-Key",
    "The same key with the same body is answered as the first time, and stores nothing",
    minLength=1,
    maxLength=255,
    pattern="^[ -~]+$",
    example="import-7",
)
@doc.takes_header(
    events,
    "If-Match",
    "The version of the subject that the writer saw, in quotes; for a single event",
    pattern='^"[0-9]{1,15}"$',
    example='"1"',
)
@events.response(
    201,
    doc.either(doc.Event, doc.Events),
    headers=doc.POSTED_HEADERS,
    description="Stored: the event, or `items` of an array and of NDJSON",
)
@events.response(
    200,
    doc.either(doc.PreviewedEvent, doc.PreviewedEvents),
    description="A dry run: what would be stored, and what it would change",
)
@doc.may_answer(events, 400, 409, 411, 412, 413, 415)
@requires("append")
def post_events(query: dict[str, Any]) -> Response:
    """Append one event, or several as one batch: all or none.

    With `dry_run=true` nothing is stored; the answer says what would be, what each event would change, and how its
    subject's timeline would be.
    """
    posted = posted_events()
    by, version = current_token().name, expected_version()
    if version is not None and not posted.single:
        raise invalid_parameters({"If-Match": "is for a single event; in an array give expected_version in each"})
    if query["dry_run"]:
        found = ledger().dry_run(posted.events, by=by, single=posted.single, expected_version=version)
        items = [previewed(each.event, each.changes, each.spans) for each in found]
        return whole(orjson.dumps(items[0] if posted.single else {"items": items}), 200, JSON)
    key = idempotency_key()
    appended = ledger().append(
        posted.events,
        by=by,
        key=IdempotencyKey.of(by, key, posted.form, posted.body) if key else None,
        single=posted.single,
        expected_version=version,
    )
    stored = [event.json() for event in appended.events]
    headers = {"Location": f"/v1/events/{appended.events[0].sequence}"}
    if appended.replayed:
        headers["Idempotency-Replayed"] = "true"
    body = stored[0] if posted.single else b'{"items":[%s]}' % b",".join(stored)
    return whole(body, 201, JSON, headers)


@events.get("")
@events.arguments(FeedQuery, location="query")
@events.response(200, doc.EventList, headers=doc.FEED_HEADERS)
@doc.may_answer(events, 304)
def get_events(query: dict[str, Any]) -> Response:
    """The feed: events by sequence, filtered. `next` is null at the end; ask again with `after` for what came since."""
    require_reading()
    limit, cursor, after = query.pop("limit"), query.pop("cursor", None), query.pop("after", 0)
    if cursor is not None:
        (after,) = place_of(cursor, int)
    with ledger().reading() as session:
        found = feed(session, Filters(**query), after, limit + 1)
    more = len(found) > limit
    shown = found[:limit]
    next_ = link_to("/v1/events", {**doc.asked(), "cursor": cursor_of(shown[-1].sequence)}) if more else None
    return answer(list_json((event.json() for event in shown), next_), headers=next_header(next_))


@events.get("/<int:sequence>")
@events.response(200, doc.Event, headers=doc.EVENT_HEADERS)
@doc.may_answer(events, 304, 404)
@events.arguments(Query, location="query")
def get_event(_query: dict[str, Any], sequence: int) -> Response:
    """One event. It never changes."""
    require_reading()
    with ledger().reading(once=True) as session:
        found = stored_between(session, sequence, sequence) if sequence < 2**53 else []
    if not found:
        raise NotFound(f"there is no event {sequence}")
    return answer(found[0].json())
