"""`actor`: the state of an actor with 10,000 measures, beside a bare SQL query that counts as many rows by status.

What an actor with 10 measures costs is taken off first: it is what the rest of the answer costs.
"""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask

from api.http import create_app
from benchmarks.figures import Bar, Figure, Figures, microseconds
from benchmarks.ledgers import folder, opened, sqlite_url
from benchmarks.practice import Posted, imposed
from benchmarks.rounds import in_turn, timed
from ledger.settings import Settings

MANY, FEW = 10_000, 10
BAR = Bar(2.0, at_most=True)
_AT = "2020-07-10"
_REPEATED = 5
_ROUNDS = 30


def figures() -> Figures:
    """As one who imposes, and as one who is targeted, the application called without a server."""
    with folder() as place:
        url = sqlite_url(place / "ledger.db")
        with opened(url, [*measures("many", "us", "ru", MANY), *measures("few", "nz", "fj", FEW)]):
            count = _bare_count(place / "ledger.db", place / "bare.db")
            app = create_app(Settings(database_url=url))
            yield _figure("actor-imposing", app, "us", "nz", count)
            yield _figure("actor-targeted", app, "ru", "fj", count)
            app.extensions["retorsion"].close()


def _figure(name: str, app: Flask, many: str, few: str, count: Callable[[], object]) -> Figure:
    def more() -> float:
        """What the many cost more than the few."""
        return _answering(app, many) - _answering(app, few)

    found = in_turn(more, lambda: _repeated(count), _ROUNDS)
    what = f"state of an actor with {MANY:,} measures less one with {FEW}, beside a bare count of the rows"
    ours, bare = microseconds(found.seconds_ours / _REPEATED), microseconds(found.seconds_bare / _REPEATED)
    return Figure(name, what, ours, bare, found.slowness, BAR)


def _answering(app: Flask, actor: str) -> float:
    path = f"/v1/actors/{actor}/state"

    def started(status: str, *_: Any) -> Callable[[bytes], object]:
        assert status.startswith("200"), status
        return BytesIO().write

    def ask() -> None:
        environment = {
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": f"at={_AT}",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http", "wsgi.input": BytesIO(), "wsgi.errors": BytesIO(), "wsgi.version": (1, 0),
            "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        b"".join(app(environment, started))

    return _repeated(ask)


def _repeated(work: Callable[[], object]) -> float:
    return timed(lambda: [work() for _ in range(_REPEATED)])


def measures(name: str, imposer: str, target: str, number: int) -> Iterator[Posted]:
    """Measures of one actor on another; every third is suspended later, every fifth lifted."""
    chance = Random(1)
    for index in range(number):
        subject = f"measure:{name}-{index}"
        day = date(2010, 1, 1) + timedelta(days=chance.randrange(3000))
        yield imposed(subject, day, by=imposer, target=f"actor:{target}", seed=index)
        for every, type_ in ((3, "suspended"), (5, "lifted")):
            if index % every == 0:
                day += timedelta(days=30)
                yield {"type": type_, "subject": subject, "effective_on": day.isoformat()}


def _bare_count(ledger: Path, file: Path) -> Callable[[], object]:
    """The query on a table of its own, which holds the same spans of the measures and has the best index there is."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("ATTACH ? AS ledger", [str(ledger)])
    connection.execute("CREATE TABLE spans (actor TEXT, valid_from INTEGER, valid_to INTEGER, status TEXT)")
    connection.execute(
        "INSERT INTO spans SELECT f.facet, f.valid_from, f.valid_to, f.status FROM ledger.facets AS f"
        " WHERE f.facet LIKE 'i:%' AND f.known_to = 9007199254740991"
    )
    connection.execute("CREATE INDEX spans_by_actor ON spans (actor, valid_from, valid_to, status)")
    day = date.fromisoformat(_AT).toordinal()

    def count() -> dict[str, int]:
        rows = connection.execute(
            "SELECT status, count(*) FROM spans WHERE actor = ? AND valid_from <= ? AND valid_to > ? GROUP BY status",
            ["i:us", day, day],
        )
        return dict(rows.fetchall())

    assert sum(count().values()) == MANY, "all of them have begun by then"
    return count
