"""The forms of the editor, without a browser: every member of every type has a field, and what stands there is read."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from api.pages import editor
from api.pages.filled import members_as_typed, typed_members, with_what_was_typed
from api.pages.forms import parts_of
from ledger.domain.corrections import Record as Told
from ledger.domain.corrections import Told as Recorded
from ledger.domain.events import AFTERTHOUGHTS, DATA, SOURCE
from ledger.domain.values import Code, Dated, Flag, Integer, ListOf, Record, Reference, Text, Word
from tests.malformed import TYPES, whole

FORMS = [(kind, type_) for kind, type_ in TYPES if type_ not in AFTERTHOUGHTS]
as_is = settings(max_examples=25, derandomize=True, deadline=None, database=None)


def sent(fields: dict[str, list[str]]) -> MultiDict[str, str]:
    """What a browser sends of fields with these texts: each end of a line as CR LF."""
    crlf = {name: [re.sub(r"\r\n|\r|\n", "\r\n", text) for text in texts] for name, texts in fields.items()}
    return MultiDict(crlf)


class Sent(HTMLParser):
    """What a browser sends of a form that nobody touched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._textarea = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name")
        if tag == "input" and name and name != "token" and (given.get("type") != "checkbox" or "checked" in given):
            self.fields.setdefault(name, []).append(re.sub(r"[\r\n]", "", given.get("value") or ""))
        elif tag == "textarea":
            self._textarea = name
            self.fields.setdefault(name, []).append("")
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.fields[self._select] = [given["value"]]

    def handle_endtag(self, tag):
        if tag == "textarea":
            text = self.fields[self._textarea][-1].removeprefix("\n")
            self.fields[self._textarea][-1] = re.sub(r"\r\n|\r|\n", "\r\n", text)
            self._textarea = ""

    def handle_data(self, data):
        if self._textarea:
            self.fields[self._textarea][-1] += data


def line_in(page: str) -> Any:
    """The event that a page shows as a line."""
    found = re.search(r'<code id="event">(.*?)</code>', page)
    assert found, page
    return orjson.loads(unescape(found[1]))


