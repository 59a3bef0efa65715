"""The readings of published lists, and what was said last of each entry: what the next reading is compared with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from ledger.domain.dates import day_text, parse_day
from ledger.domain.values import LARGEST_INTEGER
from ledger.store.session import Session
from ledger.store.tables import entries as entries_table
from ledger.store.tables import readings as readings_table


@dataclass(frozen=True, slots=True)
class Group:
    """What is published as one, as it was read last: a whole list, or an act."""

    published_on: str
    entries: int
    touched_on: str
    """The day of the last reading that had anything of it: what amends it, or the whole."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a reading came to, counted."""

    entries: int
    """On the list."""
    new: int
    gone: int
    changed: int
    left: int
    """Changes of listing dates that would contradict the earlier readings."""
    impossible: int
    """Changes that do not fit what somebody else has recorded."""
    events: int


@dataclass(frozen=True, slots=True)
class StoredReading:
    """A reading that was recorded."""

    feed: str
    number: int
    published_on: str
    sha256: str
    recorded_at: int
    recorded_by: str
    counts: Counts
    whole: Mapping[str, Group]
    """Every group that was ever read whole, as it was then."""
    first_sequence: int | None
    last_sequence: int | None


@dataclass(slots=True)
class Entry:
    """What was said last of an entry: of a target, whose subject is an actor, or of a listing, which is a measure."""

    subject: str
    stands: bool
    said: bytes
    spell: bytes | None = None


_COLUMNS = "feed, number, published_on, sha256, recorded_at, recorded_by, counts, whole, first_sequence, last_sequence"


def newest_reading(session: Session, feed: str) -> StoredReading | None:
    """The newest reading of a feed."""
    row = session.row(
        f"SELECT {_COLUMNS} FROM readings WHERE feed = :feed ORDER BY number DESC LIMIT 1",
        feed=feed,
    )
    return _stored(row) if row else None


def all_readings(session: Session) -> list[StoredReading]:
    """Every reading, by feed, the newest first."""
    return [_stored(row) for row in session.rows(f"SELECT {_COLUMNS} FROM readings ORDER BY feed, number DESC")]


def readings_by(session: Session, sequence: int, feeds: Iterable[str]) -> dict[str, StoredReading]:
    """The newest reading of each of `feeds`, of those that were recorded before the event after that sequence."""
    end = session.value("SELECT recorded_at FROM events WHERE sequence = :next", next=sequence + 1)
    rows = session.rows(
        f"""
        SELECT {_COLUMNS} FROM {session.listed("feeds")} AS wanted CROSS JOIN readings AS r
        WHERE r.feed = wanted.value AND r.number = (
            SELECT number FROM readings WHERE feed = wanted.value AND recorded_at < :end ORDER BY number DESC LIMIT 1)
        """,
        feeds=session.listing(feeds),
        end=LARGEST_INTEGER if end is None else end,
    )
    return {reading.feed: reading for reading in map(_stored, rows)}


def entries_of(session: Session, feed: str) -> dict[str, Entry]:
    """What was said last of each entry of a feed, by its subject."""
    rows = session.rows("SELECT subject, stands, said, spell FROM entries WHERE feed = :feed", feed=feed)
    return {subject: Entry(subject, bool(stands), said, spell) for subject, stands, said, spell in rows}


def store_reading(session: Session, reading: StoredReading) -> None:
    """Record a reading."""
    session.insert(
        readings_table,
        [
            (
                reading.feed,
                reading.number,
                parse_day(reading.published_on),
                reading.sha256,
                reading.recorded_at,
                reading.recorded_by,
                orjson.dumps(reading.counts),
                orjson.dumps(reading.whole),
                reading.first_sequence,
                reading.last_sequence,
            )
        ],
    )


def store_entries(session: Session, feed: str, new: Sequence[Entry], changed: Iterable[Entry]) -> None:
    """Keep what was said: of entries that were never there before, and of others."""
    session.insert(entries_table, sorted((each.subject, feed, each.stands, each.said, each.spell) for each in new))
    session.run_each(
        "UPDATE entries SET stands = ?, said = ?, spell = ? WHERE subject = ?",
        [(each.stands, each.said, each.spell, each.subject) for each in changed],
    )


def _stored(row: tuple[Any, ...]) -> StoredReading:
    feed, number, published_on, sha256, recorded_at, recorded_by, counts, whole, first, last = row
    day = day_text(published_on)
    assert day, "a reading has a day"
    return StoredReading(
        feed,
        number,
        day,
        sha256,
        recorded_at,
        recorded_by,
        Counts(**orjson.loads(counts)),
        {name: Group(**group) for name, group in orjson.loads(whole).items()},
        first,
        last,
    )
