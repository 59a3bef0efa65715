"""Pages of made-up ledgers: hostile text, mergers, ended measures, reading that needs a token."""

from __future__ import annotations

import re
import sqlite3

import httpx
import pytest

from api.http import create_app
from ledger.settings import Settings
from tests.client import Api
from tests.pages.browser import DESK, NARROWEST, visiting
from tests.pages.test_answers import assert_counts
from tests.posting import amended, concluded, event, imposed, lifted, merged, registered, reported, retracted, suspended
from tests.process import serving

HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)> \"quoted\" 'too' & {{ 7*7 }}",
    "rtl": "عقوبات على مسؤولين \u202egnorw\u202c (2020) שלום",
    "long": "Donau" * 60,
    "wide": "制裁" * 80,
    "quiet": "zero\u200bwidth e\u0301 \u2028 line",
}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A ledger of its own, served by the real command; its database is SQLite's."""
    from ledger.service import Ledger

    folder = tmp_path_factory.mktemp("made-up")
    database = f"sqlite:///{folder / 'retorsion.db'}"
    ledger = Ledger.open(database)
    ledger.init()
    ledger.append(list(_events()), by="tests")
    first = ledger.head().sequence
    ledger.append([retracted("measure:held", first, reason="It was never so")], by="tests")
    ledger.close()
    with serving(database) as served:
        yield served.url


def _events():
    for name, text in HOSTILE.items():
        yield registered(name, category="person", name=text, aliases=[text, f"{text} 2"], countries=["actor:cn"])
        yield imposed(
            f"m-{name}", "2020-07-01", title=text, against=[name, {"description": text, "related_to": ["actor:cn"]}],
            description=text, topics=[name], legal_basis=[text],
        )  # fmt: skip
        source = {"title": text, "url": "https://example.org/?q=<script>&x='\"", "publisher": text}
        yield amended(f"m-{name}", "2020-07-02", set={"title": f"{text}!"}, reason=text) | {
            "sources": [source], "comment": text,
        }  # fmt: skip
        yield reported(f"a-{name}", "2020-06-01", title=text, attribution="alleged", attributed_to=["actor:us"])
        yield concluded(f"t-{name}", "2020", parties=["us", name], title=text)
    yield registered("old", name="The old name")
    yield registered("new", name="The new name", countries=["actor:cn"])
    yield imposed("old", "2020-01-01", against="old", title="On the old one")
    yield merged("old", "new", "2020-05-01")
    yield imposed(
        "part", "2020-01-01", against="ru", instruments=["asset_freeze", "travel_ban"], expires_on="2022-01-01"
    )
    yield suspended("part", "2020-03-01", scope={"instruments": ["asset_freeze"]}, until="2020-04-01", by=["actor:us"])
    yield imposed("about", "2020-07", against="ru", title="Some day in July")
    yield amended("about", "2020-09-01", set={"title": "Some day in July, amended"})
    yield imposed("ended", "2020-01-01", against="ru", title="One that ended")
    yield lifted("ended", "2021-03-01", by=["actor:us"])
    yield imposed("listed", "2020-01-01~", against="ru", title="On a list")
    yield lifted("listed", "2021-03-01~", by=["actor:us"])
    yield imposed("held", "2020-01-01", against="ru", title="Right")
    yield lifted("held", "2020-02-01")


@pytest.fixture
def tab(browser, url):
    with visiting(browser, url) as visit:
        yield visit


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_stands_as_it_was_recorded_and_does_nothing(browser, url, name):
    text = HOSTILE[name]
    for width in (DESK, NARROWEST):
        with visiting(browser, url, width=width) as visit:
            for path in (
                f"/actors/{name}?at=2020-07-09", f"/measures/m-{name}?at=2020-07-09", f"/acts/a-{name}?at=2020-07-09",
                f"/agreements/t-{name}?at=2020-07-09", "/dyads/cn/us?at=2020-07-09", "/measures?at=2020-07-09",
                f"/search?q={name}", "/events",
            ):  # fmt: skip
                visit.go(path)
                assert visit.faults() == [], path
    with visiting(browser, url) as visit:
        page = visit.go(f"/actors/{name}?at=2020-07-09")
        assert page.locator("h1").text_content() == text
        assert f"{text}!" in page.locator("#targeted tbody th").all_text_contents()
        page.get_by_label("On", exact=True).fill(text[:100])
        page.keyboard.press("Enter")
        page.locator("[aria-invalid=true]").wait_for()
        assert page.locator("#at").input_value() == text[:100]
        assert page.evaluate("document.scripts.length") == 2
        assert visit.faults() == []


