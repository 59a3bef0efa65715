"""`feeds`: published lists that are imported, beside reading the same files and appending as many events ready-made.

The lists are OFAC's of 2019 and 2021, which lie beside the project (`../shared/data`), not in it; where they are not,
nothing is measured. The bare side reads the files as the feed does, and appends what the import would make of them, in
batches of 1,000. Both sides are measured by the time that this process has on a processor.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

import orjson

from benchmarks.figures import Bar, Figure, Figures
from benchmarks.ledgers import BY, folder, opened, sqlite_url
from benchmarks.practice import Posted, batches
from benchmarks.rounds import in_turn
from ledger.feeds.lists import feeds
from ledger.feeds.reading import Feed
from ledger.service import Ledger
from ledger.store.events import stored_between

LISTS = Path(__file__).parents[1].parent / "shared" / "data" / "ofac-sdn"
FIRST, SECOND = "2019-01-15", "2021-07-07"
FIRST_BAR, SECOND_BAR = Bar(3, at_most=True), Bar(1.5, at_most=True)
_ROUNDS = 5


def figures() -> Figures:
    """On SQLite: the list of 2021 into an empty ledger, and as the second reading after that of 2019."""
    if not LISTS.is_dir():
        sys.stderr.write(f"feeds: nothing to measure: {LISTS.name} is not at ../shared/data beside the project\n")
        return
    feed = feeds()["ofac-sdn"]
    for name, days, bar in (("feed-first", [SECOND], FIRST_BAR), ("feed-second", [FIRST, SECOND], SECOND_BAR)):
        yield _figure(name, feed, days, bar)


def _figure(name: str, feed: Feed, days: list[str], bar: Bar) -> Figure:
    *before, newest = days
    made = _made(feed, days)

    def on_a_ledger(work: Callable[[Ledger], None]) -> float:
        with folder() as place, opened(sqlite_url(place / "ledger.db")) as ledger:
            for day in before:
                _import(ledger, feed, day)
            began = process_time()
            work(ledger)
            return process_time() - began

    def bare(ledger: Ledger) -> None:
        feed.read(LISTS / newest)
        for batch in batches(iter(made), 1000):
            ledger.append(batch, by=BY)

    found = in_turn(
        lambda: on_a_ledger(lambda ledger: _import(ledger, feed, newest)), lambda: on_a_ledger(bare), _ROUNDS, warm_up=1
    )
    what = (
        f"importing {'a second' if before else 'the first'} reading, {len(made):,} events, beside reading and appending"
    )
    ours, least = (f"{seconds:.2f} s" for seconds in (found.seconds_ours, found.seconds_bare))
    return Figure(name, what, ours, least, found.seconds_ours / found.seconds_bare, bar)


def _import(ledger: Ledger, feed: Feed, day: str) -> None:
    ledger.import_reading(feed, LISTS / day, by=BY, published_on=day)


def _made(feed: Feed, days: list[str]) -> list[Posted]:
    """The events that the last of those readings makes, as they would be posted."""
    with folder() as place, opened(sqlite_url(place / "ledger.db")) as ledger:
        for day in days:
            first = ledger.head().sequence + 1
            _import(ledger, feed, day)
        with ledger.reading() as session:
            stored = stored_between(session, first, ledger.head().sequence)
    names = ("type", "subject", "effective_on", "data", "sources")
    return [{name: event[name] for name in names} for event in (orjson.loads(each.leaf) for each in stored)]
