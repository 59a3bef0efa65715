"""What the pages read of the ledger in another order or in less time is what the API's answers say."""

from __future__ import annotations

from collections import Counter

import pytest

from fixtures import load
from ledger.domain.dates import EVER
from ledger.domain.vocabulary import LIVE
from ledger.projections.actors import ActorState
from ledger.projections.asof import known_at_sequence
from ledger.projections.concerning import newest_concerning, turning_days
from ledger.projections.events import Filters, feed, newest
from ledger.projections.lists import When
from ledger.projections.timelines import summaries
from ledger.store.events import head_of, stored_of
from tests.posting import amended, imposed, lifted, merged, registered, suspended

AFFILIATED = [
    registered("bank", "2019-01-01", countries=["actor:ru"]),
    registered("other-bank", countries=["actor:ru"]),
    imposed("on-bank", "2018-01-01", against="bank"),
    amended("on-bank", "2019-06-01", add={"topics": ["late"]}),
    suspended("on-bank", "2020-01-01", until="2020-03-01"),
    lifted("on-bank", "2021-01-01"),
    {
        "type": "updated",
        "subject": "actor:bank",
        "effective_on": "2020-06-01",
        "data": {"set": {"countries": ["actor:by"]}},
    },
    merged("bank", "other-bank", "2020-09-01"),
    imposed("in-july", "2020-07", by="ru", against=["bank", "us"]),
]


@pytest.fixture
def known(ledger):
    """Some sequences of a ledger with the fixtures and with affiliations that change."""
    load(ledger)
    first = ledger.head().sequence
    for event in AFFILIATED:
        ledger.append([event], by="tests")
    return [1, 260, 277, 300, *range(first, ledger.head().sequence + 1)]


def test_the_days_on_which_an_actor_changes_are_those_of_its_summaries(ledger, known):
    with ledger.reading() as session:
        for sequence in known:
            knowledge = known_at_sequence(session, head_of(session), sequence)
            for actor in ("us", "cn", "hk", "ru", "by", "bank", "other-bank", "xinjiang", "chen-quanguo"):
                days = [day for day, _ in summaries(session, f"actor:{actor}", knowledge) if day > EVER]
                assert turning_days(session, f"actor:{actor}", knowledge) == days, (actor, sequence)


def test_what_the_database_counts_is_what_the_states_have(ledger, known):
    with ledger.reading() as session:
        for sequence in known[1:]:
            when = When(737_700, known_at_sequence(session, head_of(session), sequence))
            state = ActorState(session, "actor:cn", when)
            counted = state.counted_by("direct", "imposed_by", LIVE) + state.counted_by(
                "affiliates", "imposed_by", LIVE
            )
            expected = Counter(str(held.state.terms["imposed_by"]) for held, _ in state.targeted(LIVE, None, 1000))
            found: Counter[str] = Counter()
            for imposers, number in counted:
                found[str(imposers)] += number
            assert found == expected


@pytest.mark.parametrize(
    "filters",
    [{}, {"type": "imposed"}, {"actor": "actor:us"}, {"q": "xinjiang"}, {"subject_kind": "agreement", "q": "hong"}],
    ids=str,
)
def test_the_newest_are_the_feed_from_its_end(ledger, known, filters):
    assert known
    with ledger.reading() as session:
        wanted = Filters(**filters)
        every = [event.sequence for event in feed(session, wanted, 0, 1000)]
        after, before = every[2], every[-1]
        within = [sequence for sequence in every if after < sequence < before]
        for limit in (1, 3, 1000):
            found = [event.sequence for event in newest(session, wanted, after, before, limit)]
            assert found == within[::-1][:limit]


def test_what_concerns_an_actor_is_told_of_it_and_of_what_reaches_it(ledger, known):
    assert known
    with ledger.reading() as session:
        knowledge = known_at_sequence(session, head_of(session), head_of(session).sequence)
        found = [event.sequence for event in newest_concerning(session, "actor:by", knowledge, 100)]
        subjects = {event.subject for event in ()}
        assert subjects == set()
        assert found == sorted(found, reverse=True)
        told = stored_of(session, found)
        assert {b"measure:on-bank" in told[sequence].leaf for sequence in found} == {True, False}
