"""The formats in which the ledger leaves, by name."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ledger.exports.delta import delta
from ledger.exports.events import ndjson, number_of_events
from ledger.exports.ftm import ftm
from ledger.exports.snapshot import Part, Snapshot
from ledger.exports.spells import DYAD_YEAR, csv_of_dyad_years, csv_of_spells
from ledger.exports.states import csv_of_states


class Form(NamedTuple):
    """As what files of a format go: their media type, and how their names end."""

    media_type: str
    ending: str


_NDJSON, _CSV = Form("application/x-ndjson", "ndjson"), Form("text/csv; charset=utf-8", "csv")

FORMATS = {
    "ndjson": _NDJSON,
    "csv": _CSV,
    "spells": _CSV,
    "ftm": _NDJSON,
    "delta": _NDJSON,
    "parquet": Form("application/zip", "zip"),
}
"""Every format."""


class Export(NamedTuple):
    """What a snapshot becomes in a format: its parts, and how much these stand for in all, where that can be known."""

    parts: Iterator[Part]
    total: Callable[[], int | None]


def export_of(name: str, snapshot: Snapshot, *, by: str | None = None, older: Snapshot | None = None) -> Export:
    """The export in the format of that name: of `spells` also counted `by` DYAD_YEAR; `delta` needs what is `older`."""
    number_of = snapshot.number_of_subjects
    match name:
        case "ndjson":
            return Export(ndjson(snapshot), lambda: number_of_events(snapshot))
        case "csv":
            return Export(csv_of_states(snapshot), number_of)
        case "spells":
            spells = csv_of_dyad_years if by == DYAD_YEAR else csv_of_spells
            return Export(spells(snapshot), lambda: number_of("measure"))
        case "ftm":
            return Export(ftm(snapshot), lambda: number_of("actor") + number_of("measure"))
        case "delta":
            assert older is not None, "a delta is between two snapshots"
            return Export(delta(older, snapshot), lambda: None)
        case _:
            from ledger.exports.parquet import zip_of  # pyarrow takes longer to import than all else here

            return Export(zip_of(snapshot), lambda: snapshot.sequence + number_of())


def parquet_folder(snapshot: Snapshot, folder: Path) -> Export:
    """`parquet` as files below `folder`: they are written as the parts, which have no bytes, are asked for."""
    from ledger.exports.parquet import write_folder

    return Export(write_folder(snapshot, folder), lambda: snapshot.sequence + snapshot.number_of_subjects())
