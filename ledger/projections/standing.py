"""How one subject stood on a day, as known at a time: the question that is asked most, answered by one statement.

A statement sees one snapshot, so there need be no transaction around it; and each call into the database that is saved
is a turn that the threads of a server need not take.
"""

from dataclasses import dataclass

from ledger.projections.asof import Knowledge
from ledger.projections.states import COLUMNS, WITH_TERMS, Held
from ledger.store.session import Session

_STEPS = ", ".join(f"({step})" for step in [0, *(1 << level for level in reversed(range(53)))])
"""First what is still known, then what was known for long: that is filed at multiples of the great powers of two."""
_NOW = f"""
    SELECT h.sequence, h.recorded_at, h.sequence, u.version, {COLUMNS}
    FROM appending AS h
    JOIN subjects AS u ON u.subject = :subject
    JOIN states AS s ON s.subject = :subject AND s.node = 0 AND s.valid_from = (
        SELECT max(valid_from) FROM states WHERE subject = :subject AND node = 0 AND valid_from <= :day)
    {WITH_TERMS}
"""
_THEN = f"""
    SELECT n.sequence, n.recorded_at, n.newest, (
        SELECT version FROM events WHERE subject = :subject AND sequence <= n.sequence ORDER BY sequence DESC LIMIT 1),
        {COLUMNS}
    FROM (
        WITH steps (step) AS (VALUES {_STEPS})
        SELECT k.sequence, k.recorded_at, h.sequence AS newest,
            CASE step WHEN 0 THEN 0 ELSE k.sequence / (2 * step) * (2 * step) + step END AS node
        FROM appending AS h CROSS JOIN (
            SELECT sequence, recorded_at FROM events WHERE recorded_at <= {{time}}
            ORDER BY recorded_at DESC, sequence DESC LIMIT 1) AS k
        CROSS JOIN steps WHERE step <= h.sequence
    ) AS n CROSS JOIN states AS s {WITH_TERMS}
    WHERE s.subject = :subject AND s.node = n.node AND s.valid_from = (
        SELECT max(valid_from) FROM states WHERE subject = :subject AND node = n.node AND valid_from <= :day)
      AND s.valid_to > :day AND s.known_from <= n.sequence AND s.known_to > n.sequence
    LIMIT 1
"""
"""Node by node of `ledger.domain.rectangles.path`, each from its step, until one has the rectangle. CROSS JOIN keeps
SQLite to that order."""
_AT_TIME = _THEN.format(time=":known_at")
_AT_SEQUENCE = _THEN.format(time="(SELECT recorded_at FROM events WHERE sequence = :known_at_sequence)")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a subject stood: what was known, its version then, and what held."""

    knowledge: Knowledge
    version: int
    held: Held


def standing_on(
    session: Session, subject: str, day: int, *, known_at: int | None = None, known_at_sequence: int | None = None
) -> Standing | None:
    """How `subject` stood on `day`, as known at a time in microseconds, or once an event was, or now.

    None where it was not known, and where the ledger is not that far.
    """
    if known_at_sequence is not None:
        row = session.row(_AT_SEQUENCE, subject=subject, day=day, known_at_sequence=known_at_sequence)
    elif known_at is not None:
        row = session.row(_AT_TIME, subject=subject, day=day, known_at=known_at)
    else:
        row = session.row(_NOW, subject=subject, day=day)
    return Standing(Knowledge(*row[:3]), row[3], Held(*row[4:])) if row else None
