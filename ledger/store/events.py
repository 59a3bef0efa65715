"""The events as they are stored, and how they are read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from ledger.domain.corrections import Told
from ledger.domain.events import kind_of
from ledger.store.session import Row, Session
from ledger.store.tables import events as events_table


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event: its sequence and its time in microseconds; both 0 in an empty ledger."""

    sequence: int
    recorded_at: int


@dataclass(slots=True)
class Event:
    """An event that was given its place."""

    sequence: int
    subject: str
    version: int
    type: str
    day: int | None
    recorded_at: int
    leaf: bytes
    leaf_hash: bytes
    told: Told

    @property
    def kind(self) -> str:
        """The kind of its subject."""
        return kind_of(self.subject)


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it was stored: the bytes that were hashed, and their hash."""

    sequence: int
    leaf: bytes
    leaf_hash: bytes

    def json(self) -> bytes:
        """The event as an answer shows it: its leaf, and the leaf's hash in hexadecimal."""
        return b'%s,"leaf_hash":"%s"}' % (self.leaf[:-1], self.leaf_hash.hex().encode())


def head_of(session: Session) -> Head:
    """The newest event."""
    row = session.row("SELECT sequence, recorded_at FROM appending")
    assert row, "the migration puts the one row of `appending` in"
    return Head(*row)


def held_head(session: Session) -> tuple[Head, bytes, int]:
    """The newest event, the right edge of the tree, and up to which event the words are indexed.

    Nobody else appends until this transaction ends.
    """
    held = " FOR UPDATE" if session.dialect == "postgresql" else ""
    row = session.row("SELECT sequence, recorded_at, edge, words_to FROM appending" + held)
    assert row, "the migration puts the one row of `appending` in"
    sequence, recorded_at, edge, words_to = row
    return Head(sequence, recorded_at), bytes(edge), words_to


def store_events(session: Session, events: Sequence[Event], edge: bytes) -> None:
    """Store `events`, the next ones in the order of their sequences, with which the tree has that right edge."""
    session.insert(
        events_table,
        [(e.sequence, e.subject, e.version, e.type, e.day, e.recorded_at, e.leaf, e.leaf_hash) for e in events],
    )
    newest = events[-1]
    session.run(
        "UPDATE appending SET sequence = :sequence, recorded_at = :recorded_at, edge = :edge",
        sequence=newest.sequence,
        recorded_at=newest.recorded_at,
        edge=edge,
    )


def stored_between(session: Session, first: int, last: int) -> list[Stored]:
    """The events with sequences from `first` to `last`, both included."""
    rows = session.rows(
        "SELECT sequence, leaf, leaf_hash FROM events WHERE sequence BETWEEN :first AND :last ORDER BY sequence",
        first=first,
        last=last,
    )
    return [Stored(*row) for row in rows]


def stored_of(session: Session, sequences: Iterable[int]) -> dict[int, Stored]:
    """The events with those sequences, by sequence."""
    rows = session.rows(
        f"SELECT sequence, leaf, leaf_hash FROM events WHERE sequence IN {session.listed_integers('sequences')}",
        sequences=session.listing(sequences),
    )
    return {row[0]: Stored(*row) for row in rows}


def told_of(session: Session, subjects: Iterable[str], before: int) -> dict[str, list[Told]]:
    """What was told of each of `subjects` by events with sequences less than `before`, in their order."""
    return {subject: list(map(told_in, leaves)) for subject, leaves in leaves_of(session, subjects, before).items()}


def leaves_of(session: Session, subjects: Iterable[str], before: int) -> dict[str, list[bytes]]:
    """The events of each of `subjects` with sequences less than `before`, in their order, as they were hashed."""
    leaves: dict[str, list[bytes]] = {subject: [] for subject in subjects}
    rows = session.rows(
        f"SELECT subject, leaf FROM events WHERE subject IN {session.listed('subjects')} AND sequence < :before"
        " ORDER BY sequence",
        subjects=session.listing(leaves),
        before=before,
    )
    for subject, leaf in rows:
        leaves[subject].append(leaf)
    return leaves


