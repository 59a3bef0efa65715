"""What holds of every page (pages.md, Fixed, 1 and 2): at a desk and on a phone, light and dark."""

from __future__ import annotations

import re

import httpx
import pytest

from api.pages.house import POLICY
from tests.pages.browser import DESK, NARROWEST, PHONE

EVERY_PAGE = ["/"]


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_a_page_does_what_no_page_may_do_nowhere(visiting_as, path):
    for width in (DESK, PHONE, NARROWEST):
        with visiting_as(width=width) as visit:
            visit.go(path)
            assert visit.faults() == []


@pytest.mark.parametrize("path", EVERY_PAGE)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_no_barrier(visiting_as, path, dark):
    with visiting_as(dark=dark, bypass_csp=True) as visit:
        visit.go(path)
        assert visit.barriers() == []


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_a_page_says_what_it_is(visit, path):
    page = visit.go(path)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").count() == page.locator("main").count() == 1
    assert page.locator("a").first.inner_text() == "Skip to content"
    for found in ("meta[name=description]", 'meta[property="og:title"]', "link[rel=icon]"):
        assert page.locator(found).count() == 1, found
    assert page.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').text)['@type']")


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_the_policy_is_the_strict_one(demo, path):
    answer = httpx.get(demo.url + path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert not re.search(r"<[^>]+ (style|on\w+)=|<style|<script>", answer.text)


def test_a_page_that_there_is_not_is_a_page_with_the_status(visit):
    page = visit.go("/nothing/here", status=404)
    assert page.locator("h1").count() == 1
    assert visit.faults() == []
