"""Answers to screening in the shape of yente's: feeds.md, Fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.domain.dates import day_text
from ledger.exports.entities import Entity
from ledger.feeds.lists import feeds
from ledger.garbage import nothing_collected
from ledger.projections.lists import When
from ledger.screening.entities import entities_of
from ledger.screening.queries import Query
from ledger.screening.screening import Screening
from ledger.store.readings import StoredReading, readings_by
from ledger.store.session import Session
from ledger.times import time_text

if TYPE_CHECKING:
    from ledger.screening.matching import Match, Matches


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is to be screened, and how."""

    queries: Mapping[str, Query]
    feed: str | None = None
    """None: all that the ledger holds."""
    limit: int = 5
    """How many results a query has at the most."""
    threshold: float = 0.7
    """From this score on a result is a match."""
    cutoff: float = 0.5
    """Results with less are left out."""


def responses(session: Session, screening: Screening, when: When, inquiry: Inquiry) -> dict[str, Any]:
    """The response to each query, by its name."""
    found = screening.match(
        session, when, inquiry.queries, feed=inquiry.feed, limit=inquiry.limit, cutoff=inquiry.cutoff
    )
    best = [match for matches in found.values() for match in matches.best]
    entities = entities_of(session, when, {match.actor: match.merged for match in best})
    return {name: _response(query, found[name], entities, inquiry) for name, query in inquiry.queries.items()}


def answer(
    session: Session, screening: Screening, when: When, known_at: str | None, inquiry: Inquiry
) -> dict[str, Any]:
    """The whole answer, as of a day and a knowledge; `known_at` is how that is repeated."""
    with nothing_collected():
        found = responses(session, screening, when, inquiry)
    return {
        "responses": found,
        "limit": inquiry.limit,
        "at": day_text(when.day),
        "known_at": known_at,
        "sequence": when.knowledge.sequence,
        "feeds": ages(session, when, inquiry.feed),
    }


def ages(session: Session, when: When, feed: str | None) -> dict[str, Any]:
    """When each feed that was read by then was published, and when it was read; None for `feed` where it never was."""
    known = readings_by(session, when.knowledge.sequence, feeds() if feed is None else [feed])
    shown = [name for name in feeds() if name in known] if feed is None else [feed]
    return {name: age_of(known[name]) if name in known else None for name in shown}


def age_of(reading: StoredReading) -> dict[str, str]:
    """When it was published, and when it was read."""
    return {"published_on": reading.published_on, "read_at": time_text(reading.recorded_at)}


def _response(query: Query, matches: Matches, entities: Mapping[str, Entity], inquiry: Inquiry) -> dict[str, Any]:
    return {
        "status": 200,
        "query": query.json(),
        "total": {"value": matches.total, "relation": "eq"},
        "results": [_result(match, entities[match.actor], inquiry.threshold) for match in matches.best],
    }


def _result(match: Match, entity: Entity, threshold: float) -> dict[str, Any]:
    return {
        **entity,
        "score": match.score,
        "match": match.score >= threshold,
        "explanations": {name: each._asdict() for name, each in match.explanations.items()},
        "measures": match.measures,
    }