def subjects_since(session: Session, after: int, last: int) -> list[str]:
    """The subjects of the events after that sequence, up to the last."""
    rows = session.rows(
        "SELECT DISTINCT subject FROM events WHERE sequence > :after AND sequence <= :last", after=after, last=last
    )
    return [subject for (subject,) in rows]


def told_in(leaf: bytes) -> Told:
    """What the event with those bytes tells."""
    event = orjson.loads(leaf)
    return Told(event["sequence"], event["type"], event["effective_on"], event["data"] or {})


def replayed(session: Session, first: int, last: int) -> Iterator[Event]:
    """The stored events from `first` to `last`, both included, each as it was when it was appended."""
    return map(_event, session.stream(_EVENTS_BETWEEN, first=first, last=last))


def events_between(session: Session, first: int, last: int) -> list[Event]:
    """The same, all at once."""
    return list(map(_event, session.rows(_EVENTS_BETWEEN, first=first, last=last)))


_EVENTS_BETWEEN = """
    SELECT sequence, subject, version, type, day, recorded_at, leaf, leaf_hash FROM events
    WHERE sequence BETWEEN :first AND :last ORDER BY sequence
"""


def _event(row: Row) -> Event:
    sequence, subject, version, type_, day, recorded_at, leaf, leaf_hash = row
    return Event(sequence, subject, version, type_, day, recorded_at, leaf, leaf_hash, told_in(leaf))


def first_heard(session: Session, subject: str) -> int | None:
    """The time, in microseconds, of the first event on `subject`; None where there is none."""
    found: int | None = session.value(
        "SELECT recorded_at FROM events WHERE subject = :subject ORDER BY sequence LIMIT 1", subject=subject
    )
    return found


def version_at(session: Session, subject: str, sequence: int) -> int:
    """The version of `subject` at `sequence`; 0 where it was not known yet."""
    version = session.value(
        "SELECT version FROM events WHERE subject = :subject AND sequence <= :sequence ORDER BY sequence DESC LIMIT 1",
        subject=subject,
        sequence=sequence,
    )
    return version or 0


def recorded_times(session: Session, subjects: Iterable[str], sequence: int) -> dict[str, tuple[int, int]]:
    """When the first and the newest event of each of `subjects` were recorded, of those known at `sequence`."""
    first, newest = (
        f"SELECT recorded_at FROM events WHERE subject = wanted.value AND sequence <= :sequence"
        f" ORDER BY sequence {order} LIMIT 1"
        for order in ("", "DESC")
    )
    rows = session.rows(
        f"SELECT wanted.value, ({first}), ({newest}) FROM {session.listed('subjects')} AS wanted",
        subjects=session.listing(subjects),
        sequence=sequence,
    )
    return {subject: (first, newest) for subject, first, newest in rows if first is not None}


def last_of_init(session: Session) -> int:
    """The last event that `init` recorded, with the first batch of all: the built-in actors. 0 in an empty ledger."""
    last = session.value(
        "SELECT max(sequence) FROM events WHERE recorded_at = (SELECT recorded_at FROM events WHERE sequence = 1)"
    )
    return last or 0


def subjects_between(session: Session, first: int, last: int) -> list[str]:
    """The subjects of the events with sequences from `first` to `last`, both included; none twice."""
    rows = session.rows(
        "SELECT DISTINCT subject FROM events WHERE sequence BETWEEN :first AND :last", first=first, last=last
    )
    return [subject for (subject,) in rows]


def times_of(session: Session, sequences: Iterable[int]) -> dict[int, int]:
    """When each of some events was recorded."""
    rows = session.rows(
        f"SELECT sequence, recorded_at FROM events WHERE sequence IN {session.listed_integers('sequences')}",
        sequences=session.listing(sequences),
    )
    return dict(rows)


def leaf_of_version(session: Session, subject: str, version: int) -> bytes | None:
    """The event that is the one with that version in the stream of `subject`; None where there is none."""
    return session.value(  # type: ignore[no-any-return]
        "SELECT leaf FROM events WHERE subject = :subject ORDER BY sequence LIMIT 1 OFFSET :before",
        subject=subject,
        before=version - 1,
    )
