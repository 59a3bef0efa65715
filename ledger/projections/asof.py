"""As of which day, and as known at which sequence, a question is asked (domain.md, folding, 1)."""

from dataclasses import dataclass

from ledger.domain.rectangles import OPEN, path
from ledger.store.events import Head
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What was known: all events up to `sequence`, of a ledger whose newest is `newest`.

    `recorded_at` is the time of that sequence in microseconds, None before the first event.
    """

    sequence: int
    recorded_at: int | None
    newest: int

    @property
    def nodes(self) -> list[int]:
        """Where the rectangles that were known then are filed."""
        return [OPEN] if self.sequence == self.newest else path(self.sequence, self.newest)


def known_now(head: Head) -> Knowledge:
    """All that is known."""
    return Knowledge(head.sequence, head.recorded_at if head.sequence else None, head.sequence)


def known_at_time(session: Session, head: Head, microseconds: int) -> Knowledge:
    """What was known at that time: every event recorded by then."""
    if head.sequence == 0 or microseconds >= head.recorded_at:
        return known_now(head)
    row = session.row(
        "SELECT sequence, recorded_at FROM events WHERE recorded_at <= :at"
        " ORDER BY recorded_at DESC, sequence DESC LIMIT 1",
        at=microseconds,
    )
    return Knowledge(row[0], row[1], head.sequence) if row else Knowledge(0, None, head.sequence)


def known_at_sequence(session: Session, head: Head, sequence: int) -> Knowledge | None:
    """What was known once that event was: in the middle of a batch, all of the batch. None beyond the newest."""
    if sequence > head.sequence:
        return None
    if sequence == 0:
        return Knowledge(0, None, head.sequence)
    recorded_at = session.value("SELECT recorded_at FROM events WHERE sequence = :sequence", sequence=sequence)
    return known_at_time(session, head, recorded_at)
