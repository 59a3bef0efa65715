"""`/v1/feeds`: which published lists there are, and what was read of each."""

from itertools import groupby
from typing import Any

import orjson
from flask import Response
from marshmallow import Schema, fields

from api.http import documents as doc
from api.http.answering import answer
from api.http.current import ledger, require_reading
from api.http.queries import Query, Resource
from ledger.feeds.lists import feeds
from ledger.feeds.reading import Feed
from ledger.store.readings import StoredReading
from ledger.times import time_text

lists = Resource("feeds", __name__, url_prefix="/v1/feeds", description="The published lists that are read")


def _count(description: str) -> fields.Integer:
    return fields.Integer(required=True, metadata={"description": description, "minimum": 0})


class ReadingShown(Schema):
    published_on = fields.String(required=True, metadata={"description": "Its day", "format": "date"})
    sha256 = fields.String(required=True, metadata={"description": "Of its file; of several, of what sha256sum prints"})
    recorded_at = fields.String(required=True, metadata={"description": "When it was read", "format": "date-time"})
    recorded_by = fields.String(required=True, metadata={"description": "By whom"})
    entries = _count("On the list")
    new = _count("Entries that are on it, and were not before")
    gone = _count("Entries that were on it, and are no more")
    changed = _count("Those listed of whom something else changed")
    left = _count("Changes of listing dates that contradict the earlier readings: they were left as they were")
    impossible = _count("Changes that do not fit what somebody else has recorded: they were not recorded")
    events = _count("What was appended")
    first_sequence = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The first event; null where there is none"}
    )
    last_sequence = fields.Integer(required=True, allow_none=True, metadata={"description": "The last event"})


class FeedShown(Schema):
    feed = fields.String(required=True, metadata={"description": "Its name, as in `retorsion import FEED`"})
    title = fields.String(required=True)
    publisher = fields.String(required=True)
    imposed_by = fields.String(required=True, metadata={"description": "Whose measures they are"})
    licence = fields.String(required=True, metadata={"description": "Under which the list may be used"})
    readings = fields.List(
        fields.Nested(ReadingShown), required=True, metadata={"description": "All of them, the newest first"}
    )


class FeedsShown(Schema):
    items = fields.List(fields.Nested(FeedShown), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Null: these are all"})


@lists.get("")
@lists.response(200, FeedsShown, headers=doc.EVENT_HEADERS)
@lists.arguments(Query, location="query")
@doc.may_answer(lists, 304)
def get_feeds(_query: dict[str, Any]) -> Response:
    """Every feed with its readings: day, hash, counts, events, and when it was read."""
    require_reading()
    read = {name: list(found) for name, found in groupby(ledger().readings(), key=lambda reading: reading.feed)}
    items = [_shown(feed, read.get(name, [])) for name, feed in feeds().items()]
    return answer(orjson.dumps({"items": items, "next": None}))


def _shown(feed: Feed, readings: list[StoredReading]) -> dict[str, Any]:
    return {
        "feed": feed.name,
        "title": feed.title,
        "publisher": feed.publisher,
        "imposed_by": f"actor:{feed.imposer}",
        "licence": feed.licence,
        "readings": [_reading_shown(reading) for reading in readings],
    }


def _reading_shown(reading: StoredReading) -> dict[str, Any]:
    counts = reading.counts
    return {
        "published_on": reading.published_on,
        "sha256": reading.sha256,
        "recorded_at": time_text(reading.recorded_at),
        "recorded_by": reading.recorded_by,
        "entries": counts.entries,
        "new": counts.new,
        "gone": counts.gone,
        "changed": counts.changed,
        "left": counts.left,
        "impossible": counts.impossible,
        "events": counts.events,
        "first_sequence": reading.first_sequence,
        "last_sequence": reading.last_sequence,
    }
