"""Deltas: applied to the older export they give the newer one, and they cost what changed."""

from __future__ import annotations

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from tests.exports.reading import entities, examples, lines
from tests.exports.test_ndjson import posted
from tests.posting import amended, event, imposed, lifted, merged, registered, reported
from tests.property.histories import histories
from tests.property.product import as_json

DAYS = ("2020-07-09", "2024-02-29")


def applied(older, changes):
    """The entities of an older export with those changes."""
    found = dict(older)
    for change in changes:
        assert change.keys() == {"op", "entity"}
        entity = change["entity"]
        if change["op"] == "DEL":
            assert entity.keys() == {"id"}
            del found[entity["id"]]
        else:
            assert (change["op"] == "ADD") == (entity["id"] not in found), change
            assert found.get(entity["id"]) != entity, "what did not change is not told"
            found[entity["id"]] = entity
    return found


def assert_deltas_lead_from_one_to_the_other(product, sequences):
    for day in DAYS:
        exports = {sequence: entities(product.api, at=day, known_at_sequence=sequence) for sequence in sequences}
        for older in sequences:
            for newer in (each for each in sequences if each >= older):
                changes = lines(product.api, "delta", from_=older, to=newer, at=day)
                assert applied(exports[older], changes) == exports[newer], (older, newer, day)


def follow(fresh, history, data):
    note(as_json(history))
    with fresh() as product:
        posted(product, history)
        newest = product.ledger.head().sequence
        some = data.draw(st.lists(st.integers(product.offset, newest), min_size=1, max_size=3))
        assert_deltas_lead_from_one_to_the_other(product, sorted({0, newest, *some}))


@pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)
@examples(25)
@given(history=histories(), data=st.data())
def test_a_delta_makes_of_the_older_export_the_newer_one(fresh, history, data):
    follow(fresh, history, data)


@pytest.mark.parametrize("fresh", ["postgresql"], indirect=True)
@examples(3)
@given(history=histories(), data=st.data())
def test_a_delta_makes_of_the_older_export_the_newer_one_on_postgresql(fresh, history, data):
    follow(fresh, history, data)


@pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)
def test_what_reaches_others_is_told_of_them(fresh):
    """A new name of an authority, a merger of an imposer, a target's number, a merger of what was merged already."""
    steps = [
        registered("body", category="government_body"),
        registered("p", identifiers=[{"scheme": "ofac", "value": "1"}]),
        registered("q"),
        registered("r"),
        imposed("m", "2020-01-01", against="p", authorities=["actor:body"]),
        imposed("n", "2020-01-01", by="body", against=["r", {"description": "some others"}]),
        event("updated", "actor:body", "2020-02-01", data={"set": {"name": "Renamed"}}),
        event("updated", "actor:p", "2020-02-01", data={"set": {"identifiers": [{"scheme": "ofac", "value": "2"}]}}),
        event("updated", "actor:us", "2020-02-01", data={"set": {"name": "USA"}}),
        merged("r", "q", "2020-03-01"),
        merged("q", "p", "2020-03-02"),
        merged("body", "us", "2020-04-01"),
        amended("n", "2020-05-01", set={"targets": [{"actor": "actor:hk"}]}),
        lifted("m", "2020-06-01"),
    ]
    with fresh() as product:
        for step in steps:
            product.api.append(step)
        newest = product.ledger.head().sequence
        assert_deltas_lead_from_one_to_the_other(product, range(newest - len(steps), newest + 1))


@pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)
def test_what_did_not_change_is_not_looked_at(fresh, monkeypatch):
    """The subjects that are looked at are those that a change can have reached."""
    from ledger.exports import delta

    with fresh() as product:
        product.api.append(*(registered(f"a{number}") for number in range(300)))
        product.api.append(*(imposed(f"m{number}", "2020-01-01", against=f"a{number}") for number in range(300)))
        before = product.ledger.head().sequence
        product.api.append(lifted("m7", "2021-01-01"), reported("s", "2020-01-01"))
        looked_at = []
        for name in ("target_entities", "measure_entities"):
            entities_of = getattr(delta, name)

            def looking(session, when, subjects, entities_of=entities_of):
                looked_at.extend(subjects)
                return entities_of(session, when, subjects)

            monkeypatch.setattr(delta, name, looking)
        changes = lines(product.api, "delta", from_=before)
    assert sorted(set(looked_at)) == ["actor:a7", "measure:m7"]
    assert [(change["op"], change["entity"]["id"]) for change in changes] == [("MOD", "a7"), ("MOD", "sanction--m7")]
