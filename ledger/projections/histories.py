"""What is told of one subject from its first event on: its history, and what set each member of its terms."""

from dataclasses import dataclass
from typing import Any

from ledger.domain.corrections import Record
from ledger.domain.events import kind_of
from ledger.domain.history import Change, changes_of, trace_of
from ledger.store.events import Stored, told_in, told_of
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class Recounted:
    """An event, what it changed, and by which sequences it is corrected and retracted."""

    stored: Stored
    changes: list[Change]
    corrected_by: int | None
    retracted_by: int | None


def history_of(session: Session, subject: str) -> list[Recounted]:
    """Every event of `subject`, in the order of recording, as it is known now."""
    rows = session.rows(
        "SELECT sequence, leaf, leaf_hash FROM events WHERE subject = :subject ORDER BY sequence", subject=subject
    )
    stored = [Stored(*row) for row in rows]
    record = Record(told_in(event.leaf) for event in stored)
    changes = changes_of(kind_of(subject), record)
    return [
        Recounted(event, changes[event.sequence], standing.corrected_by, standing.retracted_by)
        for event in stored
        for standing in (record.standings[event.sequence],)
    ]


def traced(session: Session, subject: str, day: int, sequence: int) -> dict[str, Any] | None:
    """For each member of the terms of `subject` on `day` as known at `sequence`, which event set it."""
    record = Record(told_of(session, [subject], sequence + 1)[subject])
    return trace_of(kind_of(subject), record.entries(), day)


def times_learned(session: Session, subject: str) -> list[tuple[int, int]]:
    """Each time, in microseconds, at which something of `subject` was recorded, and the last sequence of that batch."""
    return session.rows(
        "SELECT recorded_at, max(sequence) FROM events"
        " WHERE recorded_at IN (SELECT recorded_at FROM events WHERE subject = :subject)"
        " GROUP BY recorded_at ORDER BY recorded_at",
        subject=subject,
    )
