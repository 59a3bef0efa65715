"""Every view of every page, held against the API's answer for the same dates."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.client import PLURALS
from tests.pages.addresses import ACT, AGREEMENT, MEASURE, REPLY, REPORT

WHEN = [
    {"at": "2020-07-08"},
    {"at": "2020-07-10", "known_at_sequence": REPORT},
    {"at": "2020-07-13"},
    {"at": "2021-04-01"},
    {"at": "2015-01-01"},
]
SUBJECTS = [
    f"measures/{MEASURE}",
    f"measures/{REPLY}",
    "measures/us-hk-preference-2020-07-14",
    f"agreements/{AGREEMENT}",
]


def address(path, when):
    return path + "?" + "&".join(f"{name}={value}" for name, value in when.items())


def attributes(page, selector, name):
    return page.locator(selector).evaluate_all(f"all => all.map(each => each.getAttribute('{name}'))")


def paths(page, selector):
    """The paths that links lead to, without their dates."""
    return {href.partition("?")[0] for href in attributes(page, f"{selector} a", "href") if href.startswith("/")}


def path_of(subject):
    kind, slug = subject.split(":")
    return f"/{PLURALS[kind]}/{slug}"


# ------------------------------------------------------------------------------------------------------------- actors


@pytest.mark.parametrize("actor", ["us", "cn", "hk", "chen-quanguo", "xinjiang", "eu"])
def test_an_actor_is_what_the_api_says(visit, demo, actor):
    for when in WHEN:
        state = demo.get(f"/v1/actors/{actor}/state", limit=50, **when)
        page = visit.go(address(f"/actors/{actor}", when))
        assert_counts(page, state["summary"])
        for name in ("imposing", "targeted", "agreements"):
            found = "each => [each.dataset.subject, each.dataset.status, each.querySelector('th a').innerText]"
            rows = page.locator(f"#{name} tr[data-subject]").evaluate_all(f"all => all.map({found})")
            items = state[name]["items"]
            assert rows == [[item["subject"], item["status"], item["terms"]["title"]] for item in items], name
        live = {item["subject"] for name in ("imposing", "targeted") for item in state[name]["items"]}
        assert set(attributes(page, "svg#counterparts [data-subject]", "data-subject")) == live
        assert page.locator(f"#as-of time[datetime='{when['at']}']").count() == 1
        assert_provenance(page, demo, state, f"/v1/actors/{actor}/state")


def assert_counts(page, summary):
    """Each number that is shown is the API's, and each that is not zero is shown."""
    found = "all => all.map(each => [each.dataset.count, each.innerText])"
    counts = dict(page.locator("#summary [data-count]").evaluate_all(found))
    expected = dict(flat(summary))
    assert {name: int(text) for name, text in counts.items()} == {name: n for name, n in expected.items() if n}


def flat(summary, prefix=""):
    for name, value in summary.items():
        yield from flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, value)]


def assert_provenance(page, demo, state, path):
    """The foot, and the same answer in the API: by the alternate, and for good."""
    sequence = str(state["sequence"])
    assert page.locator("#provenance").get_attribute("data-sequence") == sequence
    alternate = page.locator("link[rel=alternate][type='application/json']").get_attribute("href")
    assert alternate.startswith(f"{path}?")
    assert demo.get(alternate) == state
    bookmark = page.locator("#provenance a[rel=bookmark]").get_attribute("href")
    assert f"at={state['at']}" in bookmark
    assert "known_at=" in bookmark
    permanent = httpx.get(demo.url + bookmark).text
    assert f'data-sequence="{sequence}"' in permanent
    assert page.locator("#status, #summary").first.inner_html().strip()[:80] in permanent


def test_what_is_imposed_through_others_says_through_whom(visit, demo):
    when = {"at": "2020-07-13"}
    page = visit.go(address("/actors/us", when))
    for item in demo.get("/v1/actors/us/state", **when)["targeted"]["items"]:
        if item["as"] == "affiliate":
            row = page.locator(f"#targeted tr[data-subject='{item['subject']}']").inner_text()
            assert "through" in row
            assert ("through those related to it" in row) == ("actor:us" in item["through"])


def test_nothing_in_force_says_when_the_first_change_is(visit):
    page = visit.go("/actors/us?at=2010-01-01")
    assert "Nothing was in force on 1 January 2010." in page.locator("#summary").inner_text()
    page.get_by_role("link", name="The first change is on").click()
    page.locator("#imposing tr[data-subject]").first.wait_for()


# ----------------------------------------------------------------------------------------------------------- subjects


