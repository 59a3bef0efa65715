"""Days and times as people type them, and datings in words."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.typed import Unreadable, dating_in_words, typed_day, typed_knowledge
from api.pages.wording import WORDS, day_in_words
from ledger.domain.dates import parse_day


@given(st.dates())
def test_each_day_is_read_in_each_of_its_forms(day):
    month = WORDS["months"][day.month - 1]
    forms = [
        f"{day:%Y-%m-%d}".rjust(10, "0"),
        f"{day.year:04}{day.month:02}{day.day:02}",
        f"{day.day} {month} {day.year:04}",
        f"{day.day} {month[:3]} {day.year:04}",
        f"{month} {day.day}, {day.year:04}",
        f"  {day.day}  {month.upper()}  {day.year:04} ",
        f"Monday {day.day} {month} {day.year:04}",
    ]
    assert {typed_day(form) for form in forms} == {day.isoformat()}


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_day_in_words_is_read_again(day):
    assert typed_day(day_in_words(day.toordinal())) == day.isoformat()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("30 February 2020", "30 February 2020 does not exist."),
        ("2020-02-30", "30 February 2020 does not exist."),
        ("20200230", "30 February 2020 does not exist."),
        ("2021-02-29", "29 February 2021 does not exist."),
        ("2020-13-01", "2020-13-01 does not exist."),
        ("0000-01-01", "1 January 0 does not exist."),
    ],
)
def test_a_day_that_does_not_exist_is_said_to_be_none(typed, said):
    with pytest.raises(Unreadable, match=said):
        typed_day(typed)


@pytest.mark.parametrize(
    "typed", ["07/09/2020", "9.7.2020", "July 2020", "2020", "tomorrow", "9 Foo 2020", "9 July 20", "-1"]
)
def test_what_reads_in_two_ways_or_none_is_refused_with_the_forms_that_are_taken(typed):
    with pytest.raises(Unreadable, match="Write 2020-07-09, or 9 July 2020"):
        typed_day(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("event 57", ("known_at_sequence", "57")),
        ("Event 1,057", ("known_at_sequence", "1057")),
        ("57", ("known_at_sequence", "57")),
        ("#57", ("known_at_sequence", "57")),
        ("event 0", ("known_at_sequence", "0")),
        ("event 20200709", ("known_at_sequence", "20200709")),
        ("20200709", ("known_at", "2020-07-09")),
        ("9 July 2020", ("known_at", "2020-07-09")),
        ("2020-07-10T12:00:00Z", ("known_at", "2020-07-10T12:00:00Z")),
        ("2020-07-10T12:00:00.123456+02:00", ("known_at", "2020-07-10T12:00:00.123456+02:00")),
        ("2020-07-10 12:00:00Z", ("known_at", "2020-07-10T12:00:00Z")),
    ],
)
def test_what_was_known_when_is_a_day_a_time_or_an_event(typed, read):
    assert typed_knowledge(typed) == read


@pytest.mark.parametrize(
    "typed", ["07/09/2020", "2020-07-10T25:00:00Z", "2020-07-10T12:00", "event", "event -1", "now and then"]
)
def test_a_time_that_cannot_be_read_is_refused(typed):
    with pytest.raises(Unreadable, match="Write 2020-07-10, 2020-07-10T12:00:00Z, or event 57"):
        typed_knowledge(typed)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    for read in (typed_day, typed_knowledge):
        with suppress(Unreadable):
            assert read(text)


@pytest.mark.parametrize(
    ("dating", "said"),
    [
        ("2020-07-06", "6 July 2020"),
        ("2020-07-06~", "about 6 July 2020"),
        ("2020-07-06?", "6 July 2020, uncertain"),
        ("2020-07-06%", "about 6 July 2020, uncertain"),
        ("2020-07", "July 2020, day not given"),
        ("2020", "2020, day not given"),
        ("2020-07~", "about July 2020, day not given"),
        ("[2020-07-06..2020-07-12]", "one day from 6 July 2020 to 12 July 2020"),
        ("[..2020-07-02]", "2 July 2020 or earlier"),
    ],
)
def test_a_dating_is_said_in_words(dating, said):
    assert dating_in_words(dating) == said


def test_a_day_in_words():
    assert day_in_words(parse_day("2020-07-09")) == "9 July 2020"
