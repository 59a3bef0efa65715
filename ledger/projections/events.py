"""The feed of events, filtered: by sequence, so that whoever follows it misses none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.projections.words import bound, event_found_by, sequences_with, words_in
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
    "actor": "e.sequence IN (SELECT sequence FROM event_actors WHERE actor = :actor)",
}


def feed(session: Session, filters: Filters, after: int, limit: int) -> Sequence[Stored]:
    """The first `limit` events that come after the sequence `after` and pass `filters`."""
    conditions = ["e.sequence > :after"]
    values: dict[str, Any] = {"limit": limit}
    words = words_in(filters.q or "")
    for name, condition in _CONDITIONS.items():
        value = getattr(filters, name)
        if value is not None:
            conditions.append(condition)
            values[name] = value
    for index, word in enumerate(words):
        conditions.append(f"e.sequence IN {sequences_with(session, f'word{index}')}")
        values[f"word{index}"] = bound(session, word)
    sql = (
        f"SELECT e.sequence, e.leaf, e.leaf_hash FROM events AS e WHERE {' AND '.join(conditions)}"
        " ORDER BY e.sequence LIMIT :limit"
    )
    found: list[Stored] = []
    while True:
        read = [Stored(*row) for row in session.rows(sql, after=after, **values)]
        found += [event for event in read if event_found_by(words, event.leaf)] if words else read
        if len(read) < limit or len(found) >= limit:
            return found[:limit]
        after = read[-1].sequence