@pytest.mark.parametrize("subject", [*SUBJECTS, f"acts/{ACT}"])
def test_a_subject_is_what_the_api_says(visit, demo, subject):
    history = demo.get(f"/v1/{subject}/history")["items"]
    title = demo.get(f"/v1/{subject}/timeline")["items"][0]["terms"]["title"]
    for when in WHEN:
        if history[0]["sequence"] > when.get("known_at_sequence", history[0]["sequence"]):
            visit.go(address(f"/{subject}", when), status=404)
            continue
        state = demo.get(f"/v1/{subject}", **when)
        page = visit.go(address(f"/{subject}", when))
        assert page.locator("#status").get_attribute("data-status") == state["status"]
        assert page.locator("#timeline svg").count() == 1
        assert {f"/events/{event['sequence']}" for event in history} <= paths(page, "#history")
        chain = demo.get(f"/v1/{subject}/chain", **when)
        assert paths(page, "#chain") == {path_of(node["subject"]) for node in chain["nodes"]}
        assert page.locator("h1").inner_text() == title
        if state["status"] == "none":
            assert "Known, but not begun on this day." in page.locator("#status").inner_text()
        assert_provenance(page, demo, state, f"/v1/{subject}")


def test_the_chain_says_the_days_of_the_api(visit, demo):
    page = visit.go(f"/measures/{REPLY}?at=2020-07-13")
    chain = demo.get(f"/v1/measures/{REPLY}/chain", at="2020-07-13")
    said = {0: "same day", 1: "1 day"}
    labels = page.locator("#chain svg text.halo").all_text_contents()
    assert sorted(labels) == sorted(said.get(edge["days"], f"{edge['days']} days") for edge in chain["edges"])


@pytest.mark.parametrize("subject", [f"measures/{MEASURE}", f"measures/{REPLY}", f"agreements/{AGREEMENT}"])
def test_what_was_known_when_links_each_answer(visit, demo, subject):
    times = list(dict.fromkeys(event["recorded_at"] for event in demo.get(f"/v1/{subject}/history")["items"]))
    page = visit.go(f"/{subject}?at=2020-07-13")
    links = attributes(page, "#known svg a", "href")
    assert len(links) == len(times)
    for time, link in zip(reversed(times), links, strict=True):
        assert "known_at=" in link
        state = demo.get(f"/v1/{subject}", at="2020-07-13", known_at=time)
        page.goto(demo.url + link)
        assert page.locator("#provenance").get_attribute("data-sequence") == str(state["sequence"])
        assert page.locator("#status").get_attribute("data-status") == state["status"]


def test_each_term_names_the_event_that_set_it(visit, demo):
    state = demo.get(f"/v1/measures/{REPLY}", at="2020-07-13", trace="true")
    page = visit.go(f"/measures/{REPLY}?at=2020-07-13")
    values = page.locator("dl.terms > div", has_text="Targets").locator("dd").all_inner_texts()
    assert [int(text.rpartition(" ")[2]) for text in values] == state["trace"]["targets"]


def test_what_is_corrected_is_kept_and_names_the_correction(visit, demo):
    history = demo.get(f"/v1/measures/{MEASURE}/history")["items"]
    corrected = [event for event in history if event["corrected_by"]]
    assert corrected, "the fixtures have a correction"
    page = visit.go(f"/measures/{MEASURE}?at=2020-07-13")
    for event in corrected:
        row = page.locator(f"#event-{event['sequence']}.amiss")
        assert f"corrected by event {event['corrected_by']}" in row.inner_text()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/actors/cn", "The ledger did not know China yet."),
        (f"/measures/{MEASURE}", "The ledger did not know “Sanctions on senior Chinese officials over Xinjiang” yet."),
        ("/dyads/cn/us", "The ledger did not know China yet."),
    ],
)
def test_what_was_not_known_yet_is_called_by_its_name(visit, path, said):
    assert visit.go(f"{path}?known_at=2020-07-10", status=404).locator("h1").inner_text() == said


def test_what_is_not_known_at_all_has_no_name(visit):
    assert visit.go("/actors/nobody-here", status=404).locator("h1").inner_text() == (
        "The ledger does not know nobody-here."
    )


# --------------------------------------------------------------------------------------------------------------- dyads


@pytest.mark.parametrize("when", [{"at": "2020-07-13"}, {"at": "2020-07-10", "known_at_sequence": REPORT}], ids=str)
def test_a_dyad_is_what_the_api_says(visit, demo, when):
    known = {name: value for name, value in when.items() if name != "at"}
    dyad = demo.get("/v1/dyads/cn/us", **known)
    page = visit.go(address("/dyads/cn/us", when))
    assert {path_of(step["subject"]) for step in dyad["steps"]} <= paths(page, "#ladder")
    assert page.locator("#ladder svg a").count() == len(dyad["steps"])
    assert page.locator("#series svg").count() == 1
    held = [point for point in dyad["series"] if point["on"] <= when["at"]][-1]
    said = [
        int(number.replace("one", "1"))
        for number in re.findall(r"(\d+|one) live", page.locator("#summary").inner_text())
    ]
    assert said == [held["a_to_b"], held["b_to_a"]]
    alternate = page.locator("link[rel=alternate]").get_attribute("href")
    assert demo.get(alternate) == dyad


