"""Dates as lists print them become the forms that the ledger takes, and what is no date becomes none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.dates import parse_dating
from ledger.feeds import edtf


@pytest.mark.parametrize(
    ("printed", "dated"),
    [
        ("07 Mar 1961", "1961-03-07"),
        ("7 Mar 1961", "1961-03-07"),
        ("Jun 1966", "1966-06"),
        ("Sept. 1958", "1958-09"),
        ("August 1961", "1961-08"),
        ("1956", "1956"),
        ("circa 1956", "1956~"),
        ("circa 01 Jan 1961", "1961-01-01~"),
        ("circa Apr 1961", "1961-04~"),
        ("1981 to 1983", "[1981-01-01..1983-12-31]"),
        ("1940-1941", "[1940-01-01..1941-12-31]"),
        ("1977/1978", "[1977-01-01..1978-12-31]"),
        ("circa 1979-1982", "[1979-01-01..1982-12-31]"),
        ("Mar 1962 to Feb 1964", "[1962-03-01..1964-02-29]"),
        ("01 Jan 1947 to 01 Jan 1949", "[1947-01-01..1949-01-01]"),
        ("1956 to 1956", "1956"),
        (" 07  Mar\n1961 ", "1961-03-07"),
        ("30 Feb 1961", None),
        ("1983 to 1981", None),
        ("07 Foo 1961", None),
        ("30-35 years old", None),
        ("Between Aug. and Sep. 1977", None),
        ("0000", None),
        ("", None),
    ],
)
def test_words(printed: str, dated: str | None) -> None:
    assert edtf.of_words(printed) == dated


@pytest.mark.parametrize(
    ("numbers", "about", "dated"),
    [
        (("1961", "3", "7"), False, "1961-03-07"),
        (("1961", "03", "07"), True, "1961-03-07~"),
        (("1961", "3"), False, "1961-03"),
        (("1961", "00", "00"), False, "1961"),
        (("1961", "", ""), True, "1961~"),
        (("1961", "", "7"), False, "1961"),
        (("1961", "2", "30"), False, None),
        (("61", "2", "3"), False, None),
        (("", "2", "3"), False, None),
        (("1961", "x", "3"), False, None),
        (("١٩٦١",), False, None),
    ],
)
def test_numbers(numbers: tuple[str, ...], about: bool, dated: str | None) -> None:
    assert edtf.of_numbers(*numbers, about=about) == dated


@pytest.mark.parametrize(
    ("first", "last", "dated"),
    [
        ("1968", "1973", "[1968-01-01..1973-12-31]"),
        ("1968", "1968", "1968"),
        ("1973", "1968", None),
        (None, "1968", None),
        ("1968", None, None),
        ("1968-02", "1972-02", "[1968-02-01..1972-02-29]"),
        ("1968-03-05", "1968-04", "[1968-03-05..1968-04-30]"),
        ("1968", "1968-13", None),
        ("n/a", "1968", None),
        ("1968", "n/a", None),
        ("19-68", "1970", None),
        ("n/a", "n/a", None),
        ("1968", "19681", None),
    ],
)
def test_ranges(first: str | None, last: str | None, dated: str | None) -> None:
    assert edtf.between(first, last) == dated


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("2012-12-31", "2012-12-31"),
        ("2015-03-27-04:00", "2015-03-27"),
        ("2026-02-27T00:00:09.554Z", "2026-02-27"),
        (" 2012-12-31\n", "2012-12-31"),
        ("2012-13-31", None),
        ("31.12.2012", None),
        ("", None),
    ],
)
def test_timestamps(printed: str, day: str | None) -> None:
    assert edtf.of_timestamp(printed) == day


@given(st.text("0123456789-n"), st.text("0123456789-n") | st.just("1970"))
def test_a_range_is_one_that_the_ledger_takes_or_none(first: str, last: str) -> None:
    if (dated := edtf.between(first, last)) is not None:
        parse_dating(dated)


@given(st.text() | st.from_regex(r"(circa )?([0-9]{1,2} )?([A-Z][a-z]{2} )?[0-9]{4}( to ([0-9]{1,2} )?[0-9]{4})?\Z"))
def test_whatever_is_printed_becomes_a_form_that_the_ledger_takes_or_none(printed: str) -> None:
    for dated in (edtf.of_words(printed), edtf.of_timestamp(printed), edtf.of_numbers(printed, printed)):
        if dated is not None:
            parse_dating(dated)
