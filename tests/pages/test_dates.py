"""The two dates: typed, stepped, slid, from the address, with Back and Forward; all of the page follows."""

from __future__ import annotations

import re

import pytest

from tests.pages.addresses import ACT, AGREEMENT, MEASURE, REPLY, REPORT

DATED = ["/actors/us", f"/measures/{MEASURE}", f"/agreements/{AGREEMENT}", f"/acts/{ACT}"]
DAY = "#as-of time[datetime='{}']"


def shown(page, day):
    """Wait until the page shows that day."""
    page.locator(DAY.format(day)).wait_for()


# ------------------------------------------------------------------------------------------------------------- typed


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("typed", ["2020-07-09", "9 July 2020", "20200709", "July 9, 2020", "Thursday 9 July 2020"])
def test_enter_leads_to_the_day_that_was_typed(visiting_as, typed, scripts):
    with visiting_as(scripts=scripts) as visit:
        page = visit.go("/actors/us")
        page.get_by_label("On", exact=True).fill(typed)
        page.keyboard.press("Enter")
        page.wait_for_url("**/actors/us?at=2020-07-09")
        shown(page, "2020-07-09")
        assert "9 July 2020" in page.title()
        assert page.get_by_label("On", exact=True).input_value() == "2020-07-09"


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("10 July 2020", "known_at=2020-07-10"),
        ("event 277", "known_at_sequence=277"),
        ("2030-01-01T10:00:00Z", "known_at=2030-01-01T10%3A00%3A00Z"),
        ("20300101", "known_at=2030-01-01"),
    ],
)
def test_as_known_on_takes_a_day_a_time_and_an_event(visiting_as, typed, leads_to):
    with visiting_as() as visit:
        page = visit.page
        page.goto(f"{visit.origin}/actors/us?at=2020-07-13")
        page.get_by_label("As known on").fill(typed)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(re.escape(leads_to)))
        assert page.get_by_label("On", exact=True).input_value() == "2020-07-13"


@pytest.mark.parametrize("path", DATED)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_what_was_typed_wrong_stays_and_is_explained(visiting_as, path, scripts):
    with visiting_as(scripts=scripts) as visit:
        page = visit.go(f"{path}?at=30+February+2020", status=422)
        assert page.get_by_text("30 February 2020 does not exist.").count() == 1
        field = page.get_by_label("On", exact=True)
        assert (field.input_value(), field.get_attribute("aria-invalid")) == ("30 February 2020", "true")
        field.fill("2020-07-10")
        page.keyboard.press("Enter")
        shown(page, "2020-07-10")
        assert visit.faults() == []


@pytest.mark.parametrize("wrong", ["07/09/2020", "yesterday", "2020-13-01", "2020-02-30", "2020", "9 Brumaire 2020"])
def test_a_day_that_is_none_is_refused_whatever_it_is(visit, wrong):
    page = visit.go("/actors/us")
    page.get_by_label("On", exact=True).fill(wrong)
    page.keyboard.press("Enter")
    page.locator("#at[aria-invalid=true]").wait_for()
    assert page.get_by_label("On", exact=True).input_value() == wrong
    assert page.locator("#at-problem").inner_text()


def test_the_form_is_there_too_where_there_is_nothing_of_that_name(visit):
    for path in (
        "/actors/nobody-here",
        "/measures/Not%20A%20Slug",
        "/acts/none?at=2020-07-09",
        "/agreements/none-such",
    ):
        page = visit.go(path, status=404)
        assert page.locator("form#when [name=at]").count() == 1, path


@pytest.mark.parametrize("path", DATED)
def test_the_form_is_within_fifteen_tabs_and_has_what_it_must(visit, path):
    page = visit.go(f"{path}?at=2020-07-10")
    assert page.locator("form#when").get_attribute("method") == "get"
    assert page.locator("[name=at]").count() == page.locator("[name=known_at]").count() == 1
    assert page.locator("#when button", has_text="Show").count() == 1
    assert page.locator("input[type=range]:not([name])").count() == 1
    for _ in range(15):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "at":
            return
    pytest.fail("the field was not reached")


# --------------------------------------------------------------------------------------------------- Back and Forward


