"""`screening`: names as somebody may write them, screened against two lists, beside `rapidfuzz` over the same names.

The bare side is `ratio` over all names, whose words were sorted beforehand: the best that rapidfuzz alone does, without
days, explanations and entities. Each name is new, so that nothing is remembered. The figures below hold how many are
found among the first five, by either side, for each way in which the names are bent; and how many invented names match.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import cycle
from pathlib import Path
from random import Random

from rapidfuzz import fuzz, process

from benchmarks.figures import Bar, Figure, Figures, microseconds
from benchmarks.ledgers import BY, folder, opened, sqlite_url
from benchmarks.rounds import in_turn, timed
from ledger.feeds.lists import feeds
from ledger.projections.asof import known_now
from ledger.projections.lists import When
from ledger.screening.answers import Inquiry, answer
from ledger.screening.queries import Query
from ledger.service import Ledger
from ledger.store.events import head_of
from tests.screening.bent import BENT, invented, names_of

LISTS = Path(__file__).parents[1].parent / "shared" / "data"
_READ = {"ofac-sdn": ("ofac-sdn/2021-07-07", "2021-07-07"), "un-sc": ("un-sc/un_consolidated_2026-02-27.xml", None)}
SPEED = Bar(1.0, 0.33, at_most=True)
RECALL = Bar(0.95, 0.99)
FALSE = Bar(0.1, at_most=True)
NAMES = 1000
_BATCH = 50
_FIRST = 5
_DAY = date(2026, 3, 1).toordinal()
Named = tuple[str, str]
"""Who is listed, and by which name."""


def figures() -> Figures:
    """With the published lists beside the project; without them there is nothing to measure."""
    if not LISTS.exists():
        yield Figure("screening", f"there are no published lists at {LISTS}", "", "", 0)
        return
    with _desk() as (ledger, names):
        ours, bare = _Ours(ledger), _Bare(names)
        yield _speed(ours, bare, names)
        for way, bend in BENT.items():
            yield _recall(way, bend, ours, bare, names)
        yield _false_alarms(ours, names)


@contextmanager
def _desk() -> Iterator[tuple[Ledger, list[Named]]]:
    """A ledger with the lists, and all good names in them."""
    with folder() as place, opened(sqlite_url(place / "ledger.db")) as ledger:
        names = []
        for feed, (under, day) in _READ.items():
            ledger.import_reading(feeds()[feed], LISTS / under, by=BY, published_on=day)
            names += names_of(feeds()[feed].read(LISTS / under))
        yield ledger, names


class _Ours:
    """The whole answer to a batch of names, as the API gives it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def screen(self, names: Sequence[str], schema: str = "Thing") -> list[list[tuple[str, bool]]]:
        """For each name the first five, and whether they match."""
        queries = {str(number): Query(schema, {"name": [name]}) for number, name in enumerate(names)}
        with self._ledger.reading() as session:
            when = When(_DAY, known_now(head_of(session)))
            found = answer(session, self._ledger.screening, when, None, Inquiry(queries, limit=_FIRST))
        return [
            [(result["id"], result["match"]) for result in response["results"]]
            for response in found["responses"].values()
        ]


class _Bare:
    """rapidfuzz over all names."""

    def __init__(self, names: Sequence[Named]) -> None:
        self._slugs = [slug for slug, _ in names]
        self._sorted = [_sorted(name) for _, name in names]

    def screen(self, names: Sequence[str], most: int = _FIRST) -> list[list[str]]:
        """For each name whom the likest names mean."""
        return [
            [
                self._slugs[place]
                for _, _, place in process.extract(
                    _sorted(name), self._sorted, scorer=fuzz.ratio, processor=None, limit=most
                )
            ]
            for name in names
        ]


def _sorted(name: str) -> str:
    return " ".join(sorted(re.findall(r"[^\W_]+", name.lower())))


def _speed(ours: _Ours, bare: _Bare, names: Sequence[Named]) -> Figure:
    bend = BENT["two slips, shuffled"]
    chance = Random(1)
    sample = [bend(chance, name) for _, name in chance.sample(names, NAMES + 4 * _BATCH)]
    batches = [sample[start : start + _BATCH] for start in range(0, len(sample), _BATCH)]
    mine, others = cycle(batches), cycle(batches)
    ours.screen(["Nobody"])
    found = in_turn(
        lambda: timed(lambda: ours.screen(next(mine))),
        lambda: timed(lambda: bare.screen(next(others))),
        NAMES // _BATCH,
    )
    what = f"a name of {NAMES:,} screened against {len(names):,} in batches, beside rapidfuzz `ratio` over sorted words"
    each, its = microseconds(found.seconds_ours / _BATCH), microseconds(found.seconds_bare / _BATCH)
    return Figure("screening", what, each, its, found.slowness, SPEED)


def _recall(way: str, bend: Callable[[Random, str], str], ours: _Ours, bare: _Bare, names: Sequence[Named]) -> Figure:
    chance = Random(way)
    sample = [(slug, bend(chance, name)) for slug, name in chance.sample(names, NAMES)]
    asked = [name for _, name in sample]
    mine = [{actor for actor, _ in first} for first in ours.screen(asked)]
    its = [set(list(dict.fromkeys(likest))[:_FIRST]) for likest in bare.screen(asked, 8 * _FIRST)]
    here, there = (
        sum(slug in first for (slug, _), first in zip(sample, found, strict=True)) / NAMES for found in (mine, its)
    )
    return Figure("screening-recall", f"found among the first five: {way}", f"{here:.3f}", f"{there:.3f}", here, RECALL)


def _false_alarms(ours: _Ours, names: Sequence[Named]) -> Figure:
    """Of names that no list states, word for word."""
    listed = {_sorted(name) for _, name in names}
    asked = [name for name in invented(Random(1), NAMES) if _sorted(name) not in listed]
    share = sum(any(match for _, match in first) for first in ours.screen(asked, "Person")) / len(asked)
    what = f"{len(asked):,} common names of persons that nobody lists: those with a match"
    return Figure("screening-false", what, f"{share:.3f}", "", share, FALSE)
