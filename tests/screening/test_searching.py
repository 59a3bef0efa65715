"""Searching finds subjects by their names and titles, with slips of the pen; lists of actors do, page by page."""

import pytest

from ledger.projections.asof import known_now
from ledger.projections.lists import When
from ledger.store.events import head_of
from tests.posting import concluded, imposed, registered, reported


@pytest.fixture
def desk(api):
    """Subjects of all kinds."""
    api.append(
        registered("chen", category="person", name="CHEN, Quanguo", aliases=["陈全国"]),
        registered("melli", name="Bank Melli Iran", description="A bank in Tehran"),
        imposed("xinjiang", "2020-07-09", against="chen", title="Sanctions on Xinjiang officials"),
        concluded("extradition", "1997", title="Extradition treaty with Hong Kong"),
        reported("law", "2020-06-30", title="National security law for Hong Kong"),
    )
    return api


def searched(app, text, limit=5, day="2020-08-01"):
    from ledger.domain.dates import parse_day

    ledger = app.extensions["retorsion"]
    with ledger.reading() as session:
        when = When(parse_day(day), known_now(head_of(session)))
        return [(each.held.subject, each.matched) for each in ledger.screening.search(session, when, text, limit)]


@pytest.mark.parametrize(
    ("text", "subject", "matched"),
    [
        ("quangou chen", "actor:chen", "CHEN, Quanguo"),
        ("Chen", "actor:chen", "CHEN, Quanguo"),
        ("Quang", "actor:chen", "CHEN, Quanguo"),
        ("全国", "actor:chen", "CHEN, Quanguo"),
        ("meli bank", "actor:melli", "Bank Melli Iran"),
        ("tehran", "actor:melli", "A bank in Tehran"),
        ("Xinjinag", "measure:xinjiang", "Sanctions on Xinjiang officials"),
        ("extraditon treaty", "agreement:extradition", "Extradition treaty with Hong Kong"),
        ("security law", "act:law", "National security law for Hong Kong"),
        ("Hong Kong", "actor:hk", "Hong Kong"),
        ("chnia", "actor:cn", "China"),
    ],
)
def test_a_slip_of_the_pen_finds_it_first(desk, app, text, subject, matched):
    assert searched(app, text)[0] == (subject, matched)


def test_nothing_is_found_for_nothing(desk, app):
    for text in ("", "---", "zzzzqqqq"):
        assert searched(app, text) == []


@pytest.mark.parametrize("q", ["Quangou", "guo quan chen", "陈全国", "Chen, Quan Guo", "quang", "QUANGUO"])
def test_lists_of_actors_are_found_by_names_as_they_may_be_written(desk, q):
    assert "actor:chen" in [each["subject"] for each in desk.walk("/v1/actors", q=q)]


def test_what_is_said_of_an_actor_is_still_found_by_beginnings_of_words(desk):
    assert [each["subject"] for each in desk.walk("/v1/actors", q="tehr")] == ["actor:melli"]
    assert [each["subject"] for each in desk.walk("/v1/actors", q="melli", category="person")] == []


def test_walking_a_list_misses_nothing_and_repeats_nothing_while_events_are_appended(desk):
    desk.append(*(registered(f"p{number}", name=f"Petrov Ivan {number}") for number in range(7)))
    page = desk.get("/v1/actors", q="Ivna Petorv", limit=2).json
    found = [each["subject"] for each in page["items"]]
    number = 7
    while page["next"]:
        desk.append(registered(f"p{number}", name=f"Petrov Ivan {number}"))
        desk.append({"type": "updated", "subject": "actor:p6", "effective_on": "2020-01-01",
                     "data": {"set": {"name": f"Smith {number}"}}})  # fmt: skip
        page, number = desk.get(page["next"]).json, number + 1
        found += [each["subject"] for each in page["items"]]
    assert found == [f"actor:p{number}" for number in range(7)]
