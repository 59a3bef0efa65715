"""What holds of every page (pages.md, Fixed, 1 and 2): at a desk, on a phone, light and dark, without scripts too."""

from __future__ import annotations

import re

import httpx
import pytest

from api.pages.house import POLICY
from tests.pages.addresses import PAGES
from tests.pages.browser import DESK, NARROWEST, PHONE

STATUS = {"measure-not-known": 404, "wrong-day": 422, "nothing-here": 404}


EACH_KIND = [
    "home", "actor", "actor-then", "measure-corrected", "agreement", "act", "dyad", "measures-filtered", "search-found",
    "events", "event", "audit", "record", "record-lifted", "measure-not-known", "wrong-day",
]  # fmt: skip
"""A page of each template, and what the states add to it."""


def every(visit, names=PAGES):
    """Each page in turn, in one tab, as it is once it was loaded."""
    for name in names:
        path = PAGES[name]
        yield name, visit.go(path, status=STATUS.get(name, 200))


@pytest.mark.parametrize("width", [DESK, PHONE, NARROWEST])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_no_page_does_what_none_may(visiting_as, width, scripts):
    with visiting_as(width=width, scripts=scripts) as visit:
        assert {name: found for name, _ in every(visit) if (found := visit.faults())} == {}


@pytest.mark.parametrize(("width", "dark"), [(DESK, False), (PHONE, True)], ids=["desk, light", "phone, dark"])
def test_axe_finds_no_barrier(visiting_as, width, dark):
    with visiting_as(width=width, dark=dark, bypass_csp=True) as visit:
        assert {name: found for name, _ in every(visit, EACH_KIND) if (found := visit.barriers())} == {}


def test_each_page_says_what_it_is(visit):
    for name, page in every(visit):
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.locator("h1").count() == page.locator("main").count() == 1, name
        assert page.locator("a").first.inner_text() == "Skip to content"
        for found in ("meta[name=description]", 'meta[property="og:title"]', "link[rel=icon]"):
            assert page.locator(found).count() == 1, (name, found)
        assert page.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').text)['@type']")
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
        assert len(ids) == len(set(ids)), name


def test_the_policy_is_the_strict_one_and_nothing_is_inline(demo):
    for path in PAGES.values():
        answer = httpx.get(demo.url + path, follow_redirects=True)
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert not re.search(r"<[^>]+\s(style|on\w+)=|<style|<script>", answer.text), path
        assert "Set-Cookie" not in answer.headers


def test_nothing_moves_where_less_motion_is_wanted(visiting_as):
    with visiting_as(reduced_motion="reduce") as visit:
        page = visit.go("/actors/us?at=2020-07-13")
        moving = (
            "[...document.querySelectorAll('*')].filter(each => parseFloat(getComputedStyle(each).transitionDuration))"
        )
        page.evaluate("document.querySelector('main').classList.add('dimmed')")
        assert page.evaluate(f"{moving}.length") == 0
        assert page.evaluate("document.getAnimations().length") == 0


# -------------------------------------------------------------------------------------------------- the keyboard alone


def test_the_first_tab_leads_past_the_head(visit):
    page = visit.go("/actors/us?at=2020-07-13")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0, "it is seen once it has the focus"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_each_place_that_has_the_focus_is_seen(visit):
    page = visit.go("/measures/cn-xinjiang-2020-07-10?at=2020-07-13")
    seen = """
      () => {
        const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
        return [at.tagName, at.id, box.width > 0 && box.height > 0 && style.outlineStyle !== 'none'];
      }
    """
    places = 0
    for _ in range(80):
        page.keyboard.press("Tab")
        tag, id_, is_seen = page.evaluate(seen)
        if tag == "BODY":
            break
        assert is_seen, (tag, id_)
        places += 1
    assert places > 30


def test_a_reporter_finishes_with_the_keyboard_alone(visit):
    """From the home page: search an actor, choose a day, read one measure, go back."""
    page = visit.go("/")
    page.get_by_label("Search a name, a title, a word").focus()
    page.keyboard.type("chen quanguo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=chen+quanguo")
    page.locator("#results a").first.press("Enter")
    page.wait_for_url("**/actors/chen-quanguo**")
    page.get_by_label("On", exact=True).fill("9 July 2020")
    page.keyboard.press("Enter")
    page.locator("#as-of time[datetime='2020-07-09']").wait_for()
    page.locator("#targeted tr[data-status=in_force] th a").press("Enter")
    page.wait_for_url("**/measures/us-xinjiang-2020-07-09?at=2020-07-09")
    page.locator("#history summary, #timeline summary").first.press("Enter")
    assert page.locator("#timeline details[open]").count() == 1


# ------------------------------------------------------------------------------------------------------------ statuses


@pytest.mark.parametrize("path", ["/nothing/here", "/v0/nothing", "/actors/Not%20A%20Slug", "/measures/nobody-knows"])
def test_what_there_is_not_is_a_page_but_in_the_api(demo, path):
    answer = httpx.get(demo.url + path)
    kind = "application/problem+json" if path.startswith("/v") else "text/html; charset=utf-8"
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, kind)


@pytest.mark.parametrize(
    "path", ["/actors/us?att=2020-07-09", "/events?after=x", "/measures?instrument=foo", "/search?q=%00", "/?x=1"]
)
def test_a_parameter_that_is_wrong_is_a_page_with_the_status_of_the_api(visit, path):
    page = visit.go(path, status=422)
    assert page.locator(".problem").first.inner_text()
    assert visit.faults() == []
    visit.go(path.replace("?", "?at=2020-07-09&"), status=422)


def test_an_answer_that_the_browser_has_is_not_sent_again(demo):
    for path in ("/actors/us?at=2020-07-13", "/"):
        first = httpx.get(demo.url + path)
        again = httpx.get(demo.url + path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Content-Security-Policy"] == POLICY


def test_files_are_kept_for_good_and_found_under_an_older_address(demo):
    [style] = re.findall(r'href="(/static/[^"]+style.css)"', httpx.get(demo.url).text)
    answer = httpx.get(demo.url + style)
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    older = httpx.get(demo.url + style.replace(style.split("/")[2], "0123456789ab"))
    assert (older.status_code, older.headers["Location"]) == (302, style)
    assert httpx.get(demo.url + "/static/0/nothing.css").status_code == 404


def test_head_has_the_headers_alone(demo):
    answer = httpx.head(demo.url + "/actors/us")
    assert (answer.status_code, answer.content) == (200, b"")
