"""What is quickly accepted is exactly that in which the check, which names what is wrong, finds nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.events import DATA, EVENT, draft, references
from ledger.domain.values import ListOf, Record
from tests.malformed import NAMES, TYPES, WRONG, broken, places, put, sample, whole


def kinds_within(value):
    """That kind of value, and every kind of which it is made."""
    yield value
    if isinstance(value, ListOf):
        yield from kinds_within(value.element)
    if isinstance(value, Record):
        for member in value.members.values():
            yield from kinds_within(member)


KINDS = list(
    dict.fromkeys(
        kind for value in [EVENT, *(DATA[kind][type_] for kind, type_ in TYPES)] for kind in kinds_within(value)
    )
)
texts = st.text(st.characters(exclude_categories=())) | st.from_regex(r"(actor|measure|act):[a-z0-9-]{1,3}(\n)?")
names = st.sampled_from([*NAMES, *(name for kind in KINDS if isinstance(kind, Record) for name in kind.members)])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.sampled_from(WRONG),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | texts, inner, max_size=3),
    max_leaves=8,
)
by_the_same_examples = settings(max_examples=400, derandomize=True, deadline=None, database=None)


def found(kind, value):
    """What the check finds."""
    problems = []
    kind.check(value, "", problems)
    return problems


@by_the_same_examples
@given(kind=st.sampled_from(KINDS), value=anything)
def test_a_kind_accepts_what_it_finds_nothing_wrong_with(kind, value):
    assert kind.accepts(value) == (not found(kind, value))


@by_the_same_examples
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_a_kind_accepts_of_what_is_nearly_right_only_what_it_finds_nothing_wrong_with(kind, data):
    value = sample(kind, {"title": "Other"})
    for _ in range(data.draw(st.integers(0, 2))):
        value = put(value, data.draw(st.sampled_from(list(places(value)))), data.draw(anything))
    assert kind.accepts(value) == (not found(kind, value))


@pytest.mark.parametrize("value", WRONG)
def test_a_kind_accepts_of_what_is_hardly_ever_right_only_what_it_finds_right(value):
    for kind in KINDS:
        assert kind.accepts(value) == (not found(kind, value)), kind


@pytest.mark.parametrize("slug", ["a" * 120, "a" * 121, "a" * 300, "a-b", "a--b", "-a", "a-", "A", "a\n", "a:b", ""])
@pytest.mark.parametrize("kind", ["measure", "agreement", "act", "actor", "other", ""])
def test_a_subject_is_refused_as_often_as_it_is_posted(kind, slug):
    """What is remembered of a text is what was found."""
    event = whole("measure", "lifted") | {"subject": f"{kind}:{slug}"}
    right = kind == "measure" and slug in {"a" * 120, "a-b"}
    for _ in range(3):
        assert isinstance(draft(event), list) != right


@pytest.mark.parametrize(("kind", "type_"), TYPES)
def test_an_event_is_accepted_as_a_draft_or_told_what_is_wrong_with_it(kind, type_):
    """Never nothing: what is neither would be lost."""
    for event in broken(whole(kind, type_, {"title": "Other"})):
        assert draft(event), event


@pytest.mark.parametrize(("kind", "type_"), TYPES)
def test_a_draft_names_what_its_data_refer_to(kind, type_):
    event = whole(kind, type_, {"title": "Other"})
    assert draft(event).named == [subject for _, subject in references(kind, type_, event["data"])]