def test_a_dyad_is_the_same_from_both_sides(visit):
    one = visit.go("/dyads/us/cn?at=2020-07-13").locator("main").inner_text()
    assert visit.go("/dyads/cn/us?at=2020-07-13").locator("main").inner_text() == one


def test_a_dyad_of_one_and_of_a_stranger_is_refused(visit):
    visit.go("/dyads/us/us", status=422)
    visit.go("/dyads/us/nobody-here", status=404)
    assert visit.page.locator("h1").count() == 1


# --------------------------------------------------------------------------------------------------------------- lists


@pytest.mark.parametrize(
    "query",
    ["", "imposed_by=us", "target=cn", "status=all&instrument=visa_restriction", "topic=xinjiang", "q=xinjiang visa"],
)
def test_measures_are_those_of_the_api(visit, demo, query):
    items = demo.get(f"/v1/measures?at=2020-07-13&limit=50&{query}")["items"]
    page = visit.go(f"/measures?at=2020-07-13&{query}")
    assert attributes(page, "#list tr[data-subject]", "data-subject") == [item["subject"] for item in items]
    assert demo.get(page.locator("link[rel=alternate]").get_attribute("href"))["items"] == items


def test_the_filters_are_filled_in_and_keep_the_dates(visit):
    page = visit.go("/measures?at=2020-07-13")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("By", exact=True).fill("us")
    page.locator("#filters button").click()
    page.wait_for_url("**imposed_by=us**")
    assert page.get_by_label("By", exact=True).input_value() == "us"
    assert page.get_by_label("On", exact=True).input_value() == "2020-07-13"


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Chen Quanguo", "chen-quanguo"),
        ("xinjiang sanctions", None),
        ("united states", "us"),
        ("Chen Quangou", "chen-quanguo"),
        ("quanguo chen", "chen-quanguo"),
        ("Untied Kingdom", "gb"),
        ("Zhu Hailin", "zhu-hailun"),
    ],
)
def test_search_finds_names_with_slips_of_the_pen_and_words_and_says_why(visit, typed, slug):
    page = visit.go(f"/search?q={typed}")
    assert page.locator("input[name=q]").input_value() == typed
    found = attributes(page, "#results li", "data-subject")
    assert found
    if slug:
        assert f"actor:{slug}" in found[:5]
    assert all(page.locator("#results li .small").all_inner_texts())


@pytest.mark.parametrize(
    "typed",
    [
        "us china",
        "china us",
        "China and the United States",
        "cn-us",
        "United States vs. China",
        "china – united states",
    ],
)
def test_two_actors_lead_to_the_page_of_both_before_all_else(visit, typed):
    page = visit.go(f"/search?q={typed}&at=2020-07-13")
    first = page.locator("#results a").first
    assert first.inner_text() == "China and United States"
    first.click()
    page.wait_for_url("**/dyads/cn/us?at=2020-07-13")


@pytest.mark.parametrize("typed", ["united states", "china", "chen quanguo", "Trinidad and Tobago", "us us", "qqqq"])
def test_one_name_is_no_pair(visit, typed):
    assert visit.go(f"/search?q={typed}").locator("#results .pair").count() == 0


def test_changes_are_the_feed_newest_first(visit, demo):
    newest = demo.get("/v1/events", after=323 - 50)["items"]
    page = visit.go("/events")
    assert attributes(page, "tr[data-sequence]", "data-sequence") == [str(event["sequence"]) for event in newest[::-1]]
    page.get_by_role("link", name="Next 50").click()
    page.wait_for_url("**cursor=**")
    assert page.locator("tr[data-sequence]").first.get_attribute("data-sequence") == str(newest[0]["sequence"] - 1)


@pytest.mark.parametrize("query", ["actor=us&after=277", "type=corrected", "subject_kind=agreement", "q=extradition"])
def test_changes_are_filtered_as_the_feed_is(visit, demo, query):
    events = demo.get(f"/v1/events?{query}&limit=1000")["items"]
    page = visit.go(f"/events?{query}")
    found = attributes(page, "tr[data-sequence]", "data-sequence")
    assert found == [str(event["sequence"]) for event in events[::-1]][:50]


@pytest.mark.parametrize("sequence", [1, 268, 297, 323])
def test_an_event_shows_its_bytes_and_what_it_changed(visit, demo, sequence):
    page = visit.go(f"/events/{sequence}")
    event = demo.get(f"/v1/events/{sequence}")
    assert event["leaf_hash"] in page.locator("main").inner_text()
    assert page.locator("pre.bytes").inner_text() == httpx.get(f"{demo.url}/v1/audit/leaves/{sequence}").text


def test_what_an_event_changed_is_told_by_names(visit):
    row = visit.go("/events/297").locator("tr", has_text="Targets")
    assert "Marco Rubio, Ted Cruz, Chris Smith" in row.inner_text()
    assert "related to United States" in row.inner_text()


def test_home_has_the_ten_newest_changes(visit, demo):
    page = visit.go("/")
    assert attributes(page, "tr[data-sequence]", "data-sequence") == [str(n) for n in range(323, 313, -1)]
