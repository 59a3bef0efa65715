"""Rebuilding the projections from the events alone, beside the live ones.

They are built anew in a database of their own, a temporary SQLite file, batch by batch as they came; then compared row
for row and, unless that is all that was asked for, put in place of the live ones in one transaction.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Table

from ledger.projections.batch import Batch, Writing
from ledger.projections.words import forget_words, store_words
from ledger.store.database import Database
from ledger.store.events import Event, head_of, held_head, replayed, told_of
from ledger.store.schema import migrate
from ledger.store.session import Row, Session
from ledger.store.tables import PROJECTIONS
from ledger.store.writer import Writer


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is only in the live projections, or only in those rebuilt."""

    table: str
    live: Row | None
    rebuilt: Row | None


def rebuild(database: Database, writer: Writer, *, check: bool) -> list[Difference]:
    """How the live projections differ from those rebuilt; unless `check`, these are put in their place."""
    with TemporaryDirectory(prefix="retorsion-rebuild-") as folder:
        beside = Database(f"sqlite:///{Path(folder, 'projections.db')}")
        try:
            migrate(beside)
            with database.reading() as live:
                built = head_of(live).sequence
                _replay(live, beside, 1, built)
                differences = list(_differences(live, beside)) if check else []
            if not check:
                differences = writer.write(lambda live: _swap(live, beside, built))
        finally:
            beside.close()
    return differences


def _replay(live: Session, beside: Database, first: int, last: int) -> None:
    events = replayed(live, first, last)
    with beside.writing() as session:
        for _, together in groupby(events, key=lambda event: event.recorded_at):
            _project(session, live, list(together))


def _project(session: Session, live: Session, events: list[Event]) -> None:
    batch = Batch(session, lambda subjects: told_of(live, subjects, events[0].sequence))
    batch.look_up([event.subject for event in events], [])
    for event in events:
        batch.subjects[event.subject].told.append((event.told, event.day or 0))
    batch.read_records()
    clashes = batch.fold()
    assert not clashes, f"stored events that cannot stand: {clashes}"
    writing = Writing(session)
    writing.add(batch, events[-1].sequence)
    writing.write()


def _swap(live: Session, beside: Database, built: int) -> list[Difference]:
    _replay(live, beside, built + 1, held_head(live)[0].sequence)
    differences = list(_differences(live, beside))
    with beside.reading() as rebuilt:
        for table in PROJECTIONS:
            live.run(f"DELETE FROM {table.name}")
            for rows in _in_parts(_ordered(rebuilt, table)):
                live.insert(table, rows)
    forget_words(live)
    store_words(live, 0, head_of(live).sequence)
    return differences


def _differences(live: Session, beside: Database) -> Iterator[Difference]:
    with beside.reading() as rebuilt:
        for table in PROJECTIONS:
            yield from _unlike(table, _ordered(live, table), _ordered(rebuilt, table))


def _unlike(table: Table, live: Iterator[Row], rebuilt: Iterator[Row]) -> Iterator[Difference]:
    """Both are in the order of the primary key."""
    width = len(table.primary_key.columns)
    left, right = next(live, None), next(rebuilt, None)
    while left or right:
        if left == right:
            left, right = next(live, None), next(rebuilt, None)
            continue
        left_key, right_key = (row[:width] if row else None for row in (left, right))
        only_live = right_key is None or (left_key is not None and left_key < right_key)
        only_rebuilt = left_key is None or (right_key is not None and right_key < left_key)
        yield Difference(table.name, None if only_rebuilt else left, None if only_live else right)
        left = left if only_rebuilt else next(live, None)
        right = right if only_live else next(rebuilt, None)


def _ordered(session: Session, table: Table) -> Iterator[Row]:
    keys = ", ".join(column.name for column in table.primary_key.columns)
    for row in session.stream(f"SELECT * FROM {table.name} ORDER BY {keys}"):
        yield tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


def _in_parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for row in rows:
        part.append(row)
        if len(part) == 1000:
            yield part
            part = []
    if part:
        yield part
