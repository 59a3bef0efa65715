"""`/events/new`: each type of event recorded through its form, previewed, refused and explained; recorded once."""

from __future__ import annotations

import json
import re
from itertools import count
from typing import Any

import httpx
import pytest

from ledger.service import Ledger
from ledger.settings import Settings
from tests.pages.browser import DESK, NARROWEST, PHONE, visiting
from tests.pages.desks import SETTING, desk_in
from tests.process import retorsion

HOSTILE = "<img src=x onerror=alert(1)></textarea><script>alert(2)</script> \"'&amp; {sequence}"
_numbers = count(1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with desk_in(tmp_path_factory.mktemp("desk")) as served:
        yield served


@pytest.fixture(scope="module")
def tab(browser, desk):
    """A tab that stays open, with the token typed."""
    with visiting(browser, desk.url) as opened:
        opened.go("/events/new").get_by_label("Token").fill(desk.token)
        yield opened


@pytest.fixture
def visit(browser, desk):
    with visiting(browser, desk.url) as opened:
        yield opened


def open_form(tab, **query) -> Any:
    page = tab.page
    address = httpx.URL(f"{tab.origin}/events/new", params=query)
    page.goto(str(address), wait_until="load")
    page.locator("#recording:not([hidden])").wait_for()
    return page


def fill(page, fields) -> None:
    """Type into fields by their names; a list ticks boxes."""
    page.evaluate("document.querySelectorAll('#editor details').forEach((each) => { each.open = true; })")
    for name, value in fields.items():
        control = page.locator(f'#editor [name="{name}"]')
        if isinstance(value, list):
            for each in value:
                page.locator(f"[name=\"{name}\"][value='{each}']").check()
        elif control.evaluate("each => each.tagName") == "SELECT":
            control.select_option(value)
        elif control.get_attribute("type") == "checkbox":
            control.check()
        else:
            control.fill(value)


def preview(page) -> str:
    page.get_by_role("button", name="Preview").click()
    shown = page.locator("#preview:not(.dimmed) h2")
    shown.or_(page.locator("#problems .notice")).first.wait_for()
    assert shown.is_visible(), page.locator("#problems").inner_text()
    return page.locator("#preview").inner_text()


def problems(page) -> str:
    page.get_by_role("button", name="Preview").click()
    page.locator("#problems .notice").wait_for()
    return page.locator("#problems").inner_text()


def record(page) -> int:
    """The sequence of the event to whose page one comes."""
    page.get_by_role("button", name="Record").click()
    page.wait_for_url(re.compile(r"/events/\d+$"))
    return int(page.url.rpartition("/")[2])


def fresh(kind: str) -> str:
    return f"{kind}:try-{next(_numbers)}"


def event(type_: str, subject: str, on: str | None = None, **data: Any) -> dict[str, Any]:
    return {"type": type_, "subject": subject, "data": data} | ({"effective_on": on} if on else {})


def imposed(subject: str, on: str = "2020-07-09", **more: Any) -> dict[str, Any]:
    terms = {
        "title": "Visa ban",
        "imposed_by": ["actor:us"],
        "targets": [{"actor": "actor:cn"}, {"description": "Officials"}],
        "instruments": ["visa_restriction", "asset_freeze"],
    }
    return event("imposed", subject, on, **(terms | more))


def agreed(subject: str) -> dict[str, Any]:
    terms = {"title": "Extradition", "category": "extradition", "parties": ["actor:ca", "actor:hk"]}
    return event("concluded", subject, "2019-01-01", **terms)


def suspended_by_canada(subject: str) -> dict[str, Any]:
    return event("suspended", subject, "2020-07-03", by=["actor:ca"])


def act(subject: str) -> dict[str, Any]:
    return event("reported", subject, "2020-06-30", category="legislation", title="A law")


def person(subject: str) -> dict[str, Any]:
    return event("registered", subject, category="person", name="A Person")


# ---- Each type -------------------------------------------------------------------------------------------------------

TERMS_TYPED = {
    "title": HOSTILE,
    "description": "Two\nlines",
    "imposed_by": "us, eu",
    "authorities": "gb",
    "targets": "cn\nSenior officials",
    "targets.0.description": "Families",
    "targets.0.related_to": "hk",
    "targets.0.instruments": ["travel_ban"],
    "instruments": ["travel_ban", "asset_freeze"],
    "grounds": ["human_rights"],
    "topics": "hong-kong trade",
    "legal_basis": "Order 1\nOrder 2",
    "programmes": "glomag",
    "exemptions": "Medicine",
    "expires_on": "1 March 2030",
    "in_response_to": "act:known",
}
TERMS_MEANT = {
    "title": HOSTILE,
    "description": "Two\nlines",
    "imposed_by": ["actor:us", "actor:eu"],
    "authorities": ["actor:gb"],
    "targets": [
        {"actor": "actor:cn"},
        {"description": "Senior officials"},
        {"description": "Families", "related_to": ["actor:hk"], "instruments": ["travel_ban"]},
    ],
    "instruments": ["asset_freeze", "travel_ban"],
    "grounds": ["human_rights"],
    "topics": ["hong-kong", "trade"],
    "legal_basis": ["Order 1", "Order 2"],
    "programmes": ["glomag"],
    "exemptions": ["Medicine"],
    "expires_on": "2030-03-01",
    "in_response_to": ["act:known"],
}
ANSWER_TYPED = {"by": "us", "in_response_to": "act:known", "reason": "Because"}
ANSWER_MEANT = {"by": ["actor:us"], "in_response_to": ["act:known"], "reason": "Because"}

EACH = {
    ("measure", "announced"): ([], TERMS_TYPED, TERMS_MEANT),
    ("measure", "imposed"): ([], TERMS_TYPED, TERMS_MEANT),
    ("measure", "reciprocated"): ([], TERMS_TYPED | {"stage": "announced"}, TERMS_MEANT | {"stage": "announced"}),
    ("measure", "amended"): (
        [imposed],
        ANSWER_TYPED
        | {"set.title": "Another", "add.targets": "hk", "add.grounds": ["corruption"], "set.topics": "trade",
           "remove.targets": ['{"actor":"actor:cn"}'], "remove.instruments": ["asset_freeze"]},
        ANSWER_MEANT
        | {"set": {"title": "Another", "topics": ["trade"]},
           "add": {"targets": [{"actor": "actor:hk"}], "grounds": ["corruption"]},
           "remove": {"targets": [{"actor": "actor:cn"}], "instruments": ["asset_freeze"]}},
    ),
    ("measure", "suspended"): (
        [imposed],
        ANSWER_TYPED
        | {"scope.targets": ['{"description":"Officials"}'], "scope.instruments": ["asset_freeze"],
           "until": "2022-01-01"},
        ANSWER_MEANT
        | {"scope": {"targets": [{"description": "Officials"}], "instruments": ["asset_freeze"]},
           "until": "2022-01-01"},
    ),
    ("measure", "reinstated"): ([imposed, lambda s: event("suspended", s, "2020-08-01")], ANSWER_TYPED, ANSWER_MEANT),
    ("measure", "renewed"): (
        [lambda s: imposed(s, expires_on="2022-07-09")],
        ANSWER_TYPED | {"expires_on": "2023-07-09"}, ANSWER_MEANT | {"expires_on": "2023-07-09"},
    ),
    ("measure", "lifted"): ([imposed], {"reason": "Because"}, {"by": ["actor:us"], "reason": "Because"}),
    ("agreement", "concluded"): (
        [],
        {"title": "Tax", "category": "tax", "parties": "ca, hk", "text_reference": "Series 12", "topics": "tax"},
        {"title": "Tax", "category": "tax", "parties": ["actor:ca", "actor:hk"], "text_reference": "Series 12",
         "topics": ["tax"]},
    ),
    ("agreement", "amended"): (
        [agreed],
        {"add.parties": "gb", "set.category": "tax", "by": "gb"},
        {"add": {"parties": ["actor:gb"]}, "set": {"category": "tax"}, "by": ["actor:gb"]},
    ),
    ("agreement", "suspended"): (
        [agreed],
        {"by": "ca", "scope": "Article 4", "until": "2023-01-01"},
        {"by": ["actor:ca"], "scope": "Article 4", "until": "2023-01-01"},
    ),
    ("agreement", "reinstated"): ([agreed, suspended_by_canada], {"by": "ca"}, {"by": ["actor:ca"]}),
    ("agreement", "terminated"): ([agreed], ANSWER_TYPED, ANSWER_MEANT),
    ("act", "reported"): (
        [],
        {"category": "conduct", "title": HOSTILE, "by": "cn", "affects": "hk", "attribution": "alleged",
         "attributed_to": "us"},
        {"category": "conduct", "title": HOSTILE, "by": ["actor:cn"], "affects": ["actor:hk"],
         "attribution": "alleged", "attributed_to": ["actor:us"]},
    ),
    ("actor", "registered"): (
        [],
        {"category": "person", "name": HOSTILE, "aliases": "A\nB", "countries": "cn", "birth_dates": "1955-12~",
         "positions.0.title": "Minister", "positions.0.at": "cn", "positions.0.from": "2019",
         "positions.0.former": "true", "identifiers.0.scheme": "imo", "identifiers.0.value": "123"},
        {"category": "person", "name": HOSTILE, "aliases": ["A", "B"], "countries": ["actor:cn"],
         "birth_dates": ["1955-12~"], "identifiers": [{"scheme": "imo", "value": "123"}],
         "positions": [{"title": "Minister", "at": "actor:cn", "from": "2019", "former": True}]},
    ),
    ("actor", "updated"): (
        [person],
        {"set.name": "B Person", "add.aliases": "A Person", "add.identifiers.0.scheme": "imo",
         "add.identifiers.0.value": "1"},
        {"set": {"name": "B Person"},
         "add": {"aliases": ["A Person"], "identifiers": [{"scheme": "imo", "value": "1"}]}},
    ),
    ("actor", "merged"): ([person], {"into": "us"}, {"into": "actor:us"}),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "type_"), EACH)
