"""`actor`: the state of an actor with 10,000 measures, beside a bare SQL query that counts as many rows by status.

What an actor with 10 measures costs is taken off first: it is what the rest of the answer costs. And the same of `us`
with the 15,000 measures of the SDN list of 2024, where that list lies beside the project.
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
from benchmarks.ledgers import BY, folder, opened, sqlite_url
from benchmarks.practice import Posted, imposed
from benchmarks.rounds import in_turn, timed
from ledger.feeds.lists import feeds
from ledger.settings import Settings

LIST = Path(__file__).parents[1].parent / "shared" / "data" / "ofac-sdn" / "2024-05-03"
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
            count = _bare_count(place, _AT, MANY)
            app = create_app(Settings(database_url=url))
            what = f"state of an actor with {MANY:,} measures less one with {FEW}, beside a bare count of the rows"
            yield _figure("actor-imposing", what, app, ("us", "nz"), _AT, count)
            yield _figure("actor-targeted", what, app, ("ru", "fj"), _AT, count)
            app.extensions["retorsion"].close()
    if LIST.is_dir():
        yield _listed()


def _listed() -> Figure:
    with folder() as place:
        url = sqlite_url(place / "ledger.db")
        with opened(url) as ledger:
            imported = ledger.import_reading(feeds()["ofac-sdn"], LIST, by=BY, published_on=LIST.name)
            app = create_app(Settings(database_url=url))
            count = _bare_count(place, LIST.name, imported.counts.entries)
            what = f"state of us with {imported.counts.entries:,} listed, less an actor with none, beside a bare count"
            figure = _figure("actor-listed", what, app, ("us", "nz"), LIST.name, count)
            app.extensions["retorsion"].close()
            return figure


def _figure(name: str, what: str, app: Flask, actors: tuple[str, str], at: str, count: Callable[[], object]) -> Figure:
    many, few = actors

    def more() -> float:
        """What the many cost more than the few."""
        return _answering(app, many, at) - _answering(app, few, at)

    found = in_turn(more, lambda: _repeated(count), _ROUNDS)
    ours, bare = microseconds(found.seconds_ours / _REPEATED), microseconds(found.seconds_bare / _REPEATED)
    return Figure(name, what, ours, bare, found.slowness, BAR)


def _answering(app: Flask, actor: str, at: str) -> float:
    path = f"/v1/actors/{actor}/state"

    def started(status: str, *_: Any) -> Callable[[bytes], object]:
        assert status.startswith("200"), status
        return BytesIO().write

    def ask() -> None:
        environment = {
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": f"at={at}",
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


def _bare_count(place: Path, at: str, number: int) -> Callable[[], object]:
    """The query on a table of its own, which holds the same spans of the measures and has the best index there is."""
    connection = sqlite3.connect(place / "bare.db", isolation_level=None)
    connection.execute("ATTACH ? AS ledger", [str(place / "ledger.db")])
    connection.execute("CREATE TABLE spans (actor TEXT, valid_from INTEGER, valid_to INTEGER, status TEXT)")
    connection.execute(
        "INSERT INTO spans SELECT f.facet, f.valid_from, f.valid_to, f.status FROM ledger.facets AS f"
        " WHERE f.facet LIKE 'i:%' AND f.known_to = 9007199254740991"
    )
    connection.execute("CREATE INDEX spans_by_actor ON spans (actor, valid_from, valid_to, status)")
    day = date.fromisoformat(at).toordinal()

    def count() -> dict[str, int]:
        rows = connection.execute(
            "SELECT status, count(*) FROM spans WHERE actor = ? AND valid_from <= ? AND valid_to > ? GROUP BY status",
            ["i:us", day, day],
        )
        return dict(rows.fetchall())

    assert sum(count().values()) == number, "all of them have begun by then"
    return count
