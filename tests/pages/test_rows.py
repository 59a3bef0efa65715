"""Whom a row names, it names by the name that they have on the day, whatever else is on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from lxml import html

from tests.client import Api
from tests.posting import concluded, imposed, registered, reported

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAY = "2020-07-09"


def names(*slugs: str) -> list[str]:
    return [f"The name of {slug}" for slug in slugs]


@pytest.fixture
def shown(api: Api) -> Callable[[str], Iterator[str]]:
    """The texts of the links to actors in the rows of a page."""
    countries = {**dict.fromkeys(["d1", "e1", "e2", "e3", "e4"], "actor:c1"), "d2": "actor:c4"}
    slugs = [f"{letter}{number}" for letter in "abcdefg" for number in range(1, 5)]
    api.append(
        *(
            registered(
                slug, "2000-01-01", name=f"The name of {slug}", countries=[countries[slug]] if slug in countries else []
            )
            for slug in slugs
        ),
        imposed("by-four", DAY, by=["a1", "a2", "a3", "a4"], against={"description": "Some"}),
        imposed("group", DAY, by="c3", against={"description": "Those of b", "related_to": ["actor:b1", "actor:b2"]}),
        imposed("person", DAY, by="c2", against="d1"),
        imposed("four", DAY, by="c2", against=["e1", "e2", "e3", "e4"]),
        imposed("fourth", DAY, by="b4", against=["g2", "g3", "g4", "d2"]),
        concluded("four", DAY, parties=["f1", "f2", "f3", "f4"]),
        reported("said", DAY, title="Marmalade", attribution="alleged", attributed_to=["actor:g1"]),
    )

    def texts(page: str) -> Iterator[str]:
        root = html.fromstring(api.get(page).get_data())
        for link in root.iterfind(".//tr[@data-subject]//a"):
            if link.get("href").startswith("/actors/"):
                yield link.text_content()

    return texts


@on_sqlite
@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("/measures?imposed_by=a1", names("a1", "a2", "a3")),
        ("/measures?imposed_by=c3", names("c3", "b1", "b2")),
        ("/measures?imposed_by=c2", names("c2", "e1", "e2", "e3", "c2", "d1")),
        ("/actors/c2", names("e1", "e2", "e3", "d1")),
        ("/actors/c1", names("c2", "e1", "e2", "e3", "c2", "d1")),
        ("/actors/c4", names("b4", "d2")),
        ("/actors/f4", names("f1", "f2", "f3")),
    ],
)
def test_a_row_names_the_first_three_by_their_names(shown, page, named):
    assert list(shown(f"{page}{'&' if '?' in page else '?'}at={DAY}")) == named


@on_sqlite
def test_a_search_does_not_let_an_alleged_act_pass_for_one_that_was(api, shown):
    found = html.fromstring(api.get("/search?q=marmalade").get_data()).find(".//li[@data-subject='act:said']")
    assert "alleged by The name of g1" in " ".join(found.text_content().split())