def test_each_type_is_recorded_as_it_was_typed(tab, desk, kind, type_):
    before, typed, meant = EACH[kind, type_]
    if httpx.get(f"{desk.url}/v1/acts/known").status_code == 404:
        desk.append(act("act:known"))
    subject = fresh(kind)
    desk.append(*(make(subject) for make in before))
    page = open_form(tab, type=type_, subject=subject)
    sources = {"sources.0.title": "A source", "sources.0.url": "https://example.org/a", "comment": "A remark"}
    fill(page, typed | sources | {"effective_on": "9 July 2021"})
    assert subject in preview(page)
    stored = desk.get(f"/v1/events/{record(page)}").json()
    assert (stored["type"], stored["subject"], stored["effective_on"]) == (type_, subject, "2021-07-09")
    assert stored["data"] == meant
    assert stored["sources"] == [{"title": "A source", "url": "https://example.org/a"}]
    assert stored["comment"] == "A remark"
    assert stored["version"] == len(before) + 1
    assert tab.said == []


def test_a_correction_has_what_was_recorded_and_changes_only_what_was_typed(tab, desk):
    subject = fresh("measure")
    exemptions = ["Medicine, and food", "Two\nlines"]
    (sequence,) = desk.append(imposed(subject, exemptions=exemptions, grounds=["terrorism", "corruption"]))
    page = open_form(tab, type="corrected", subject=subject, of=sequence)
    assert page.locator('[name="data.title"]').input_value() == "Visa ban"
    assert page.locator('[name="data.targets"]').input_value() == "actor:cn\nOfficials"
    fill(page, {"data.title": "Entry ban", "effective_on": "2020-07-10", "reason": "A slip"})
    assert f"Event {sequence} will read otherwise" in preview(page)
    stored = desk.get(f"/v1/events/{record(page)}").json()
    was = imposed(subject, exemptions=exemptions, grounds=["terrorism", "corruption"])["data"]
    data = {"of": sequence, "effective_on": "2020-07-10", "data": {**was, "title": "Entry ban"}, "reason": "A slip"}
    assert stored["data"] == data

    page = open_form(tab, type="corrected", subject=subject, of=sequence)
    assert page.locator('[name="data.title"]').input_value() == "Entry ban"
    fill(page, {"effective_on": "2020-07-11"})
    preview(page)
    assert desk.get(f"/v1/events/{record(page)}").json()["data"] == {"of": sequence, "effective_on": "2020-07-11"}


