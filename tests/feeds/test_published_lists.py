"""The published lists, imported in order: on the day of each reading the ledger says what it says, and knew it then."""

import pytest

from ledger.domain.terms import identity
from ledger.feeds.lists import feeds
from tests.feeds.published import READINGS, published

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FEEDS = feeds()
GONE = {"uk-sanctions": 40.0, "ca-sema": 95.0}
"""How much may be gone from one reading to the next: they lie years apart."""
COUNTS = {
    "ofac-sdn": [(7379, 0), (1712, 201), (150, 64), (6870, 881)],
    "un-sc": [(1024, 0), (145, 76), (28, 103), (0, 12), (87, 93)],
    "uk-sanctions": [(2305, 0), (642, 833), (1715, 383)],
}
"""How many are new and gone in each, as the data's README has it, or follows from it."""


def measures(api, on, known):
    """What is in force on that day, as known at that sequence."""
    asked = {"status": "in_force", "at": on, "known_at_sequence": known, "limit": 1000}
    return {each["subject"]: each["terms"] for each in api.walk("/v1/measures", **asked)}


def actors(api, on, known):
    asked = {"at": on, "known_at_sequence": known, "limit": 1000}
    return {each["subject"]: each["terms"] for each in api.walk("/v1/actors", **asked)}


def without_order(value):
    return {identity(each) for each in value} if isinstance(value, list) else value


def assert_says(reading, feed, on, held, known):
    """What the ledger holds on that day is what the reading says; of acts that it has not, what was said before."""
    listed = {f"measure:{each.slug}": each for each in reading.listings.values()}
    if "" in reading.whole:
        in_force = {subject for subject, each in listed.items() if not each.ended_on or each.ended_on > on}
        assert set(held) == in_force
    for subject in set(listed) & set(held):
        listing, terms = listed[subject], held[subject]
        assert set(terms["programmes"]) == {programme.slug for programme in listing.programmes}, subject
        assert terms["targets"] == [{"actor": f"actor:{listing.target}"}]
        if listing.legal_basis is not None:
            assert set(terms["legal_basis"]) == set(listing.legal_basis), subject
        if not listing.in_part:
            assert terms["description"] == listing.description, subject
    for target in reading.targets.values():
        terms = known[f"actor:{target.slug}"]
        for name, said in target.terms.items():
            if name in target.in_part:
                assert isinstance(said, str | None) or without_order(said) <= without_order(terms[name]), target.slug
            else:
                assert without_order(terms[name]) == without_order(said), (target.slug, name)


@pytest.mark.parametrize("feed", FEEDS)
def test_published_lists_in_order_give_what_they_say_also_as_it_was_known_after_each(feed, desk, api):
    taken = []
    for path, day in READINGS[feed]:
        came = desk.import_reading(
            FEEDS[feed], published(path), by="tests", published_on=day, max_removals=GONE.get(feed, 10.0)
        )
        assert came.impossible == []
        taken.append((FEEDS[feed].read(published(path)), came.published_on, desk.head().sequence))
        if expected := COUNTS.get(feed, [])[len(taken) - 1 : len(taken)]:
            assert (came.counts.new, came.counts.gone) == expected[0]
    for reading, on, known in taken:
        assert_says(reading, FEEDS[feed], on, measures(api, on, known), actors(api, on, known))
    for path, day in READINGS[feed][-1:]:
        assert desk.import_reading(FEEDS[feed], published(path), by="tests", published_on=day).is_same
    assert desk.rebuild(check=True) == []


def test_a_list_of_2019_that_is_imported_today_is_valid_since_then_and_known_since_today(desk, api):
    path, day = READINGS["ofac-sdn"][0]
    before = desk.head().sequence
    came = desk.import_reading(FEEDS["ofac-sdn"], published(path), by="tests", published_on=day)
    state = api.state("measure:ofac-sdn-36", at="2019-06-01")
    assert (state["status"], state["valid_from"], state["dating"]) == ("in_force", "2019-01-15", "approximate")
    answer = api.get("/v1/measures/ofac-sdn-36", at="2019-06-01", known_at_sequence=before)
    api.problem(answer, 404, "not-found")
    assert came.first_sequence == before + 1