def test_a_merged_actor_is_the_page_of_the_other(tab):
    page = tab.go("/actors/old?at=2020-05-01")
    assert page.locator("h1").inner_text() == "The new name"
    assert "Asked for as old, merged into The new name on 1 May 2020." in page.locator("main").inner_text()
    assert page.locator("#targeted tr[data-subject='measure:old']").count() == 1
    assert tab.go("/actors/old?at=2020-04-30").locator("h1").inner_text() == "The old name"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/measures/ended?at=2021-03-01", "Lifted on 1 March 2021 by United States."),
        ("/measures/part?at=2020-03-10", "Partly suspended since 1 March 2020."),
        ("/measures/part?at=2020-03-10", "until 1 April 2020 only Instruments: Asset freeze."),
        ("/measures/part?at=2020-04-01", "In force since 1 April 2020"),
        ("/measures/part?at=2020-04-01", "It ends on 1 January 2022, unless renewed."),
        ("/measures/part?at=2022-01-01", "Expired on 1 January 2022."),
        (
            "/measures/about?at=2020-07-09",
            "In force since July 2020, day not given, by United States. No end",
        ),
        ("/measures/listed?at=2019-07-09", "The first change is about 1 January 2020"),
        ("/measures/listed?at=2020-07-09", "In force since about 1 January 2020, by United States."),
        ("/measures/listed?at=2021-03-02", "Lifted about 1 March 2021, by United States."),
        ("/acts/a-rtl?at=2020-07-09", "On 1 June 2020, alleged by United States."),
    ],
)
def test_the_status_is_a_sentence(tab, path, said):
    assert said in tab.go(path).locator("#status").inner_text()


@pytest.mark.parametrize("path", ["/measures", "/actors/ru", "/actors/us"])
def test_a_first_day_that_is_not_known_stays_about_after_an_amendment(tab, path):
    """The span that holds begins with the amendment, on a day that is known; the status began on one that is not."""
    for day in ("2020-08-01", "2020-10-01"):
        row = tab.go(f"{path}?at={day}").locator("tr[data-subject='measure:about']")
        assert "about 1 July 2020" in row.inner_text()
    assert "about" not in tab.page.locator("tr[data-subject='measure:ended']").inner_text()


def test_about_is_read_from_both_kinds_of_database(api):
    api.append(imposed("about", "2020-07-06~", title="About"), amended("about", "2020-09-01", set={"title": "Still"}))
    for day in ("2020-08-01", "2020-10-01"):
        found = re.search(r"about <time[^>]*>6 July 2020<", api.get(f"/measures?at={day}").text)
        assert found, day


def test_a_first_day_that_is_not_known_is_about_in_drawings_and_their_tables_too(tab):
    page = tab.go("/measures/about?at=2020-10-01")
    rows = page.locator("#timeline tbody tr").all_text_contents()
    assert ["".join(row.split()) for row in rows] == [
        "inforcefromabout1July2020tobefore1September2020", "inforcefrom1September2020on",
    ]  # fmt: skip
    assert page.locator("#spans desc").text_content() == "in force from about 1 July 2020 on."


@pytest.mark.parametrize("day", ["2020-07-10", "2021-03-02"])
def test_what_has_ended_is_counted_too(tab, url, day):
    summary = httpx.get(f"{url}/v1/actors/us/state", params={"at": day}).json()["summary"]
    assert summary["imposing"]["lifted"] == (0 if day < "2021" else 2)
    tab.go(f"/actors/us?at={day}")
    assert_counts(tab.page, summary)


def test_what_was_retracted_is_struck_through_and_kept(tab):
    page = tab.go("/measures/held?at=2020-03-01")
    assert page.locator("#status").get_attribute("data-status") == "in_force"
    assert "retracted by event" in page.locator("#history li.amiss").inner_text()
    assert page.locator("#history li.amiss s").inner_text() == "Lifted"


def test_those_that_ended_are_folded_below(tab):
    page = tab.go("/actors/ru?at=2022-02-01")
    assert not page.locator("#ended table").first.is_visible()
    page.locator("#ended summary").first.click()
    assert page.locator("#ended tr[data-subject='measure:ended']").is_visible()
    assert page.locator("#targeted tr[data-subject='measure:ended']").count() == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_tree_that_was_damaged_hinders_no_reading(api, database_url):
    api.append(imposed("one", "2020-01-01"))
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
        connection.execute("DELETE FROM tree")
    connection.close()
    page = api.get("/measures/one?at=2020-01-01")
    assert page.status_code == 200
    assert "Root of the log" not in page.text


# --------------------------------------------------------------------------------------------------- reading by token


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_reading_needs_a_token_pages_say_so(database_url):
    app = create_app(Settings(database_url=database_url, public_reads=False))
    ledger = app.extensions["retorsion"]
    try:
        refused = app.test_client().get("/actors/us")
        assert (refused.status_code, refused.mimetype) == (401, "text/html")
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
        assert "pages carry no cookie" in refused.text
        api = Api(app.test_client(), ledger.create_token("reader", "read"))
        answer = api.get("/actors/us")
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert answer.headers["Cache-Control"].startswith("private")
    finally:
        ledger.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "path", ["/", "/measures", "/actors/us", "/events", "/search?q=visa", "/measures/one?at=2020-01-01"]
)
def test_a_ledger_with_one_event_has_all_its_pages(api, path):
    api.append(
        event(
            "imposed",
            "measure:one",
            "2020-01-01",
            data={"title": "One", "imposed_by": ["actor:us"], "targets": [{"actor": "actor:cn"}]},
        )
    )
    assert api.get(path).status_code == 200
