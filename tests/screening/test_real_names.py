"""Real names, as somebody may write them, are found among the first five; names that nobody lists are no matches.

How names are bent, and which are not listed, is in `bent`: the benchmark `screening` measures the same with more of
them.
"""

from datetime import date
from random import Random

import pytest

from ledger.feeds.lists import feeds
from ledger.projections.asof import known_now
from ledger.projections.lists import When
from ledger.screening import candidates
from ledger.screening.queries import Query
from ledger.screening.screening import Screening
from ledger.service import Ledger
from ledger.store.events import head_of
from tests.feeds.published import published
from tests.screening.bent import BENT, invented, names_of

FIRST = 5
SAMPLE = 300
TODAY = date(2026, 3, 1).toordinal()
LISTS = {
    "ofac-sdn": ("ofac-sdn/2021-07-07", "2021-07-07"),
    "un-sc": ("un-sc/un_consolidated_2026-02-27.xml", None),
    "uk-sanctions": ("uk-sanctions/2022-05-04/ConList.csv", None),
}


@pytest.fixture(scope="module")
def desk(sqlite_template, tmp_path_factory):
    """A ledger with three lists, and the names that each states, by who is listed."""
    folder = tmp_path_factory.mktemp("lists")
    ledger = Ledger.open(f"sqlite:///{folder / 'retorsion.db'}")
    ledger.init()
    readings = {}
    for feed, (under, day) in LISTS.items():
        path = published(under)
        ledger.import_reading(feeds()[feed], path, by="tests", published_on=day)
        readings[feed] = feeds()[feed].read(path)
    with ledger.reading() as session:
        when = When(TODAY, known_now(head_of(session)))

        def match(name, schema="Thing", feed=None):
            query = {"q": Query(schema, {"name": [name]})}
            return screening.match(session, when, query, feed=feed, limit=FIRST, cutoff=0.5)["q"].best

        screening = Screening()
        yield match, readings
    ledger.close()


def actors(best):
    return {each.actor for each in best}


def words(name):
    return frozenset(name.lower().replace(",", " ").split())


@pytest.mark.parametrize("feed", LISTS)
@pytest.mark.parametrize("how", BENT)
def test_a_bent_name_is_found_among_the_first_five(desk, feed, how):
    match, readings = desk
    chance = Random(f"{feed} {how}")  # noqa: S311
    sample = chance.sample(names_of(readings[feed]), SAMPLE)
    bent = [(slug, name, BENT[how](chance, name)) for slug, name in sample]
    missed = [
        (name, said)
        for slug, name, said in bent
        if f"actor:{slug}" not in {each.actor for each in match(said, feed=feed)}
    ]
    assert len(missed) <= 0.05 * SAMPLE, missed


def test_invented_names_of_persons_are_no_matches(desk):
    match, readings = desk
    names = invented(Random(1), SAMPLE)  # noqa: S311
    listed = {
        frozenset(name.lower().replace(",", "").split())
        for reading in readings.values()
        for _, name in names_of(reading)
    }
    names = [name for name in names if frozenset(name.lower().split()) not in listed]
    false = [(name, best[0]) for name in names if (best := match(name, "Person")) and best[0].score >= 0.7]
    assert len(false) <= 0.1 * len(names), false


def written_otherwise(name):
    """The name with its first two words as one, its longest word as two, and an initial for its first word."""
    first, *others = name.split()
    longest = max(name.split(), key=len)
    half = len(longest) // 2
    return [
        name,
        " ".join([first + others[0], *others[1:]]) if others else first,
        name.replace(longest, f"{longest[:half]} {longest[half:]}", 1),
        " ".join([first[:1], *others]),
    ]


def test_of_names_that_are_not_looked_at_for_other_spellings_none_has_one(desk, monkeypatch):
    match, readings = desk
    listed = [names_of(reading) for reading in readings.values()]
    some = [name for names in listed for _, name in names[:: len(names) // 60]]
    asked = [said for name in some for said in written_otherwise(name)]
    found = [match(said) for said in asked]
    monkeypatch.setattr(candidates, "_may_be_written_otherwise", lambda *_: lambda *_: True)
    assert [match(said) for said in asked] == found
    monkeypatch.setattr(
        candidates, "_may_be_written_otherwise", lambda _register, _words: lambda _name, _numbers: False
    )
    assert [match(said) for said in asked] != found
