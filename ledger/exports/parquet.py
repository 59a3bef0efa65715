"""`parquet`: every event, and all that was ever known to hold when, in columns for DuckDB, pandas, Polars and Spark.

`events/year=…/events.parquet`: by the year in which they were recorded, in the order of their sequences.
`states/states.parquet`: a row for each rectangle, by subject and day. Over the days from `valid_from` to before
`valid_to`, that is what was known from `known_from` to before `known_to`. Where a span has no beginning or no end there
is NULL, and where a subject has not begun there is no row.

What was recorded after the sequence that is asked for is in neither; `at` makes no difference, for all days are there.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import orjson
import pyarrow as pa
from pyarrow import parquet as pq

from ledger.domain.dates import EVER, FOREVER
from ledger.domain.events import kind_of
from ledger.exports.snapshot import Part, Snapshot
from ledger.exports.states import target_names
from ledger.projections.lists import When
from ledger.projections.states import Rectangle, rectangles_of
from ledger.store.events import Event, events_between, times_of
from ledger.store.session import Session

_TIME = pa.timestamp("us", tz="UTC")
_NAMES = pa.list_(pa.string())
EVENTS = pa.schema(
    [
        ("sequence", pa.int64()),
        ("subject", pa.string()),
        ("kind", pa.string()),
        ("version", pa.int32()),
        ("type", pa.string()),
        ("effective_on", pa.string()),
        ("effective_from", pa.date32()),
        ("recorded_at", _TIME),
        ("recorded_by", pa.string()),
        ("data", pa.string()),
        ("sources", pa.string()),
        ("comment", pa.string()),
        ("leaf_hash", pa.string()),
    ]
)
STATES = pa.schema(
    [
        ("subject", pa.string()),
        ("kind", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("known_from", _TIME),
        ("known_to", _TIME),
        ("known_from_sequence", pa.int64()),
        ("known_to_sequence", pa.int64()),
        ("status", pa.string()),
        ("status_since", pa.date32()),
        ("dating", pa.string()),
        ("imposer", _NAMES),
        ("target", _NAMES),
        ("programme", _NAMES),
        ("terms", pa.string()),
        ("suspension", pa.string()),
        ("merged_into", pa.string()),
    ]
)

Row = tuple[Any, ...]

_EVENTS_AT_ONCE = 250
_ROWS_AT_ONCE = 10_000
_BYTES_AT_ONCE = 4 << 20
"""How much is kept before it is written as one row group: so many rows, or so much text."""
_EPOCH = date(1970, 1, 1).toordinal()


class File(NamedTuple):
    """A file of the export: its place in the folder, its columns, and its row groups, each with what it stands for."""

    path: str
    schema: pa.Schema
    groups: Iterator[tuple[pa.RecordBatch, int]]


def files_of(snapshot: Snapshot) -> Iterator[File]:
    """The files, each to be read to its end before the next."""
    for year, parts in groupby(_event_rows(snapshot), key=lambda part: part[0]):
        yield File(f"events/year={year}/events.parquet", EVENTS, _groups(EVENTS, (part[1:] for part in parts)))
    yield File("states/states.parquet", STATES, _groups(STATES, snapshot.walked(_state_rows)))


def zip_of(snapshot: Snapshot) -> Iterator[Part]:
    """The files in a ZIP archive, which does not compress what is compressed already."""
    written = _Written()
    with ZipFile(written, "w", ZIP_STORED) as archive:
        for file in files_of(snapshot):
            with (
                archive.open(ZipInfo(file.path), "w", force_zip64=True) as member,
                pq.ParquetWriter(member, file.schema) as writer,
            ):
                for group, done in file.groups:
                    writer.write_batch(group)
                    yield Part(written.taken(), done)
    yield Part(written.taken())


def write_folder(snapshot: Snapshot, folder: Path) -> Iterator[Part]:
    """Write the files below `folder`, as the parts that come, which have no bytes, are asked for."""
    for file in files_of(snapshot):
        path = folder / file.path
        path.parent.mkdir(parents=True)
        with pq.ParquetWriter(path, file.schema) as writer:
            for group, done in file.groups:
                writer.write_batch(group)
                yield Part(b"", done)


class _Written:
    """What was written and is to be sent on: a file that nobody can go back in."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """There is nothing behind it."""

    def close(self) -> None:
        """Nor is it closed."""

    def taken(self) -> bytes:
        """What has come since this was last asked for."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def _groups(schema: pa.Schema, parts: Iterator[tuple[Sequence[Row], int]]) -> Iterator[tuple[pa.RecordBatch, int]]:
    rows: list[Row] = []
    size = done = 0
    for some, stands_for in parts:
        rows += some
        size += sum(len(value) for row in some for value in row if isinstance(value, str))
        done += stands_for
        if len(rows) >= _ROWS_AT_ONCE or size >= _BYTES_AT_ONCE:
            yield _batch(schema, rows), done
            rows, size, done = [], 0, 0
    if rows or done:
        yield _batch(schema, rows), done


def _batch(schema: pa.Schema, rows: Sequence[Row]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.RecordBatch.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


# ------------------------------------------------------------------------------------------------------------ events


def _event_rows(snapshot: Snapshot) -> Iterator[tuple[int, list[Row], int]]:
    """The years in their order, each with rows of its events, some at a time, and how many they are."""
    after = 0
    while after < snapshot.sequence:
        last = min(after + _EVENTS_AT_ONCE, snapshot.sequence)
        with snapshot.reading() as session:
            events = events_between(session, after + 1, last)
        for year, its in groupby(events, key=lambda event: _year(event.recorded_at)):
            rows = [_event_row(event) for event in its]
            yield year, rows, len(rows)
        after = last


def _year(microseconds: int) -> int:
    return datetime.fromtimestamp(microseconds // 1_000_000, UTC).year


def _event_row(event: Event) -> Row:
    told = orjson.loads(event.leaf)
    return (
        event.sequence,
        event.subject,
        event.kind,
        event.version,
        event.type,
        told["effective_on"],
        None if event.day is None else event.day - _EPOCH,
        event.recorded_at,
        told["recorded_by"],
        _json(told["data"]),
        _json(told["sources"]),
        told["comment"],
        event.leaf_hash.hex(),
    )


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


# ------------------------------------------------------------------------------------------------------------ states


def _state_rows(session: Session, when: When, subjects: list[str]) -> list[Row]:
    rectangles = [
        each for each in rectangles_of(session, subjects, when.knowledge.sequence) if each.held.status != "none"
    ]
    sequences = {each.known_from for each in rectangles} | {each.known_to for each in rectangles if each.known_to}
    times = times_of(session, sequences)
    return [_state_row(each, times) for each in rectangles]


def _state_row(rectangle: Rectangle, times: dict[int, int]) -> Row:
    held, known_from, known_to = rectangle
    state = held.state
    terms = state.known_terms()
    return (
        held.subject,
        kind_of(held.subject),
        _day(held.valid_from),
        _day(held.valid_to),
        times[known_from],
        None if known_to is None else times[known_to],
        known_from,
        known_to,
        held.status,
        _day(held.status_since),
        "exact" if held.exact else "approximate",
        terms.get("imposed_by"),
        target_names(terms) if "targets" in terms else None,
        terms.get("programmes"),
        held.terms.decode() if held.terms else None,
        _json(state.suspension or list(state.suspensions) or None),
        state.merged_into,
    )


def _day(day: int) -> int | None:
    return day - _EPOCH if EVER < day < FOREVER else None