def test_a_retraction_needs_the_number_alone(tab, desk):
    subject = fresh("act")
    (sequence,) = desk.append(act(subject))
    page = open_form(tab, type="retracted", subject=subject, of=sequence)
    fill(page, {"reason": "Never said"})
    preview(page)
    stored = desk.get(f"/v1/events/{record(page)}").json()
    assert (stored["data"], stored["effective_on"]) == ({"of": sequence, "reason": "Never said"}, None)


# ---- The form --------------------------------------------------------------------------------------------------------


def test_from_an_empty_form_the_fields_follow_what_is_chosen_and_nothing_typed_is_lost(tab, desk):
    subject = fresh("measure")
    desk.append(imposed(subject))
    page = open_form(tab)
    page.get_by_label("What happened").select_option("lifted")
    page.get_by_label("To what").fill(subject)
    page.get_by_label("Takes effect").fill("1 March 2023")
    page.get_by_label("Reason").fill("Because")
    page.locator("#met").get_by_text("Visa ban").wait_for()
    assert "From 1 March 2023: in force → lifted" in preview(page)
    assert desk.get(f"/v1/events/{record(page)}").json()["data"] == {"by": ["actor:us"], "reason": "Because"}


def test_another_row_is_there_when_it_is_asked_for(tab):
    page = open_form(tab, type="reported", subject=fresh("act"))
    fill(page, {"title": "Kept", "sources.0.title": "First"})
    page.locator('button[name="more"][value="sources"]').click()
    page.locator('[name="sources.1.title"]').fill("Second")
    assert page.locator('[name="title"]').input_value() == "Kept"
    assert page.locator('[name="sources.0.title"]').input_value() == "First"


