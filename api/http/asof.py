"""As of: which day, and as known when, a request asks for (contract.md, HTTP; RFC 7089 for `Accept-Datetime`)."""

from collections.abc import Mapping
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
_KNOWN = ("known_at", "known_at_sequence")


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


@dataclass(frozen=True, slots=True)
class Question:
    """What a query asks for, before the ledger was looked at."""

    day: int
    day_given: bool
    known: Mapping[str, int]
    """`known_at`, or `known_at_sequence`, where it was given."""

    def answered(self, knowledge: Knowledge) -> AsOf:
        """What it comes to in a ledger where that is known."""
        by_sequence, asked = "known_at_sequence" in self.known, self.known.get("known_at")
        fixed = by_sequence or (asked is not None and knowledge.sequence < knowledge.newest)
        memento = knowledge.recorded_at if by_sequence else asked
        return AsOf(When(self.day, knowledge), asked, self.day_given and fixed, memento)


def question_in(query: dict[str, Any], *, with_day: bool = True) -> Question:
    """What `query` asks for; without a day where the answer has all days.

    Raises 302 for a negotiated time, 422 where it names two.
    """
    _negotiate(query, with_day=with_day)
    return _question(query)


def _question(query: dict[str, Any]) -> Question:
    known: dict[str, int] = {name: query[name] for name in _KNOWN if name in query}
    if len(known) > 1:
        raise invalid_parameters({"known_at_sequence": "give one of known_at and known_at_sequence"})
    return Question(query["at"] if "at" in query else today(), "at" in query, known)


def as_of(session: Session, query: dict[str, Any], *, pinned: int | None = None) -> AsOf:
    """What `query` asks for, with a cursor of a list that was read at the sequence `pinned`.

    Raises as `question_in` does, and 422 for a sequence beyond the newest.
    """
    question = question_in(query)
    return question.answered(_knowledge(session, question, pinned))


def as_posted(session: Session, query: dict[str, Any]) -> AsOf:
    """The same for a question that is posted: nothing is negotiated, for nobody can be sent elsewhere with a body."""
    question = _question(query)
    return question.answered(_knowledge(session, question))


def known(session: Session, query: dict[str, Any]) -> AsOf:
    """The same where the answer has all days, and none is asked for."""
    question = question_in(query, with_day=False)
    return question.answered(_knowledge(session, question))


def _knowledge(session: Session, question: Question, pinned: int | None = None) -> Knowledge:
    head = head_of(session)
    sequence = question.known.get("known_at_sequence", pinned)
    if sequence is not None:
        knowledge = known_at_sequence(session, head, sequence)
        if knowledge is None:
            name = "known_at_sequence" if "known_at_sequence" in question.known else "cursor"
            raise invalid_parameters({name: f"the newest event is {head.sequence}"})
        return knowledge
    known_at = question.known.get("known_at")
    return known_now(head) if known_at is None else known_at_time(session, head, known_at)


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
