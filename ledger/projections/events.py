"""The feed of events, filtered: by sequence, so that whoever follows it misses none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
    every, indexed = _readings(session, filters, limit, after=after)
    if indexed is None:
        return every.read(session, after)
    accepts = _accepting(filters)
    found = indexed.accepted(session, after, accepts)
    if len(found) < limit:
        found += every.accepted(session, max(after, session.value(WORDS_TO)), accepts)
    return found[:limit]


def newest(session: Session, filters: Filters, after: int, before: int, limit: int) -> Sequence[Stored]:
    """The last `limit` events between the sequences `after` and `before` that pass `filters`, newest first."""
    every, indexed = _readings(session, filters, limit, after=after, newest_first=True)
    if indexed is None:
        return every.read(session, before)
    accepts = _accepting(filters)
    words_to: int = session.value(WORDS_TO)
    waiting = replace(every, bound={**every.bound, "after": max(after, words_to)})
    found = waiting.accepted(session, before, accepts)
    if len(found) < limit:
        found += indexed.accepted(session, min(before, words_to + 1), accepts)
    return found[:limit]


def _readings(
    session: Session, filters: Filters, limit: int, *, after: int, newest_first: bool = False
) -> tuple["_Reading", "_Reading | None"]:
    """How the events are read: all of them, and those that the index of words finds, where words are looked for."""
    bound = {name: value for name in _CONDITIONS if (value := getattr(filters, name)) is not None}
    conditions = [_CONDITIONS[name] for name in bound]
    if newest_first:
        bound["after"] = after
    every = _Reading("events AS e WHERE", "e.sequence", conditions, bound, limit, newest_first)
    words = words_in(filters.q or "")
    whole = words_in(f"{filters.type or ''} {filters.actor or ''}")
    if not words and not whole:
        return every, None
    match = {**bound, "words": matching(session, beginning=words, whole=whole)}
    source = f"({indexed_with(session, 'words')}) AS w CROSS JOIN events AS e WHERE e.sequence = w.sequence AND"
    return every, _Reading(source, "w.sequence", conditions, match, limit, newest_first)


def _accepting(filters: Filters) -> Callable[[Stored], bool]:
    words, actor = words_in(filters.q or ""), filters.actor

    def accepts(event: Stored) -> bool:
        return (actor is None or event_names(actor, event.leaf)) and event_found_by(words, event.leaf)

    return accepts


@dataclass(frozen=True, slots=True)
class _Reading:
    """Events from `source`, by their sequence, that meet `conditions`, a page at a time."""

    source: str
    sequence: str
    conditions: Sequence[str]
    bound: Mapping[str, Any]
    limit: int
    newest_first: bool

    def read(self, session: Session, place: int) -> list[Stored]:
        """The next page: after a place; newest first, before it."""
        within = f"{self.sequence} > :after"
        bound = {**self.bound, "before" if self.newest_first else "after": place}
        if self.newest_first:
            within += f" AND {self.sequence} < :before"
        conditions = " AND ".join([within, *self.conditions])
        order = f"{self.sequence} DESC" if self.newest_first else self.sequence
        sql = f"SELECT e.sequence, e.leaf, e.leaf_hash FROM {self.source} {conditions} ORDER BY {order} LIMIT :limit"
        return [Stored(*row) for row in session.rows(sql, limit=self.limit, **bound)]

    def accepted(self, session: Session, place: int, accepts: Callable[[Stored], bool]) -> list[Stored]:
        """So many of those that are accepted as one page has, or all."""
        found: list[Stored] = []
        while len(found) < self.limit:
            page = self.read(session, place)
            found += filter(accepts, page)
            if len(page) < self.limit:
                break
            place = page[-1].sequence
        return found
