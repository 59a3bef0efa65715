"""What concerns an actor, read from the facets: on which days its state changes, and what was told of it last.

`ledger.projections.timelines` says also what each day changes it into, which takes far longer where there is much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.domain.dates import EVER, FOREVER
from ledger.domain.intervals import common
from ledger.projections.facets import facet
from ledger.projections.lists import When
from ledger.projections.reach import Days, ever_leading_to, read_as
from ledger.projections.states import timelines_of
from ledger.store.events import Stored

if TYPE_CHECKING:
    from ledger.domain.intervals import Intervals
    from ledger.projections.asof import Knowledge
    from ledger.store.session import Session


def turning_days(session: Session, actor: str, knowledge: Knowledge) -> list[int]:
    """The days of `ledger.projections.timelines.summaries`, but for the first, EVER."""
    days = _days(session, actor, knowledge)
    found: set[int] = set()
    for name, start, end in days.reading_as:
        for held in timelines_of(session, [name], knowledge):
            if start < held.valid_to and held.valid_from < end:
                found.add(max(start, held.valid_from))
    reached = _reached(days)
    for code, valid_from, valid_to in _spans(session, list(reached), knowledge):
        for start, end in common((valid_from, valid_to), reached[code]):
            found |= {start, end}
    return sorted(found - {EVER, FOREVER})


def newest_concerning(session: Session, actor: str, knowledge: Knowledge, limit: int) -> list[Stored]:
    """The newest events on the actor and on what it ever imposes, is subject to or is party to; newest first."""
    days = _days(session, actor, knowledge)
    subjects = session.rows(
        f"SELECT DISTINCT f.subject FROM facets AS f WHERE f.facet IN {session.listed('facets')}"
        " AND f.known_from <= :sequence",
        facets=session.listing(_reached(days)),
        sequence=knowledge.sequence,
    )
    rows = session.rows(
        f"SELECT sequence, leaf, leaf_hash FROM events WHERE subject IN {session.listed('subjects')}"
        " AND sequence <= :sequence ORDER BY sequence DESC LIMIT :limit",
        subjects=session.listing({*days.named, *(subject for (subject,) in subjects)}),
        sequence=knowledge.sequence,
        limit=limit,
    )
    return [Stored(*row) for row in rows]


def _days(session: Session, actor: str, knowledge: Knowledge) -> Days:
    at_last = read_as(session, actor, When(FOREVER - 1, knowledge))
    return Days(session, actor, knowledge, ever_leading_to(session, at_last.subject if at_last else actor, knowledge))


def _reached(days: Days) -> dict[str, Intervals]:
    """The facets that reach the actor, and on which days."""
    imposing = {facet(role, name): on for role in ("imposed_by", "parties") for name, on in days.named.items()}
    return imposing | {facet(role, name): on for role in ("targets", "related_to") for name, on in days.leading.items()}


def _spans(session: Session, codes: list[str], knowledge: Knowledge) -> list[tuple[str, int, int]]:
    """The spans of days that states with those facets have, as was known."""
    return session.rows(
        f"""
        SELECT DISTINCT f.facet, f.valid_from, CASE WHEN f.shortened_at > :sequence THEN {FOREVER} ELSE f.valid_to END
        FROM facets AS f
        WHERE f.facet IN {session.listed("facets")} AND f.known_from <= :sequence AND f.known_to > :sequence
        """,
        facets=session.listing(codes),
        sequence=knowledge.sequence,
    )
