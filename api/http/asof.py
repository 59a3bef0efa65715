"""As of: which day, and as known when, a request asks for (contract.md, HTTP; RFC 7089 for `Accept-Datetime`)."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date, parse_date

from api.http.answering import link_to
from api.http.problems import invalid_parameters
from api.http.queries import Count, Day, Moment, Query, today, unreadable
from ledger.domain.dates import day_text
from ledger.projections.asof import Knowledge, known_at_sequence, known_at_time, known_now
from ledger.projections.lists import When
from ledger.schemas.answers import as_of_members, known_at_text
from ledger.store.events import head_of
from ledger.store.session import Session
from ledger.times import seconds, time_text


class KnownQuery(Query):
    """As known when."""

    known_at = Moment(metadata={"type": "string", "description": "As known at this time (RFC 3339), or to the end of this day, UTC"})
    known_at_sequence = Count(0, metadata={"type": "integer", "minimum": 0, "description": "As known once this event was recorded; 0 is before everything"})  # fmt: skip


class AsOfQuery(KnownQuery):
    """As of which day, and as known when."""

    at = Day(metadata={"type": "string", "format": "date", "description": "The day in the world; today in UTC unless given"})


@dataclass(frozen=True, slots=True)
class AsOf:
    """What a request asks for, and how its answer says so."""

    when: When
    known_at: str | None
    immutable: bool
    """Whether nothing that is recorded later can change the answer."""
    memento: int | None
    """The time, in microseconds, for which what was known is fixed; None where it is not."""

    @property
    def members(self) -> bytes:
        """`at`, `known_at` and `sequence`, as JSON members."""
        return as_of_members(self.when, self.known_at)

    @property
    def headers(self) -> dict[str, str]:
        """`Vary`, and `Memento-Datetime` where what was known is fixed."""
        headers = {"Vary": "Accept-Datetime"}
        if self.memento is not None:
            headers["Memento-Datetime"] = http_date(seconds(self.memento))
        return headers

    @property
    def pinned(self) -> dict[str, Any]:
        """The parameters with which the same answer is had again, whatever is recorded meanwhile."""
        return {"at": day_text(self.when.day), "known_at_sequence": self.when.knowledge.sequence}


def as_of(session: Session, query: dict[str, Any]) -> AsOf:
    """What `query` asks for. Raises 302 for a negotiated time, 422 for a sequence beyond the newest."""
    if "Accept-Datetime" in request.headers and "known_at" not in query and "known_at_sequence" not in query:
        raise _negotiated(query)
    knowledge, asked = _knowledge(session, query)
    given = "at" in query
    fixed = "known_at_sequence" in query or (asked is not None and knowledge.sequence < knowledge.newest)
    memento = asked if asked is not None else (knowledge.recorded_at if "known_at_sequence" in query else None)
    when = When(query["at"] if given else today(), knowledge)
    return AsOf(when, known_at_text(knowledge, asked), given and fixed, memento)


def known(session: Session, query: dict[str, Any]) -> AsOf:
    """The same where no day is asked for: the answer has all days."""
    return as_of(session, {**query, "at": 1})


def _knowledge(session: Session, query: dict[str, Any]) -> tuple[Knowledge, int | None]:
    head = head_of(session)
    if "known_at" in query:
        if "known_at_sequence" in query:
            raise invalid_parameters({"known_at_sequence": "give one of known_at and known_at_sequence"})
        return known_at_time(session, head, query["known_at"]), query["known_at"]
    if "known_at_sequence" in query:
        knowledge = known_at_sequence(session, head, query["known_at_sequence"])
        if knowledge is None:
            raise invalid_parameters({"known_at_sequence": f"the newest event is {head.sequence}"})
        return knowledge, None
    return known_now(head), None


def _negotiated(query: dict[str, Any]) -> Exception:
    asked = parse_date(request.headers["Accept-Datetime"])
    if asked is None:
        return unreadable("Accept-Datetime must be an HTTP date, as Fri, 10 Jul 2020 12:00:00 GMT")
    parameters: dict[str, Any] = {name: values for name, values in request.args.lists() if name != "at"}
    at = day_text(query["at"]) if "at" in query else asked.date().isoformat()
    known_at = time_text(int(asked.timestamp()) * 1_000_000)
    response = redirect(link_to(request.path, {**parameters, "at": at, "known_at": known_at}), 302)
    response.headers["Vary"] = "Accept-Datetime"
    return HTTPException(response=response)
