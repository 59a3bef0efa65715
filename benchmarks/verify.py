"""`verify`: `audit verify`, beside reading every leaf from the database in order and hashing it, which is the least."""

import os
import sqlite3
from hashlib import sha256
from pathlib import Path

from benchmarks.figures import Bar, Figure, Figures, per_second
from benchmarks.filling import fill
from benchmarks.ledgers import folder, opened, sqlite_url
from benchmarks.rounds import in_turn, timed
from ledger.service import Ledger

BAR = Bar(0.25)
ALL_CORES_BAR = Bar(0.45, 0.6)
NUMBER, WHOLE = 200_000, 1_000_000
_ROUNDS = 7


def figures(number: int = NUMBER) -> Figures:
    """On SQLite, in one process, and with all cores; the bare side has one process each time."""
    with folder() as place:
        url = sqlite_url(place / "ledger.db")
        with opened(url):
            pass
        fill(url, number)
        with opened(url) as ledger:
            for name, processes, bar in (("verify", 1, BAR), ("verify-cores", os.cpu_count() or 1, ALL_CORES_BAR)):
                yield _figure(name, ledger, place / "ledger.db", number, processes, bar)


def all_figures() -> Figures:
    """The same with 1,000,000 events."""
    return figures(WHOLE)


def _figure(name: str, ledger: Ledger, file: Path, number: int, processes: int, bar: Bar) -> Figure:
    def verify() -> None:
        found = ledger.log.verify(processes=processes)
        assert found.holds, found.findings

    found = in_turn(lambda: timed(verify), lambda: timed(lambda: _read_and_hash(file)), _ROUNDS, warm_up=1)
    with_ = "one process" if processes == 1 else f"{processes} processes"
    what = f"`audit verify` of {number:,} events in {with_}, beside reading and hashing their leaves"
    ours, bare = per_second(number, found.seconds_ours), per_second(number, found.seconds_bare)
    return Figure(name, what, ours, bare, found.speed, bar)


def _read_and_hash(file: Path) -> None:
    connection = sqlite3.connect(file)
    for (leaf,) in connection.execute("SELECT leaf FROM events ORDER BY sequence"):
        sha256(b"\x00" + leaf).digest()
    connection.close()