# ---- The preview -----------------------------------------------------------------------------------------------------


def test_the_preview_says_what_the_dry_run_says(tab, desk):
    subject = fresh("measure")
    desk.append(imposed(subject), event("suspended", subject, "2022-06-01", until="2024-01-01"))
    page = open_form(tab, type="lifted", subject=subject)
    fill(page, {"effective_on": "2023-03-01"})
    shown = preview(page)
    assert "From 1 March 2023: suspended → lifted" in shown
    rows = page.locator("#preview tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == ["Status", "Suspension"]
    assert rows[0].split("\t")[1:] == ["suspended", "lifted"]
    now, then = (
        [text.strip() for text in side.locator("li").all_inner_texts()] for side in page.locator(".sides > div").all()
    )
    assert now == [
        "9 July 2020 to before 1 June 2022: in force",
        "1 June 2022 to before 1 January 2024: suspended",
        "from 1 January 2024: in force",
    ]
    assert then == [
        "9 July 2020 to before 1 June 2022: in force",
        "1 June 2022 to before 1 March 2023: suspended",
        "from 1 March 2023: lifted",
    ]
    record(page)
    spans = desk.get(f"/v1/measures/{subject.partition(':')[2]}/timeline").json()["items"]
    assert [span["status"] for span in spans] == ["in_force", "suspended", "lifted"]


def test_what_is_recorded_is_what_was_previewed_and_once(tab, desk):
    subject = fresh("measure")
    desk.append(imposed(subject))
    page = open_form(tab, type="lifted", subject=subject)
    fill(page, {"effective_on": "2023-03-01"})
    posts: list[Any] = []
    page.on("request", lambda each: posts.append(each) if each.method == "POST" else None)
    preview(page)
    size = len(desk.get(f"/v1/measures/{subject.partition(':')[2]}/history").json()["items"])
    assert size == 1, "a preview stores nothing"
    page.locator("#record-button").evaluate("each => { each.click(); each.click(); }")
    page.wait_for_url(re.compile(r"/events/\d+$"))
    dry, real = posts
    assert dry.url.endswith("/v1/events?dry_run=true")
    assert real.url.endswith("/v1/events")
    assert real.post_data == dry.post_data
    assert json.loads(real.post_data)["expected_version"] == 1
    assert real.headers["idempotency-key"]
    page.go_back(wait_until="load")
    assert len(desk.get(f"/v1/measures/{subject.partition(':')[2]}/history").json()["items"]) == 2


def test_an_answer_that_is_lost_is_asked_for_again_and_recorded_once(tab, desk):
    subject = fresh("act")
    page = open_form(tab, type="reported", subject=subject)
    fill(page, {"effective_on": "2020-07-09", "title": "Said", "category": "statement"})
    preview(page)

    def lost(route):
        route.fetch()
        route.abort()

    page.route("**/v1/events", lost, times=1)
    page.get_by_role("button", name="Record").click()
    page.locator("#problems").get_by_text("press again, it is recorded once").wait_for()
    sequence = record(page)
    assert [each["sequence"] for each in desk.get("/v1/events", subject=subject).json()["items"]] == [sequence]
    tab.said.clear()  # Chromium says that a request was cut off


def test_what_is_typed_after_the_preview_has_to_be_previewed(tab, desk):
    subject = fresh("measure")
    desk.append(imposed(subject))
    page = open_form(tab, type="lifted", subject=subject)
    fill(page, {"effective_on": "2023-03-01"})
    preview(page)
    assert page.get_by_role("button", name="Record").is_enabled()
    fill(page, {"reason": "Another"})
    assert page.get_by_role("button", name="Record").is_disabled()
    assert "preview it again" in page.locator("#record-hint").inner_text()
    preview(page)
    assert page.locator("#record-hint").inner_text() == ""
    assert desk.get(f"/v1/events/{record(page)}").json()["data"]["reason"] == "Another"


# ---- What is refused -------------------------------------------------------------------------------------------------


def test_a_conflict_is_explained_with_links_and_nothing_is_stored(tab, desk):
    subject = fresh("measure")
    _, suspension = desk.append(imposed(subject), event("suspended", subject, "2022-06-01"))
    page = open_form(tab, type="lifted", subject=subject)
    fill(page, {"effective_on": "2021-03-01"})
    said = problems(page)
    assert f"This one comes before Event {suspension} (Suspended, 1 June 2022)" in said
    assert "Date it later, or correct event" in said
    place = page.locator("#problems")
    assert place.get_attribute("role") == "alert"
    assert place.locator(f'a[href="/events/{suspension}"]').count() >= 1
    assert page.get_by_role("button", name="Record").count() == 0
    place.get_by_role("link", name=f"correct event {suspension}").click()
    page.wait_for_url("**/events/new?type=corrected*")
    assert page.locator('[name="effective_on"]').input_value() == "2022-06-01"
    assert len(desk.get("/v1/events", subject=subject).json()["items"]) == 2


def test_what_cannot_stand_in_its_state_says_in_which(tab, desk):
    subject = fresh("measure")
    _, lifting = desk.append(imposed(subject), event("lifted", subject, "2021-01-01"))
    page = open_form(tab, type="suspended", subject=subject)
    fill(page, {"effective_on": "2022-03-01"})
    problems(page)
    assert page.locator(f'#problems a[href="/events/{lifting}"]').count() == 1


def test_what_is_invalid_is_said_beside_its_field(tab):
    page = open_form(tab, type="imposed", subject=fresh("measure"))
    fill(
        page,
        {"title": "T", "imposed_by": "us\nnobody-known", "effective_on": "30 February 2020", "expires_on": "2020-02",
         "targets": "cn", "targets.0.description": "G", "targets.0.related_to": "no-such", "in_response_to": "x"},
    )  # fmt: skip
    said = problems(page)
    for name in ("effective_on", "expires_on", "in_response_to"):
        field = page.locator(f'[name="{name}"]')
        assert field.get_attribute("aria-invalid") == "true"
        described = field.get_attribute("aria-describedby").split()
        assert page.locator(f"#{described[-1]}").inner_text() in said
    fill(page, {"effective_on": "2020-02-28", "expires_on": "2021-02-28", "in_response_to": ""})
    problems(page)
    assert page.locator('[name="effective_on"]').get_attribute("aria-invalid") is None
    for name in ("imposed_by", "targets.0.related_to"):
        assert page.locator(f'[name="{name}"]').get_attribute("aria-invalid") == "true", name
    page.locator("#problems").get_by_role("link", name="Related to").click()
    assert page.evaluate("document.activeElement.name") == "targets.0.related_to"


def test_what_is_too_long_for_a_form_is_told_so(tab):
    page = open_form(tab, type="reported", subject=fresh("act"))
    fill(page, {"description": "long " * 20_000})
    assert "more than a form can carry" in problems(page)
    tab.said.clear()  # Chromium says that the answer was 414


def test_what_was_recorded_meanwhile_is_shown_and_taken_in(tab, desk):
    subject = fresh("measure")
    desk.append(imposed(subject))
    page = open_form(tab, type="amended", subject=subject)
    fill(page, {"effective_on": "2021-03-01", "set.title": "Another"})
    preview(page)
    (meanwhile,) = desk.append(event("suspended", subject, "2022-06-01"))
    page.get_by_role("button", name="Record").click()
    page.locator("#problems").get_by_text("was recorded meanwhile").wait_for()
    assert f"Event {meanwhile} was recorded meanwhile: Suspended, 1 June 2022" in page.locator("#problems").inner_text()
    assert page.locator(f'#problems a[href="/events/{meanwhile}"]').count() == 1
    assert page.locator("#record-button").is_disabled()
    page.get_by_role("button", name="Take it in").click()
    page.locator("#preview:not(.dimmed)").wait_for()
    page.locator("#record-button:not([disabled])").wait_for()
    assert desk.get(f"/v1/events/{record(page)}").json()["version"] == 3


# ---- The token -------------------------------------------------------------------------------------------------------


def test_the_token_stays_in_its_tab_and_is_forgotten(browser, desk, visit):
    page = visit.go("/events/new?type=reported&subject=act:never")
    said = problems(page)
    assert "A token is needed" in said
    page.get_by_label("Token").fill(desk.token)
    fill(page, {"effective_on": "2020-07-09", "title": "T", "category": "statement"})
    preview(page)
    assert desk.token not in page.url
    assert desk.token not in page.content()
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"
    assert page.context.cookies() == []
    page.reload()
    assert page.get_by_label("Token").input_value() == desk.token
    other = page.context.new_page()
    other.goto(page.url)
    assert other.get_by_label("Token").input_value() == ""
    page.get_by_role("button", name="Forget token").click()
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"
    page.reload()
    assert page.get_by_label("Token").input_value() == ""
    assert visit.faults() == []


def test_a_token_that_may_not_is_told_so(visit, desk):
    ledger = Ledger.configured(Settings(database_url=f"sqlite:///{desk.custody.folder.parent / 'retorsion.db'}"))
    reading = ledger.create_token("reader", "read")
    ledger.close()
    page = visit.go("/events/new?type=reported&subject=act:never")
    for token, wanted in (("rt_nobody", "not known"), (reading, "has scope read"), ("tök en", "A token is needed")):
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Preview").click()
        page.locator("#problems").get_by_text(wanted).wait_for()


# ---- For everybody ---------------------------------------------------------------------------------------------------


def test_hostile_text_is_text(tab, desk):
    subject = fresh("measure")
    desk.append(imposed(subject, title=HOSTILE, legal_basis=[HOSTILE], targets=[{"description": HOSTILE}]))
    page = open_form(tab, type="amended", subject=subject)
    fill(page, {"effective_on": "2021-01-01", "set.description": HOSTILE, "reason": HOSTILE})
    assert HOSTILE in preview(page)
    assert page.locator("img").count() == 0
    assert HOSTILE in page.locator("#met").inner_text()
    assert desk.get(f"/v1/events/{record(page)}").json()["data"]["set"] == {"description": HOSTILE}
    assert tab.said == []


def test_without_scripts_there_is_the_line_for_the_command(browser, desk, tmp_path):
    subject = fresh("measure")
    desk.append(imposed(subject))
    with visiting(browser, desk.url, scripts=False) as visit:
        page = visit.go("/events/new")
        page.get_by_label("What happened").select_option("lifted")
        page.get_by_label("To what").fill(subject)
        page.get_by_role("button", name="Show its form").click()
        page.get_by_label("Takes effect").fill("1 March 2023")
        page.get_by_label("Reason").fill("Because")
        page.get_by_role("button", name="Show it as a line").click()
        assert page.get_by_label("Token").count() == 0 or not page.get_by_label("Token").is_visible()
        line = page.locator("#event").text_content()
        assert visit.faults() == []
        page.get_by_label("Takes effect").fill("soon")
        page.get_by_role("button", name="Show it as a line").click()
        assert "/effective_on" in page.locator("#problems").inner_text()
    file = tmp_path / "event.ndjson"
    file.write_text(line)
    url = f"sqlite:///{desk.custody.folder.parent / 'retorsion.db'}"
    ended = retorsion("append", str(file), database_url=url, **SETTING)
    assert ended.returncode == 0, ended.stderr
    stored = desk.get("/v1/events", subject=subject).json()["items"][-1]
    assert stored["data"] == {"by": ["actor:us"], "reason": "Because"}
    assert stored["effective_on"] == "2023-03-01"


def test_by_the_keyboard_alone(visit, desk):
    subject = fresh("measure")
    desk.append(imposed(subject))
    page = visit.go(f"/events/new?type=lifted&subject={subject}")

    def tab_to(found) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({json.dumps(found)})"):
                return
        raise AssertionError(found)

    tab_to("[name=effective_on]")
    page.keyboard.type("1 March 2023")
    tab_to("[name=token]")
    page.keyboard.type(desk.token)
    tab_to("#preview-button")
    page.keyboard.press("Enter")
    page.locator("#record-button:not([disabled])").wait_for()
    tab_to("#record-button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/events/\d+$"))


@pytest.mark.parametrize(("width", "dark"), [(DESK, False), (PHONE, True), (NARROWEST, False)])
def test_there_is_no_barrier_and_nothing_is_too_wide(browser, desk, width, dark):
    subject = fresh("measure")
    desk.append(imposed(subject, title="Title" * 40))
    with visiting(browser, desk.url, width=width, dark=dark, bypass_csp=True) as visit:
        for type_ in ("amended", "suspended"):
            page = visit.go(f"/events/new?type={type_}&subject={subject}")
            assert visit.faults() == []
            page.get_by_label("Token").fill(desk.token)
            fill(page, {"effective_on": "1 March 2020"} if type_ == "amended" else {"effective_on": "2021-03-01"})
            (problems if type_ == "amended" else preview)(page)
            assert visit.barriers() == []
            assert not [fault for fault in visit.faults() if "wide" in fault or "console" in fault]
