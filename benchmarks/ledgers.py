"""Ledgers to measure on, in a temporary folder that goes with them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.practice import Posted, batches
from ledger.service import Ledger

BY = "benchmarks"
BATCH = 1000


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder, on the disk that `TMPDIR` names."""
    with TemporaryDirectory(prefix="retorsion-benchmarks-") as name:
        yield Path(name)


def sqlite_url(file: Path) -> str:
    """The address of a ledger in `file`."""
    return f"sqlite:///{file}"


@contextmanager
def opened(url: str, events: Iterable[Posted] = (), *, batch: int = BATCH) -> Iterator[Ledger]:
    """A ledger with the built-in actors and `events`, appended in batches."""
    ledger = Ledger.open(url)
    try:
        ledger.init()
        for each in batches(iter(events), batch):
            ledger.append(each, by=BY)
        yield ledger
    finally:
        ledger.close()