def values(value: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one for each kind
    """Well-formed values of a kind."""
    match value:
        case ListOf():
            return st.lists(values(value.element), min_size=value.least, max_size=3)
        case Record():
            members = {name: values(member) for name, member in value.members.items()}
            some = st.fixed_dictionaries({}, optional=members)
            return some.filter(value.accepts) if value.rule is None else some.map(_only_one_name).filter(value.accepts)
        case Code():
            return st.sampled_from(value.codes)
        case Reference():
            return st.builds("{}:{}".format, st.sampled_from(value.kinds), st.sampled_from(["us", "a-b-2", "x"]))
        case Dated():
            return st.sampled_from(
                ["2020-07-09", "1999-12-31"] if value.exact else ["2020-07~", "[..2020-07-02]", "2020"]
            )
        case Flag():
            return st.just(value=True)
        case Integer():
            return st.integers(value.least, 99)
        case Word():
            known = ["https://example.org/a?b=c", "0" * 64, "a-slug"]
            return st.sampled_from([text for text in known if value.accepts(text)])
        case Text():
            return st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")).filter(value.accepts)
    raise AssertionError(value)


def _only_one_name(target: dict[str, Any]) -> dict[str, Any]:
    if {"actor", "description"} <= target.keys():
        return {name: value for name, value in target.items() if name not in {"actor", "related_to"}}
    return target


def names_of(fields) -> set[str]:
    return {name for each in fields for name in ({each.name} if not each.parts else names_of(each.parts) | {each.name})}


@pytest.mark.parametrize(("kind", "type_"), FORMS)
def test_every_member_of_every_type_has_a_field_of_its_name(kind, type_):
    record = DATA[kind][type_]
    fields = parts_of("", "/data", record, MultiDict())
    assert [each.name for each in fields] == list(record.members)
    for each in fields:
        assert each.label[:1].isupper(), f"say what {each.name} is called"


@pytest.mark.parametrize(("kind", "type_"), FORMS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_stands_in_every_field_is_the_event_again(app, kind, type_):
    """Through the page itself: no script, the line for `retorsion append`."""
    event = whole(kind, type_)
    fields = members_as_typed("", DATA[kind][type_], event["data"])
    fields |= members_as_typed("sources.0", SOURCE, event["sources"][0])
    fields |= {name: [str(event[name])] for name in ("type", "subject", "effective_on", "comment", "expected_version")}
    query = sent(fields | {"filled": [f"{type_} {event['subject']}"]})
    answer = app.test_client().get("/events/new", query_string=query)
    assert answer.status_code == 200
    assert line_in(answer.text) == event


@as_is
@given(st.data())
@pytest.mark.parametrize(("kind", "type_"), FORMS)
def test_what_nobody_touched_stays_letter_for_letter(kind, type_, data):
    record = DATA[kind][type_]
    there = data.draw(values(record))
    typed = sent(members_as_typed("data", record, there))
    assert with_what_was_typed("data", record, there, typed) == there


@as_is
@given(st.data())
@pytest.mark.parametrize(("kind", "type_"), FORMS)
def test_one_member_that_was_typed_otherwise_is_the_only_one_that_changes(kind, type_, data):
    record = DATA[kind][type_]
    there = data.draw(values(record))
    text = next((name for name, value in record.members.items() if type(value) is Text), None)
    if text is None:
        return
    typed = sent(members_as_typed("data", record, there))
    typed[f"data.{text}"] = "typed\r\notherwise "
    assert with_what_was_typed("data", record, there, typed) == {**there, text: "typed\notherwise"}


PRESENT = [
    ("measure", "imposed", {"targets": [{"actor": "actor:cn"}, {"description": "cn"}, {"description": "Two\nlines"}]}),
    ("measure", "amended", {"remove": {"targets": [{"actor": "actor:cn"}, {"description": "cn"}]}}),
    ("measure", "amended", {"set": {"title": "  spaces  ", "grounds": []}, "add": {"topics": ["b", "a"]}}),
    ("measure", "suspended", {"scope": {"targets": [{"description": "{"}], "instruments": ["travel_ban"]}}),
    ("measure", "amended", {"set": {"title": "T", "grounds": [], "expires_on": None}}),
    ("act", "reported", {"title": "Two\r\nlines", "description": "\n\nfirst", "by": ["actor:us", "actor:us"]}),
    ("actor", "registered", {"aliases": ["b", "a", "two\nlines"], "birth_dates": ["1955~"]}),
]


@pytest.mark.parametrize(("kind", "type_", "more"), [*((*form, {}) for form in FORMS), *PRESENT])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_correction_that_is_opened_and_sent_as_it_is_corrects_nothing(app, monkeypatch, kind, type_, more):
    """Through the page, as a browser reads and sends it: whatever was recorded, nothing of it is typed otherwise."""
    data = whole(kind, type_)["data"] | more
    told = Told([Recorded(7, type_, "2020-07-09", data)])
    monkeypatch.setattr(editor, "_met", lambda *_: editor.Met(None, 1, {}, told))
    subject = f"{kind}:x"
    client = app.test_client()
    opened = client.get("/events/new", query_string={"type": "corrected", "subject": subject, "of": "7"})
    fields = Sent(opened.text).fields
    assert fields["filled"] == [f"corrected {subject} 7"]
    again = client.get("/events/new", query_string=MultiDict(fields))
    assert line_in(again.text) == {"type": "corrected", "subject": subject, "data": {"of": 7}, "expected_version": 1}


def test_what_was_cleared_stays_cleared_beside_what_is_typed_otherwise():
    record = DATA["measure"]["amended"]
    there = {"set": {"title": "T", "grounds": [], "expires_on": None}, "add": {"topics": ["a"]}}
    typed = sent(members_as_typed("data", record, there))
    typed["data.set.title"] = "Another"
    changed = {"title": "Another", "grounds": [], "expires_on": None}
    assert with_what_was_typed("data", record, there, typed) == {"set": changed, "add": {"topics": ["a"]}}


def test_lists_are_typed_as_people_would():
    typed = sent(
        {
            "imposed_by": ["us, eu\nactor:gb"],
            "targets": ["cn\nactor:huawei\n  Senior officials  \n\n"],
            "targets.0.description": ["Officials in Tibet"],
            "targets.0.related_to": ["cn"],
            "targets.0.instruments": ["travel_ban"],
            "targets.2.actor": ["zte"],
            "legal_basis": ["Order 1, as amended\nOrder 2"],
            "topics": ["hong-kong trade"],
            "instruments": ["asset_freeze", "travel_ban"],
            "expires_on": ["1 March 2023"],
            "title": ["  "],
        }
    )
    assert typed_members("", DATA["measure"]["imposed"], typed) == {
        "imposed_by": ["actor:us", "actor:eu", "actor:gb"],
        "targets": [
            {"actor": "actor:cn"},
            {"actor": "actor:huawei"},
            {"description": "Senior officials"},
            {"description": "Officials in Tibet", "related_to": ["actor:cn"], "instruments": ["travel_ban"]},
            {"actor": "actor:zte"},
        ],
        "instruments": ["asset_freeze", "travel_ban"],
        "topics": ["hong-kong", "trade"],
        "legal_basis": ["Order 1, as amended", "Order 2"],
        "expires_on": "2023-03-01",
    }


def test_a_field_knows_where_in_the_event_its_value_stands():
    typed = sent({"targets": ["cn\nus"], "targets.0.actor": [""], "targets.1.actor": ["x"], "targets.2.actor": ["y"]})
    fields = {each.name: each for each in parts_of("", "/data", DATA["measure"]["imposed"], typed)}
    rows = [row.parts[0].pointer for row in fields["targets"].parts]
    assert rows == ["/data/targets/2/actor", "/data/targets/2/actor", "/data/targets/3/actor"]


@pytest.mark.parametrize(
    "query",
    ["type=no-such", "type=lifted&subject=nobody", "subject=measure:A", "type=corrected", "type=corrected&of=x",
     "type=merged&subject=measure:x", "type=imposed&subject=measure:x&targets.9999.actor=x&targets.12345.actor=y",
     "type=amended&set.clear=nothing&subject=measure:x",
     "type=corrected&subject=actor:us&of=999", "type=retracted&subject=actor:us&of=236", "sources.9999.title=x",
     "type=lifted&subject=measure:x&expected_version=-1&filled=lifted%20measure:x", "type=%ff%00&subject=%00"],
)  # fmt: skip
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whatever_the_address_says_there_is_a_page(app, query):
    answer = app.test_client().get(f"/events/new?{query}")
    assert answer.status_code == 200
    assert len(answer.data) < 500_000
