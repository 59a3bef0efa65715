"""Where a page leaves something out it says so, and leads to the rest: held against a ledger with too much of all."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from lxml import html

from api.http import create_app
from ledger.settings import Settings
from tests.client import Api
from tests.posting import amended, event, imposed, lifted, reciprocated, registered, suspended

FIRST = date(2001, 1, 1)
TURNS, LEARNED, STEPS, ANSWERS, LISTED, OTHERS = 300, 61, 100, 220, 60, 45


def day(number: int) -> str:
    return (FIRST + timedelta(number)).isoformat()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """The pages and the API of that ledger, without a server between."""
    folder = tmp_path_factory.mktemp("crowded")
    app = create_app(Settings(database_url=f"sqlite:///{folder / 'retorsion.db'}"))
    ledger = app.extensions["retorsion"]
    ledger.init()
    ledger.append([imposed("turning", day(0), against="ir")], by="tests")
    ledger.append(list(_events()), by="tests")
    ledger.append([imposed("learned", day(0), against="ir", title="Learned bit by bit")], by="tests")
    for number in range(1, LEARNED):
        ledger.append([amended("learned", day(number), set={"description": f"Reading {number}"})], by="tests")
    yield Api(app.test_client())
    ledger.close()


def _events():
    for number in range(TURNS // 2):
        yield suspended("turning", day(60 * number + 1))
        yield event("reinstated", "measure:turning", day(60 * number + 30))
    for number in range(STEPS):
        by, against = ("ca", "fr") if number % 2 else ("fr", "ca")
        yield imposed(f"step-{number}", day(number // 3), by=by, against=against, title=f"Step {number}")
    yield imposed("hub", day(0), by="de", against="it", title="The hub")
    for number in range(ANSWERS):
        yield reciprocated(f"answer-{number}", day(1), to="measure:hub", by="it", against="de", title=f"Spoke {number}")
    for number in range(OTHERS):
        yield registered(f"other-{number}", category="state", name=f"Other {number}")
    for number in range(9 * OTHERS):
        yield imposed(f"many-{number}", day(number), by="jp", against=f"other-{number % OTHERS}", title="Designation")
        if number % 10 == 0:
            yield lifted(f"many-{number}", day(number + 1))


def page(crowded, path):
    """The page as a tree."""
    answer = crowded.get(path)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def said(tree, place="//main"):
    """What an element says, in one line."""
    return " ".join(" ".join(each.text_content() for each in tree.xpath(place)).split())


def link(tree, text, place="//main"):
    """Where the link with that text leads."""
    [found] = [each.get("href") for each in tree.xpath(f"{place}//a") if each.text_content().strip() == text]
    return found


def test_days_that_are_not_marked_are_counted(crowded):
    tree = page(crowded, "/measures/turning?at=2010-01-01")
    marked = len(tree.xpath("//*[@id='strip']//a"))
    assert marked < TURNS
    assert f"Of {TURNS + 1} days on which something changes {marked} are marked" in said(tree, "//*[@id='unmarked']")
    assert page(crowded, "/measures/learned?at=2010-01-01").xpath("//*[@id='unmarked']") == []


def test_a_table_of_days_has_the_newest_and_leads_to_all(crowded):
    tree = page(crowded, "/measures/turning?at=2010-01-01")
    rows = tree.xpath("//*[@id='timeline']//tbody/tr")
    assert len(rows) == 100
    assert f"The newest 100 of {TURNS + 1}." in said(tree, "//*[@id='timeline']")
    assert "from" in rows[-1].text_content()
    items = crowded.get(link(tree, "All of them (JSON)", "//*[@id='timeline']")).json["items"]
    assert len(items) == TURNS + 1


def test_of_what_was_known_when_the_times_before_are_reached_step_by_step(crowded):
    seen, path = set(), "/measures/learned?at=2010-01-01"
    for shown in (40, 40):
        tree = page(crowded, path)
        rows = [each.get("href") for each in tree.xpath("//*[@id='known']//svg//a")]
        assert len(rows) == shown
        assert f"learned something of it {shown} are drawn" in said(tree, "//*[@id='known']")
        assert len(tree.xpath("//*[@id='known']//svg//a[@aria-current]")) == 1, "the reader stands in one of them"
        seen |= set(rows)
        before = [each for each in tree.xpath("//*[@id='known']//p/a") if each.text_content() == "Those before"]
        path = before[0].get("href") if before else None
    assert path is None
    assert len(seen) == LEARNED
    assert page(crowded, link(tree, "The newest", "//*[@id='known']")).xpath("//*[@id='known']//svg//a[@aria-current]")


def test_a_history_leads_to_the_events_before_and_after(crowded):
    tree = page(crowded, "/measures/turning?at=2010-01-01")
    assert len(tree.xpath("//*[@id='history']//li")) == 100
    assert link(tree, f"The {TURNS + 1 - 100} events before these are in the list of changes.", "//*[@id='history']")
    first = crowded.get("/v1/measures/turning/history").json["items"][0]["sequence"]
    tree = page(crowded, f"/measures/turning?at=2010-01-01&known_at_sequence={first}")
    assert said(tree, "//*[@id='since']/summary") == f"Recorded since: {TURNS}"
    assert link(tree, f"The {TURNS - 100} events after these are in the list of changes.", "//*[@id='history']")


def test_a_chain_that_is_too_long_leads_to_all_of_it(crowded):
    tree = page(crowded, "/measures/hub?at=2010-01-01")
    listed = len(tree.xpath("//*[@id='chain']//li"))
    assert f"{ANSWERS + 1 - listed} more are not listed here." in said(tree, "//*[@id='chain']")
    assert len(crowded.get(link(tree, "All of them (JSON)", "//*[@id='chain']")).json["nodes"]) == ANSWERS + 1


def test_a_chain_is_listed_from_what_led_to_it_to_what_answered_it(crowded):
    tree = page(crowded, "/measures/answer-7?at=2010-01-01")
    columns = [int(each.get("data-column")) for each in tree.xpath("//*[@id='chain']//li")]
    assert columns == sorted(columns) == [-1, 0]


def test_all_steps_of_two_actors_are_reached_from_page_to_page(crowded):
    seen, path = set(), "/dyads/ca/fr?at=2010-01-01"
    for _ in range(9):
        tree = page(crowded, path)
        seen |= {each.get("href").partition("?")[0] for each in tree.xpath("//*[@id='ladder']//th/a[not(@class)]")}
        before = [each for each in tree.xpath("//*[@id='ladder']/p/a") if each.text_content() == "Those before"]
        if not before:
            break
        assert "of" in said(tree, "//*[@id='ladder']/p[1]")
        path = before[0].get("href")
    assert seen == {f"/measures/step-{number}" for number in range(STEPS)}
    tree = page(crowded, "/dyads/ca/fr?at=2010-01-01")
    assert f"The newest 60 of {STEPS} steps are shown." in said(tree, "//*[@id='ladder']")
    assert len(crowded.get(link(tree, "All of them (JSON)", "//*[@id='ladder']")).json["steps"]) == STEPS


@pytest.mark.parametrize("days", [f"to={day(20)}", f"from={day(30)}&to={day(40)}", f"from={day(25)}"])
def test_how_many_are_held_does_not_go_by_the_days_that_are_shown(crowded, days):
    """On the day on which the reader stands, which may be before those that are shown, or behind."""
    whole = said(page(crowded, f"/dyads/ca/fr?at={day(28)}"), "//*[@id='summary']")
    assert whole == said(page(crowded, f"/dyads/ca/fr?at={day(28)}&{days}"), "//*[@id='summary']")
    assert re.search(r"held [1-9]\d* live measures.* held [1-9]\d* live measures", whole)


def test_lists_of_an_actor_say_of_how_many_they_are_the_first(crowded):
    ended = -(-9 * OTHERS // 10)
    tree = page(crowded, "/actors/jp?at=2010-01-01")
    assert f"The newest 50 of {9 * OTHERS - ended}." in said(tree, "//*[@id='imposing']")
    assert link(tree, "Next 50", "//*[@id='imposing']")
    assert f"The newest 10 of {ended}." in said(tree, "//*[@id='ended']")
    found = crowded.get(link(tree, "All of them (JSON)", "//*[@id='ended']")).json["imposing"]["items"]
    assert len(found) == ended
    assert {each["status"] for each in found} == {"lifted"}


def test_others_that_are_not_drawn_are_counted_and_in_the_table(crowded):
    tree = page(crowded, "/actors/jp?at=2010-01-01")
    assert f"The 40 with the most of {OTHERS} are drawn" in said(tree)
    assert len(tree.xpath("//table[@class='counted']/tbody/tr")) == OTHERS


def test_a_search_says_that_there_may_be_more(crowded):
    tree = page(crowded, "/search?q=designation&at=2010-01-01")
    assert len(tree.xpath("//*[@id='results']//li")) == 30
    assert "The 30 likest are shown" in said(tree, "//*[@id='results']")
    assert "q=designation" in link(tree, "All measures with these words", "//*[@id='results']")
    assert said(page(crowded, "/search?q=learned&at=2010-01-01"), "//*[@id='results']/p") == "One result"
