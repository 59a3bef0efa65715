"""`/v1/events/stream`: the feed as Server-Sent Events, first what was recorded, then live.

A stream only waits for the newest sequence to move on, and reads what came since; whatever a client missed it gets by
its `Last-Event-ID`, from whichever worker. While it waits it holds no database connection.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Condition, Thread
from typing import Any

from flask import Response, current_app

from api.http import documents as doc
from api.http.current import header, ledger, require_reading
from api.http.problems import invalid_parameters
from api.http.queries import Count, Query, Resource, unreadable
from api.serving import serving
from ledger.projections.events import Filters, feed
from ledger.service import UNAVAILABLE, Ledger
from ledger.store.events import Stored

stream = Resource("stream", __name__, url_prefix="/v1/events", description="The feed of events, live")

_LOOK_SECONDS = 0.25
_COMMENT_SECONDS = 15.0
_AT_ONCE = 500


class StreamQuery(Query):
    after = Count("Only events after this sequence; unless given, only those to come", 0, example=300)


class Watch:
    """Tells all streams of this process when there is something new. It looks only while somebody waits."""

    def __init__(self, ledger_: Ledger) -> None:
        self._ledger = ledger_
        self._changed = Condition()
        self._waiting = 0
        self._looking = False
        self._newest = 0

    def wait_beyond(self, sequence: int, seconds: float) -> bool:
        """Wait until there are events after `sequence`, for at most `seconds`. Whether there are."""
        with self._changed:
            self._waiting += 1
            if not self._looking:
                self._looking = True
                Thread(target=self._look, name="retorsion-watch", daemon=True).start()
            try:
                return self._changed.wait_for(lambda: self._newest > sequence, seconds)
            finally:
                self._waiting -= 1

    def _look(self) -> None:
        newest = 0
        while True:
            with suppress(*UNAVAILABLE):  # the streams find out by themselves
                newest = self._ledger.head().sequence
            with self._changed:
                if newest > self._newest:
                    self._newest = newest
                    self._changed.notify_all()
                if self._waiting == 0:
                    self._looking = False
                    return
            time.sleep(_LOOK_SECONDS)


@stream.get("/stream")
@stream.arguments(StreamQuery, location="query")
@doc.takes_header(
    stream,
    "Last-Event-ID",
    "The sequence of the last event that the client got; goes before `after`",
    pattern="^[0-9]{1,15}$",
)
@stream.response(
    200,
    {"type": "string"},
    content_type="text/event-stream",
    description="Server-Sent Events: `id` is the sequence, `data` the event as JSON",
)
@doc.may_answer(stream, 400)
def get_stream(query: dict[str, Any]) -> Response:
    """The feed from `Last-Event-ID` or `after`, then live. A client that reconnects misses none."""
    require_reading()
    after = _last_event_id()
    found = ledger()
    newest = found.head().sequence
    if after is None:
        after = query.get("after", newest)
    if after > newest:
        raise invalid_parameters({"after": f"the newest event is {newest}"})
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(
        _told(found, current_app.extensions["retorsion-watch"], after),
        headers=headers,
        content_type="text/event-stream",
    )


def _last_event_id() -> int | None:
    given = header("Last-Event-ID")
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 15):
        raise unreadable("Last-Event-ID must be the sequence of an event")
    return int(given)


def _told(ledger_: Ledger, watch: Watch, after: int) -> Iterator[bytes]:
    yield b": the feed of events\n\n"
    quiet_since = time.monotonic()
    while serving():
        with ledger_.reading() as session:
            found = feed(session, Filters(), after, _AT_ONCE)
        if found:
            yield b"".join(map(_message, found))
            after = found[-1].sequence
            quiet_since = time.monotonic()
        elif not watch.wait_beyond(after, 1.0) and time.monotonic() - quiet_since > _COMMENT_SECONDS:
            yield b": still here\n\n"  # so that a client that went away is noticed
            quiet_since = time.monotonic()


def _message(event: Stored) -> bytes:
    return b"id: %d\ndata: %s\n\n" % (event.sequence, event.json())
