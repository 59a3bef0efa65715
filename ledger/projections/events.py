"""The feed of events, filtered: by sequence, so that whoever follows it misses none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.projections.words import WORDS_TO, event_found_by, event_names, indexed_with, matching, words_in
from ledger.store.events import Stored
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class Filters:
    """Which events are wanted. `…_from` is included, `…_to` is not; days are ordinals, times microseconds."""

    subject: str | None = None
    subject_kind: str | None = None
    type: str | None = None
    actor: str | None = None
    recorded_from: int | None = None
    recorded_to: int | None = None
    effective_from: int | None = None
    effective_to: int | None = None
    q: str | None = None


_CONDITIONS = {
    "subject": "e.subject = :subject",
    "subject_kind": "e.subject >= :subject_kind || ':' AND e.subject < :subject_kind || ';'",
    "type": "e.type = :type",
    "recorded_from": "e.recorded_at >= :recorded_from",
    "recorded_to": "e.recorded_at < :recorded_to",
    "effective_from": "e.day >= :effective_from",
    "effective_to": "e.day < :effective_to",
}


def feed(session: Session, filters: Filters, after: int, limit: int) -> Sequence[Stored]:
    """The first `limit` events that come after the sequence `after` and pass `filters`."""
    bound = {name: value for name in _CONDITIONS if (value := getattr(filters, name)) is not None}
    conditions = [_CONDITIONS[name] for name in bound]
    every = _Reading("events AS e WHERE e.sequence > :after", conditions, bound, limit)
    words, actor = words_in(filters.q or ""), filters.actor
    whole = words_in(f"{filters.type or ''} {actor or ''}")
    if not words and not whole:
        return every.read(session, after)

    def accepts(event: Stored) -> bool:
        return (actor is None or event_names(actor, event.leaf)) and event_found_by(words, event.leaf)

    bound["words"] = matching(session, beginning=words, whole=whole)
    source = f"({indexed_with(session, 'words')}) AS w CROSS JOIN events AS e WHERE w.sequence > :after"
    indexed = _Reading(source, ["e.sequence = w.sequence", *conditions], bound, limit)
    found = indexed.accepted(session, after, accepts)
    if len(found) < limit:
        found += every.accepted(session, max(after, session.value(WORDS_TO)), accepts)
    return found[:limit]


@dataclass(frozen=True, slots=True)
class _Reading:
    """Events from `source`, which has those after a sequence, that meet `conditions`, a page at a time."""

    source: str
    conditions: Sequence[str]
    bound: Mapping[str, Any]
    limit: int

    def read(self, session: Session, after: int) -> list[Stored]:
        """The next page."""
        conditions = "".join(f" AND {condition}" for condition in self.conditions)
        order = "w.sequence" if "AS w" in self.source else "e.sequence"
        sql = f"SELECT e.sequence, e.leaf, e.leaf_hash FROM {self.source}{conditions} ORDER BY {order} LIMIT :limit"
        return [Stored(*row) for row in session.rows(sql, after=after, limit=self.limit, **self.bound)]

    def accepted(self, session: Session, after: int, accepts: Callable[[Stored], bool]) -> list[Stored]:
        """So many of those that are accepted as one page has, or all."""
        found: list[Stored] = []
        while len(found) < self.limit:
            page = self.read(session, after)
            found += filter(accepts, page)
            if len(page) < self.limit:
                break
            after = page[-1].sequence
        return found