def test_back_and_forward_restore_all_fields_too(visit):
    page = visit.go(f"/measures/{REPLY}?at=2020-07-10")
    seen = {"2020-07-10": what_depends_on_the_dates(page)}
    for day in ("2020-07-13", "2020-07-09"):
        page.get_by_label("On", exact=True).fill(day)
        page.keyboard.press("Enter")
        shown(page, day)
        seen[day] = what_depends_on_the_dates(page)
    assert len({seen[day]["status"] for day in seen}) == 3
    for step, day in [("go_back", "2020-07-13"), ("go_back", "2020-07-10"), ("go_forward", "2020-07-13")]:
        getattr(page, step)()
        shown(page, day)
        assert what_depends_on_the_dates(page) == seen[day]
    page.goto(f"{visit.origin}/events")
    page.go_back()
    shown(page, "2020-07-13")
    assert what_depends_on_the_dates(page) == seen["2020-07-13"]


def what_depends_on_the_dates(page):
    """Everything on a page but what the address bar and the slider are."""
    return {
        "title": page.title(),
        "at": page.locator("#at").input_value(),
        "known_at": page.locator("#known_at").input_value(),
        "status": page.locator("#status").inner_text(),
        "slider": page.locator("input[type=range]").input_value(),
        "alternate": page.locator("link[rel=alternate]").first.get_attribute("href"),
        "json_ld": page.locator("script[type='application/ld+json']").inner_html(),
        "description": page.locator("meta[name=description]").get_attribute("content"),
        "nav": page.locator("header nav").inner_html(),
        "main": page.locator("main").inner_text(),
        "foot": page.locator("#provenance").inner_html(),
    }


@pytest.mark.parametrize(
    "path", [*DATED, f"/measures/{REPLY}", "/dyads/cn/us", "/measures", "/actors/chen-quanguo", "/search?q=xinjiang"]
)
def test_what_scripts_put_in_place_is_what_the_server_gives(visiting_as, path):
    """Every view, every part of it: one rendering."""
    with visiting_as() as visit:
        page = visit.go(path)
        page.locator("#at").fill("2020-07-10")
        page.locator("#known_at").fill(f"event {REPORT}")
        page.locator("#known_at").press("Enter")
        shown(page, "2020-07-10")
        swapped, address = whole(page), page.url
        with visiting_as() as other:
            other.page.goto(address, wait_until="load")
            assert whole(other.page) == swapped


def whole(page):
    """All of head and body, in an order that does not matter to readers, without what only says how it came there."""
    head = page.evaluate("[...document.head.children].map(each => each.outerHTML).sort()")
    body = page.evaluate("document.body.innerHTML")
    return head, re.sub(r"\s+", " ", body)


# --------------------------------------------------------------------------------------------------- stepped and slid


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_previous_and_next_change_are_those_of_the_api(visiting_as, demo, scripts):
    turns = [turn["on"] for turn in demo.get("/v1/actors/us/state/timeline")["items"] if turn["on"]]
    with visiting_as(scripts=scripts) as visit:
        page = visit.go(f"/actors/us?at={turns[2]}")
        page.get_by_role("link", name="next change").click()
        shown(page, turns[3])
        page.get_by_role("link", name="previous change").click()
        shown(page, turns[2])
        page.get_by_role("link", name="previous change").click()
        shown(page, turns[1])


def test_the_strip_has_a_tick_on_each_day_on_which_something_changes(visit, demo):
    turns = [turn["on"] for turn in demo.get("/v1/actors/cn/state/timeline")["items"] if turn["on"]]
    page = visit.go("/actors/cn?at=2020-07-10")
    ticks = page.locator("#strip a").evaluate_all("all => all.map(each => [each.getAttribute('href'), each.tabIndex])")
    assert [(re.search(r"at=([0-9-]+)", href)[1], tab) for href, tab in ticks] == [(turn, -1) for turn in turns]


