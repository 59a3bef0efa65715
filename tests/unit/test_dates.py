"""The forms of a day: domain.md, Events, `effective_on`."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.dates import EVER, FOREVER, day_text, parse_dating, parse_day


def day(text):
    return date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("text", "first_day", "exact"),
    [
        ("2020-07-09", "2020-07-09", True),
        ("2020-07-09~", "2020-07-09", False),
        ("2020-07-09?", "2020-07-09", False),
        ("2020-07-09%", "2020-07-09", False),
        ("2020-07", "2020-07-01", False),
        ("2020-07~", "2020-07-01", False),
        ("2020", "2020-01-01", False),
        ("2020%", "2020-01-01", False),
        ("[2020-07-06..2020-07-12]", "2020-07-06", False),
        ("[..2020-07-02]", "2020-07-02", False),
        ("0001-01-01", "0001-01-01", True),
        ("9999-12-31", "9999-12-31", True),
    ],
)
def test_a_dating_takes_effect_on_the_first_day_that_it_names(text, first_day, exact):
    assert parse_dating(text) == (day(first_day), exact)


@pytest.mark.parametrize(
    "text",
    [
        "", "2020-7-9", "20200709", "2020-02-30", "0000-01-01", "10000-01-01", "2020-07-09T00:00:00Z", "2020-07-09 ",
        " 2020-07-09", "2020-07-09\n", "2020-13", "2020~~", "2020-~", "[2020-07-12..2020-07-06]", "[2020-07-06..]",
        "[2020-07..2020-08]", "[2020-07-06..2020-07-12]~", "2020-07-06/2020-07-12", "..2020-07-02", "２０２０-07-09",
        "202X", "Y2020", "-2020-01-01", "[..]", "2020-W28-4",
    ],
)  # fmt: skip
def test_no_other_form_is_taken(text):
    with pytest.raises(ValueError, match=r"must|exist"):
        parse_dating(text)


@given(st.dates())
def test_a_day_reads_as_it_was_written(given_day):
    assert day_text(parse_day(given_day.isoformat())) == given_day.isoformat()


def test_since_ever_and_for_good_are_no_days():
    assert day_text(EVER) is None
    assert day_text(FOREVER) is None
    assert parse_day("9999-12-31") == FOREVER - 1
