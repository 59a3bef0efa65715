"""As of: which day, and as known when, a request asks for (contract.md, HTTP; RFC 7089 for `Accept-Datetime`)."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from flask import redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date, parse_date

from api.http.answering import link_to
from api.http.current import header
from api.http.problems import invalid_parameters
from api.http.queries import Count, Day, Moment, Query, parameters, today, unreadable
from ledger.domain.dates import day_text
from ledger.projections.asof import Knowledge, known_at_sequence, known_at_time, known_now
from ledger.projections.lists import When
from ledger.schemas.answers import as_of_members, known_at_text
from ledger.store.events import head_of
from ledger.store.session import Session
from ledger.times import seconds

VARY = "accept-datetime"


class KnownQuery(Query):
    """As known when."""

    known_at = Moment(
        "As known at this time (RFC 3339), or to the end of this day, UTC; not together with `known_at_sequence`",
        example="2020-07-10",
    )
    known_at_sequence = Count("As known once this event was recorded; 0 is before everything", 0, example=300)


class AsOfQuery(KnownQuery):
    """As of which day, and as known when."""

    at = Day("The day in the world; today in UTC unless given", example="2020-07-10")


@dataclass(frozen=True, slots=True)
class AsOf:
    """What a request asks for, and how its answer says so."""

    when: When
    asked: int | None
    """The time that was asked for, in microseconds; None where none was."""
    immutable: bool
    """Whether nothing that is recorded later, and no later day, can change the answer."""
    memento: int | None
    """The time, in microseconds, for which what was known is fixed; None where it is not."""

    @property
    def members(self) -> bytes:
        """`at`, `known_at` and `sequence`, as JSON members."""
        return as_of_members(self.when, known_at_text(self.when.knowledge, self.asked))

    @property
    def headers(self) -> dict[str, str]:
        """`Vary`, and `Memento-Datetime` where what was known is fixed."""
        headers = {"Vary": VARY}
        if self.memento is not None:
            headers["Memento-Datetime"] = http_date(seconds(self.memento))
        return headers

    @property
    def pinned(self) -> dict[str, Any]:
        """The parameters that, with a cursor, give the rest of a list, whatever is recorded meanwhile."""
        known = {"known_at_sequence": self.when.knowledge.sequence} if self.asked is None else {}
        return {"at": day_text(self.when.day), **known}


def as_of(session: Session, query: dict[str, Any], *, pinned: int | None = None) -> AsOf:
    """What `query` asks for, with a cursor of a list that was read at the sequence `pinned`.

    Raises 302 for a negotiated time, 422 for a sequence beyond the newest.
    """
    _negotiate(query, with_day=True)
    knowledge = _knowledge(session, query, pinned)
    when = When(query["at"] if "at" in query else today(), knowledge)
    return _asked(session, query, when, day_given="at" in query)


def known(session: Session, query: dict[str, Any]) -> AsOf:
    """The same where the answer has all days, and none is asked for."""
    _negotiate(query, with_day=False)
    return _asked(session, query, When(today(), _knowledge(session, query)), day_given=False)


def _asked(session: Session, query: dict[str, Any], when: When, *, day_given: bool) -> AsOf:
    by_sequence, asked = "known_at_sequence" in query, query.get("known_at")
    fixed = by_sequence or (asked is not None and asked < head_of(session).recorded_at)
    memento = when.knowledge.recorded_at if by_sequence else asked
    return AsOf(when, asked, day_given and fixed, memento)


def _knowledge(session: Session, query: dict[str, Any], pinned: int | None = None) -> Knowledge:
    head = head_of(session)
    if "known_at" in query and "known_at_sequence" in query:
        raise invalid_parameters({"known_at_sequence": "give one of known_at and known_at_sequence"})
    sequence = query.get("known_at_sequence", pinned)
    if sequence is not None:
        knowledge = known_at_sequence(session, head, sequence)
        if knowledge is None:
            name = "known_at_sequence" if "known_at_sequence" in query else "cursor"
            raise invalid_parameters({name: f"the newest event is {head.sequence}"})
        return knowledge
    return known_at_time(session, head, query["known_at"]) if "known_at" in query else known_now(head)


def _negotiate(query: dict[str, Any], *, with_day: bool) -> None:
    """RFC 7089, pattern 1.2: where a time is asked for in the header, say which URI has what was known then."""
    text = header("Accept-Datetime")
    if text is None or "known_at" in query or "known_at_sequence" in query:
        return
    try:
        asked = parse_date(text).astimezone(UTC)  # type: ignore[union-attr]  # None has no such method either
    except (AttributeError, OverflowError):
        raise unreadable("Accept-Datetime must be an HTTP date, as Fri, 10 Jul 2020 12:00:00 GMT") from None
    spelled_out = {"known_at": asked.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")}
    if with_day and "at" not in query:
        spelled_out["at"] = asked.date().isoformat()
    response = redirect(link_to(request.path, {**parameters(), **spelled_out}), 302)
    response.headers["Vary"] = VARY
    raise HTTPException(response=response)
