"""`/events`, `/events/{n}` and `/`: who recorded what?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from flask import request

from api.http.answering import cursor_of, link_to, place_of
from api.http.current import ledger
from api.http.events import FeedQuery
from api.http.queries import Query, parameters
from api.pages.called import Called, subjects_within
from api.pages.house import page, pages
from api.pages.inline import path_of
from api.pages.told import change_in_words, event_of
from api.pages.typed import dating_in_words
from api.pages.when import query_of
from ledger.domain.dates import FOREVER
from ledger.domain.events import kind_of
from ledger.domain.vocabulary import KINDS
from ledger.errors import NotFound
from ledger.projections.asof import known_at_sequence, known_now
from ledger.projections.events import Filters, newest
from ledger.projections.histories import history_of
from ledger.projections.lists import When, counted, having
from ledger.store.events import head_of
from ledger.times import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

    from ledger.store.events import Stored
    from ledger.store.session import Session

ROWS = 50
_NEWEST = 10
_QUERY = FeedQuery(exclude=("limit",))
_NONE = Query()


@dataclass(frozen=True, slots=True)
class Changed:
    """An event in a list of changes."""

    sequence: int
    type: str
    subject: str
    title: str
    address: str
    effective: str
    recorded_at: int
    recorded_by: str


def changed(session: Session, stored: Sequence[Stored]) -> list[Changed]:
    """Each of the events, with what its subject is called by now."""
    events = [event_of(each) for each in stored]
    called = Called(session, When(FOREVER - 1, known_now(head_of(session)))).add({event["subject"] for event in events})
    return [
        Changed(
            event["sequence"],
            event["type"],
            event["subject"],
            called(event["subject"]),
            path_of(event["subject"]),
            dating_in_words(event["effective_on"]) if event["effective_on"] else "",
            moment(event["recorded_at"]),
            event["recorded_by"],
        )
        for event in events
    ]


@pages.get("/")
def get_home() -> Response:
    """Search, counts, the newest changes."""
    query_of(_NONE)
    with ledger().reading() as session:
        head = head_of(session)
        last = newest(session, Filters(), 0, head.sequence + 1, _NEWEST)
        when = When(FOREVER - 1, known_now(head))
        counts = {kind: counted(session, having(session, when, "kind", [kind])).total() for kind in KINDS}
        return page("home.html", head=head, changes=changed(session, last), counts=counts)


@pages.get("/events")
def get_events() -> Response:
    """The changes, newest first, by the API's filters."""
    query = query_of(_QUERY)
    cursor, after = query.pop("cursor", None), query.pop("after", 0)
    with ledger().reading() as session:
        head = head_of(session)
        before = place_of(cursor, int)[0] if cursor else head.sequence + 1
        found = newest(session, Filters(**query), after, before, ROWS + 1)
        given = {name: values for name, values in parameters().items() if name != "cursor"}
        next_ = None
        if len(found) > ROWS:
            next_ = link_to(request.path, {**given, "cursor": cursor_of(found[ROWS - 1].sequence)})
        return page(
            "events.html",
            head=head, changes=changed(session, found[:ROWS]), next=next_, given=given,
            alternate=link_to("/v1/events", given),
        )  # fmt: skip


@pages.get("/events/<int:sequence>")
def get_event(sequence: int) -> Response:
    """One event: what it says, what it changed, its bytes and its proof."""
    query_of(_NONE)
    with ledger().reading() as session:
        head = head_of(session)
        knowledge = known_at_sequence(session, head, sequence) if 0 < sequence <= head.sequence else None
        if knowledge is None:
            raise NotFound(f"there is no event {sequence}: the newest is {head.sequence}")
        [stored] = newest(session, Filters(), sequence - 1, sequence + 1, 1)
        event = event_of(stored)
        recounted = next(e for e in history_of(session, event["subject"]) if e.stored.sequence == sequence)
        called = Called(session, When(FOREVER - 1, known_now(head))).add(subjects_within(event) | {event["subject"]})
        called.add({name for change in recounted.changes for name in subjects_within(change)})
        return page(
            "event.html",
            event=event, sequence=sequence, head=head, called=called, recounted=recounted,
            changes=[change_in_words(change, called) for change in recounted.changes],
            title=called(event["subject"]), address=path_of(event["subject"]), kind=kind_of(event["subject"]),
            effective=dating_in_words(event["effective_on"]) if event["effective_on"] else None,
            recorded_at=moment(event["recorded_at"]), leaf=stored.leaf.decode(), leaf_hash=stored.leaf_hash.hex(),
            read_easily=orjson.dumps(event["data"], option=orjson.OPT_INDENT_2).decode(), size=len(stored.leaf),
        )  # fmt: skip
