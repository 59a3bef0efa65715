"""Sets of days as intervals, held against plain sets."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.intervals import common, run_at, united

intervals = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


def days(some):
    return {day for start, end in some for day in range(start, end)}


@given(intervals)
def test_united_intervals_have_the_same_days_and_neither_touch_nor_overlap(some):
    together = united(some)
    assert days(together) == days(some)
    assert all(end < start for (_, end), (start, _) in pairwise(together))


@given(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda one: one[0] < one[1]), intervals)
def test_common_days_are_those_of_both(one, some):
    assert days(common(one, united(some))) == days([one]) & days(some)


@given(st.integers(0, 30), intervals)
def test_the_run_at_a_day_is_unbroken_and_whole(day, some):
    run = run_at(day, united(some))
    assert (run is None) == (day not in days(some))
    if run:
        assert {run[0] - 1, run[1]}.isdisjoint(days(some))
        assert set(range(*run)) <= days(some)
