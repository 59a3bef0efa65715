"""What is taken along from a page: the feed, the bundle, what is printed."""

from __future__ import annotations

import re

import httpx
import pytest
from lxml import etree

from tests.pages.addresses import AGREEMENT, MEASURE

ATOM = {"a": "http://www.w3.org/2005/Atom"}
A4 = 718
"""How wide what is printed on A4 is, in CSS pixels, between Chromium's margins."""


def test_the_feed_has_the_newest_events_that_concern_the_actor(demo):
    answer = httpx.get(f"{demo.url}/actors/us/feed.atom")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = etree.fromstring(answer.content)
    sequences = [int(each.text.rpartition("/")[2]) for each in feed.iterfind("a:entry/a:id", ATOM)]
    assert sequences == sorted(sequences, reverse=True)
    concerning = {
        event["sequence"]
        for name in ("imposing", "targeted", "agreements")
        for item in demo.get("/v1/actors/us/state", status="all", limit=1000)[name]["items"]
        for event in demo.get(f"/v1/measures/{item['subject'].partition(':')[2]}/history")["items"]
    }
    assert len(concerning) > 10
    assert concerning <= set(sequences)


def test_a_feed_of_nobody_is_not_found(demo):
    assert httpx.get(f"{demo.url}/actors/nobody-here/feed.atom").status_code == 404


@pytest.mark.parametrize(
    "subject", [f"measures/{MEASURE}", f"agreements/{AGREEMENT}", "actors/us", "acts/cn-xinjiang-conduct"]
)
def test_the_bundle_is_the_file_of_the_audit(demo, subject):
    ours = httpx.get(f"{demo.url}/{subject}/bundle", params={"at": "2020-07-13", "known_at_sequence": 300})
    kind, slug = subject.split("/")
    named = {"subject": f"{kind[:-1]}:{slug}", "at": "2020-07-13", "known_at_sequence": 300}
    theirs = httpx.get(f"{demo.url}/v1/audit/bundle", params=named)
    assert (ours.status_code, ours.content) == (200, theirs.content)
    assert ours.headers["Content-Disposition"] == theirs.headers["Content-Disposition"]


def test_a_link_leads_to_the_bundle_of_the_answer(visit):
    page = visit.go(f"/measures/{MEASURE}?at=2020-07-09")
    link = page.locator("#provenance a", has_text="evidence bundle").get_attribute("href")
    assert link == f"/measures/{MEASURE}/bundle?at=2020-07-09&known_at_sequence=323"


def test_what_is_of_the_whole_ledger_is_called_so(visit):
    page = visit.go(f"/measures/{MEASURE}?at=2020-07-09")
    link = page.locator("#provenance a", has_text="whole ledger as CSV").get_attribute("href")
    assert link == "/v1/export/csv?at=2020-07-09&known_at_sequence=323"


@pytest.mark.parametrize("path", ["/actors/us?at=2020-07-13", f"/measures/{MEASURE}?at=2020-07-09"])
def test_printed_it_is_unfolded_and_says_where_to_check_it(visit, path):
    page = visit.go(path)
    page.emulate_media(media="print")
    assert page.locator("#provenance").is_visible()
    assert not page.locator("form#when").is_visible()
    assert not page.locator("header nav").is_visible()
    said = page.locator("#provenance").inner_text()
    assert "On paper this proves nothing: check it at http://" in said
    assert "Root of the log at event 323: " in said
    [address] = re.findall(r"check it at (http://\S+)", said)
    assert re.search(r"&known_at=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z$", address), "who types it types no %3A"
    assert httpx.get(address).status_code == 200
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


@pytest.mark.parametrize("path", ["/dyads/cn/us?at=2020-07-13", f"/measures/{MEASURE}?at=2020-07-09"])
def test_on_paper_it_is_light_and_nothing_is_cut_off(visiting_as, path):
    with visiting_as(width=A4, dark=True) as visit:
        page = visit.go(path)
        page.emulate_media(media="print")
        paper = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--paper')")
        assert paper.strip().lower() == "#fbfaf7"
        right = "[...document.querySelectorAll('svg.drawing')].map(each => each.getBoundingClientRect().right)"
        assert max(page.evaluate(right)) <= A4
