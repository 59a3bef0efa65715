"""Filing rectangles by what was known when: ledger/domain/rectangles.py."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.rectangles import OPEN, fork, path, turned

sequences = st.integers(1, 10_000)


@given(st.lists(sequences, min_size=3, max_size=3).map(sorted), sequences)
def test_a_rectangle_is_filed_on_the_path_to_every_sequence_that_knew_it(three, more):
    first, known, last = three
    assert fork(first, last) in path(known, last + more)


@given(st.lists(sequences, min_size=2, max_size=2).map(sorted))
def test_a_rectangle_knows_the_number_of_its_node_so_that_no_two_of_a_node_overlap(two):
    first, last = two
    assert first <= fork(first, last) <= last


@given(sequences, sequences)
def test_the_path_is_as_long_as_the_number_of_events_has_binary_digits(one, other):
    known, newest = sorted((one, other))
    nodes = path(known, newest)
    assert nodes[0] == OPEN
    assert len(nodes) == len(set(nodes)) <= newest.bit_length() + 1
    assert all(node <= newest for node in nodes)


@dataclass(frozen=True)
class Span:
    valid_from: int
    what: str


timelines = st.dictionaries(st.integers(0, 6), st.sampled_from("ab")).map(
    lambda spans: [Span(day, what) for day, what in sorted(spans.items())]
)


@given(timelines, timelines)
def test_closing_and_opening_turns_the_one_timeline_into_the_other_and_touches_nothing_else(before, after):
    closing, opening = turned(before, after)
    assert sorted([*(set(before) - set(closing)), *opening], key=lambda span: span.valid_from) == after
    assert not set(closing) & set(after)
    assert not set(opening) & set(before)