def test_the_slider_goes_a_day_by_an_arrow_and_a_change_by_a_page_key(visit, demo):
    turns = [turn["on"] for turn in demo.get("/v1/actors/us/state/timeline")["items"] if turn["on"]]
    page = visit.go("/actors/us?at=2020-07-10")
    page.locator("input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    shown(page, "2020-07-11")
    assert page.url.endswith("?at=2020-07-11")
    page.keyboard.press("PageUp")
    after = next(turn for turn in turns if turn > "2020-07-11")
    shown(page, after)
    page.keyboard.press("PageDown")
    before = max(turn for turn in turns if turn < after)
    shown(page, before)
    assert page.evaluate("document.activeElement.type") == "range", "the focus is kept"
    page.go_back()
    shown(page, after)


def test_the_focus_is_kept_in_the_field(visit):
    page = visit.go("/actors/us")
    page.get_by_label("On", exact=True).fill("2020-07-09")
    page.keyboard.press("Enter")
    shown(page, "2020-07-09")
    assert page.evaluate("document.activeElement.id") == "at"


# ----------------------------------------------------------------------------------------------------------- failures


def test_a_page_that_does_not_come_says_what_is_still_shown(visit):
    page = visit.go("/actors/us?at=2020-07-08")
    page.route("**/actors/us?at=2020-07-09", lambda route: route.abort())
    page.get_by_label("On", exact=True).fill("2020-07-09")
    page.keyboard.press("Enter")
    page.get_by_text("Could not load 9 July 2020: this is still 8 July 2020.").wait_for()
    assert page.url.endswith("at=2020-07-08")
    page.unroute("**/actors/us?at=2020-07-09")
    page.get_by_role("button", name="Try again").click()
    shown(page, "2020-07-09")


def test_an_answer_that_takes_long_is_awaited_with_the_old_one_dimmed(visit):
    page = visit.go("/actors/us?at=2020-07-08")
    waiting = []

    def hold(route):
        waiting.append(route)

    page.route("**/actors/us?at=2020-07-09", hold)
    page.get_by_label("On", exact=True).fill("2020-07-09")
    page.keyboard.press("Enter")
    page.locator("main.dimmed").wait_for()
    assert page.locator(DAY.format("2020-07-08")).count() == 1
    waiting[0].continue_()
    shown(page, "2020-07-09")
    assert page.locator("main.dimmed").count() == 0


# ---------------------------------------------------------------------------------------------------------- past times


def test_a_past_knowledge_says_so_and_how_much_was_learned_since(visit, demo):
    history = demo.get(f"/v1/measures/{REPLY}/history")["items"]
    later = [event for event in history if event["sequence"] > REPORT]
    assert len(later) == 1
    page = visit.go(f"/measures/{REPLY}?at=2020-07-13&known_at_sequence={REPORT}")
    said = page.locator(".past").inner_text()
    assert said.startswith(f"You see what was known at event {REPORT}. One thing was learned since.")
    page.get_by_role("link", name="Show them").click()
    page.locator("#since[open] li").wait_for()
    assert page.url.endswith("#since")
    page.go_back()
    page.get_by_role("link", name="Show what is known now").click()
    page.wait_for_url(f"**/measures/{REPLY}?at=2020-07-13")
    page.locator("#status[data-status=in_force]").wait_for()
    assert page.locator(".past").count() == 0


def test_a_dyad_says_how_many_steps_were_learned_since(visit, demo):
    then = demo.get("/v1/dyads/cn/us", known_at_sequence=REPORT)["steps"]
    later = [step for step in demo.get("/v1/dyads/cn/us")["steps"] if step not in then]
    assert later
    page = visit.go(f"/dyads/cn/us?at=2020-07-10&known_at_sequence={REPORT}")
    said = page.locator(".past").inner_text()
    assert said.startswith(f"You see what was known at event {REPORT}. {len(later)} things were learned since.")
    page.get_by_role("link", name="Show what is known now").click()
    page.wait_for_url("**/dyads/cn/us?at=2020-07-10")
    page.locator(".past").wait_for(state="detached")


def test_what_was_not_known_yet_is_said_to_be_heard_of_later(visit):
    page = visit.go(f"/measures/{REPLY}?at=2020-07-13&known_at=2020-07-10", status=404)
    assert "This ledger first heard of it on" in page.locator("main").inner_text()
    assert page.get_by_label("As known on").input_value() == "2020-07-10"
    page.get_by_role("link", name="Show what is known now").click()
    page.locator("#status[data-status=in_force]").wait_for()


def test_links_carry_both_dates_on(visit):
    page = visit.go(f"/actors/us?at=2020-07-10&known_at_sequence={REPORT}")
    page.locator("#imposing tbody th a").first.click()
    page.wait_for_url(f"**at=2020-07-10&known_at_sequence={REPORT}")
    page.get_by_role("link", name="Measures", exact=True).click()
    page.wait_for_url(f"**/measures?at=2020-07-10&known_at_sequence={REPORT}")
