"""NDJSON: events out, and into another ledger, which then says the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from api.cli.main import cli
from tests.exports.reading import examples, exported, lines
from tests.posting import amended, corrected, imposed, lifted, registered, reported, retracted, suspended
from tests.property.histories import histories
from tests.property.product import as_json

DAYS = ("2020-01-01", "2020-07-09", "2022-02-24", "2026-11-30")
SETS = {"sequence", "version", "recorded_at", "recorded_by", "leaf_hash"}


def url_of(product):
    return product.ledger._database.url.render_as_string(hide_password=False)


def appended(product, body, *options):
    """Append an export to the ledger of another product."""
    Path("copy.ndjson").write_bytes(body)
    cli.main(["--database-url", url_of(product), "append", *options, "copy.ndjson"], standalone_mode=False)


def all_said(product, subjects):
    """All that is known of subjects now, and on some days by kind, actors' states too."""
    said = {
        subject: (product.api.timeline(subject), product.api.state(subject, at="2022-02-24")["version"])
        for subject in subjects
    }
    states = {(form, day): exported(product.api, form, at=day) for form in ("csv", "spells") for day in DAYS}
    return said, states, product.actor_state("actor:hk", "2022-02-24", None)["summary"]


def posted(product, history):
    """Post a history, what is refused too; the subjects that are known."""
    stored = []
    for batch in history:
        answer = product.post(batch)
        if answer.status_code == 201:
            stored += answer.json.get("items", [answer.json])
    return list(dict.fromkeys(event["subject"] for event in stored))


def assert_a_copy_says_the_same(fresh, history, *options):
    note(as_json(history))
    with fresh() as original:
        subjects = posted(original, history)
        body = exported(original.api, "ndjson")
        said = all_said(original, subjects)
    with fresh() as copy:
        if body:
            appended(copy, body, *options)
        assert all_said(copy, subjects) == said
        again = exported(copy.api, "ndjson")
        assert [told(line) for line in again.splitlines()] == [told(line) for line in body.splitlines()]


def told(line):
    """What an event says, without what the one ledger or the other has set."""
    event = json.loads(line)
    return {name: value for name, value in event.items() if name not in SETS - {"sequence", "version"}}


@pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)
@examples(25)
@given(history=histories(), batch=st.sampled_from([None, 1, 3]))
def test_what_is_exported_and_appended_to_an_empty_ledger_says_the_same(fresh, history, batch):
    assert_a_copy_says_the_same(fresh, history, *(["--batch", str(batch)] if batch else []))


@pytest.mark.parametrize("fresh", ["postgresql"], indirect=True)
@examples(4)
@given(history=histories(), batch=st.sampled_from([None, 2]))
def test_what_is_exported_and_appended_says_the_same_on_postgresql(fresh, history, batch):
    assert_a_copy_says_the_same(fresh, history, *(["--batch", str(batch)] if batch else []))


def test_a_ledger_that_moved_on_reads_of_as_the_sequence_in_the_file(fresh):
    """Where events have other sequences: some are there already, on other subjects."""
    with fresh() as original:
        first, _ = original.api.append(imposed("m", "2020-07-09"), lifted("m", "2021-01-01"))
        original.api.append(corrected("measure:m", first["sequence"], effective_on="2020-07-10"))
        original.api.append(amended("m", "2020-08-01", set={"title": "Another title"}))
        body = exported(original.api, "ndjson")
        said = original.api.timeline("measure:m")
    for options in ([], ["--batch", "1"], ["--batch", "2"]):
        with fresh() as copy:
            copy.api.append(*(reported(f"s{number}", "2020-01-01") for number in range(7)))
            appended(copy, body, *options)
            assert copy.api.timeline("measure:m") == said


def test_what_init_recorded_is_left_out_and_corrections_of_it_are_read_as_of_it(fresh):
    with fresh() as original:
        assert exported(original.api, "ndjson") == b""
        (china,) = original.api.history("actor:cn")
        original.api.append(corrected("actor:cn", china["sequence"], data={"category": "state", "name": "PRC"}))
        body = exported(original.api, "ndjson")
        assert [json.loads(line)["subject"] for line in body.splitlines()] == ["actor:cn"]
    with fresh() as copy:
        appended(copy, body)
        assert copy.api.state("actor:cn")["terms"]["name"] == "PRC"


def test_events_are_those_that_were_known_as_the_api_answers_them(fresh):
    with fresh() as product:
        first = product.api.append(imposed("m", "2020-07-09"))[0]
        product.api.append(suspended("m", "2020-08-01"))
        known = lines(product.api, "ndjson", known_at_sequence=first["sequence"], at="1999-01-01")
        assert known == [first]
        assert lines(product.api, "ndjson", known_at=first["recorded_at"]) == [first]


def test_a_resumed_append_finds_what_was_appended_before(fresh):
    with fresh() as original:
        first = original.api.append(imposed("m", "2020-07-09"))[0]
        original.api.append(registered("p", category="person"))
        original.api.append(corrected("measure:m", first["sequence"], effective_on="2020-07-10"))
        body = exported(original.api, "ndjson")
        said = original.api.timeline("measure:m")
    with fresh() as copy:
        copy.api.append(reported("s", "2020-01-01"))
        appended(copy, b"".join(body.splitlines(keepends=True)[:2]))
        appended(copy, body, "--from-line", "3")
        assert copy.api.timeline("measure:m") == said


def test_what_was_recorded_together_is_appended_together(fresh):
    """Retracted together: after the one retraction alone the timeline would be impossible."""
    with fresh() as original:
        one, two = original.api.append(imposed("m", "2020-07-09"), lifted("m", "2021-01-01"))
        original.api.append(
            retracted("measure:m", one["sequence"]), retracted("measure:m", two["sequence"]), imposed("m", "2022-01-01")
        )
        body, said = exported(original.api, "ndjson"), original.api.timeline("measure:m")
    with fresh() as copy:
        appended(copy, body, "--batch", "1")
        assert copy.api.timeline("measure:m") == said
