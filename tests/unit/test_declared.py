"""The lean check of events and the marshmallow schemas that tell others about it take and refuse the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.events import DATA, draft
from ledger.domain.terms import TERMS
from ledger.domain.values import ListOf, Problem, step
from ledger.schemas.declared import data_schema, event_schema, terms_schema
from tests.malformed import NAMES, TYPES, WRONG, broken, places, put, whole

OTHER_DATA = {"title": "Other"}  # what a correction may give, whatever it corrects
EVENT_SCHEMA = event_schema()()
DATA_SCHEMAS = {(kind, type_): data_schema(kind, type_)() for kind, type_ in TYPES}


def pointers(errors, at=""):
    """Where marshmallow finds something wrong, as RFC 6901 has it."""
    if not isinstance(errors, dict):
        return {at}
    found = set()
    for name, inner in errors.items():
        found |= pointers(inner, at if name == "_schema" else at + step(str(name)))
    return found


def told_by_the_schemas(event):
    """Where the schemas find something wrong with an event: in itself, and in its data by its type."""
    found = pointers(EVENT_SCHEMA.validate(event)) if isinstance(event, dict) else {""}
    if found & {"", "/type", "/subject"}:
        return found
    kind, type_ = event["subject"].partition(":")[0], event["type"]
    if type_ not in DATA[kind]:
        return found | {"/type"}
    if event.get("data") is None or isinstance(event["data"], dict):
        found |= pointers(DATA_SCHEMAS[kind, type_].validate(event.get("data") or {}), "/data")
    return found


def told_by_the_check(event):
    """Where the lean check does; but for what no schema says: whether there is a day, and whom a subject answers.

    What a correction gives as data is to the schemas one thing.
    """
    problems = draft(event)
    if not isinstance(problems, list):
        return set()
    assert all(isinstance(problem, Problem) and problem.detail for problem in problems)
    unsaid = {"a subject does not answer itself", "an actor is merged into another one"}
    absent = isinstance(event, dict) and event.get("effective_on") is None
    return {
        "/data/data" if problem.pointer.startswith("/data/data/") else problem.pointer
        for problem in problems
        if problem.detail not in unsaid
        and not (problem.pointer == "/effective_on" and (absent or problem.detail.endswith("leave effective_on out")))
    }


@pytest.mark.parametrize(("kind", "type_"), TYPES)
def test_both_take_an_event_with_everything_in_it(kind, type_):
    event = whole(kind, type_, OTHER_DATA)
    assert told_by_the_check(event) == told_by_the_schemas(event) == set()


@pytest.mark.parametrize(("kind", "type_"), TYPES)
def test_both_find_the_one_thing_that_is_wrong_in_the_same_place(kind, type_):
    for event in broken(whole(kind, type_, OTHER_DATA)):
        assert told_by_the_check(event) == told_by_the_schemas(event), event


json_texts = st.text(st.characters(exclude_categories=())).filter(lambda text: text != "_schema")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | json_texts | st.sampled_from(WRONG),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(json_texts | st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=400, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_both_find_whatever_is_wrong_in_the_same_places(data):
    """Several things at once, of any kind."""
    event = whole(*data.draw(st.sampled_from(TYPES)), OTHER_DATA)
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from(list(places(event))))
        event = put(event, path, data.draw(anything))
    assert told_by_the_check(event) == told_by_the_schemas(event)


@pytest.mark.parametrize("kind", TERMS)
def test_the_terms_of_a_state_are_told_with_every_member(kind):
    """A list is never null; all else is, where nothing is known."""
    nothing = {name: [] if isinstance(value, ListOf) else None for name, value in TERMS[kind].items()}
    schema = terms_schema(kind)()
    assert schema.validate(nothing) == {}
    for name, value in TERMS[kind].items():
        assert set(schema.validate({each: nothing[each] for each in nothing if each != name})) == {name}
        assert (name in schema.validate({**nothing, name: None})) == isinstance(value, ListOf)
