"""Dates as lists print them, in the forms of EDTF that the ledger takes (domain.md, `effective_on`).

What is no date, or none that exists, is None: a list that says "30-35 years old" gives no birth date.
"""

import calendar
import re

from ledger.domain.dates import parse_dating, parse_day

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_DATE = r"(?:(?:([0-9]{1,2}) )?([A-Za-z]{3})[a-z]*\.? )?([0-9]{4})"
_WORDS = re.compile(rf"(circa |c\. ?|about |approximately )?{_DATE}(?: ?(?:to|-|/) ?{_DATE})?", re.IGNORECASE)


def of_numbers(year: str, month: str = "", day: str = "", *, about: bool = False) -> str | None:
    """`1961-03-07` of 1961, 3, 7. A month or day that is empty or 0 is unknown: `1961-03`, `1961`.

    `about` puts a `~` behind it.
    """
    known = [year.strip()]
    for part in (month, day):
        if not (number := part.strip().lstrip("0")):
            break
        known.append(number.zfill(2))
    return _existing("-".join(known) + ("~" if about else ""))


def of_words(text: str) -> str | None:
    """Of `07 Mar 1961`, `Sept. 1961` and `1961`, with or without `circa`; of two of them with `to`, `-` or `/` between,
    one day of these. That the day is not known is said by a range itself: `circa` adds nothing to it.
    """
    if not (words := _WORDS.fullmatch(" ".join(text.split()))):
        return None
    circa, *dates = words.groups()
    first, last = _of_names(*dates[:3]), _of_names(*dates[3:])
    if dates[-1]:
        return between(first, last)
    return f"{first}~" if first and circa else first


def between(first: str | None, last: str | None) -> str | None:
    """`[1968-01-01..1973-12-31]` of 1968 and 1973: one day of these. Both are days, months or years without `~`.

    1968 of 1968 and 1968; None where one of the two is none, or the first comes later.
    """
    if not first or not last:
        return None
    try:
        return _existing(first if first == last else f"[{_first_day(first)}..{_last_day(last)}]")
    except ValueError:
        return None


def of_timestamp(text: str) -> str | None:
    """The day of `2012-12-31` or `2012-12-31T23:00:09-05:00`: its first ten characters, whatever the zone."""
    day = text.strip()[:10]
    try:
        parse_day(day)
    except ValueError:
        return None
    return day


def _of_names(day: str | None, month: str | None, year: str | None) -> str | None:
    if month and month.lower() not in _MONTHS:
        return None
    return of_numbers(year or "", str(_MONTHS[month.lower()]) if month else "", day or "")


def _first_day(text: str) -> str:
    """Of a day, month or year."""
    return text + "-01-01"[len(text) - 4 :]


def _last_day(text: str) -> str:
    """Of a day, month or year. Raises ValueError where it is none."""
    year, month, *day = f"{text}-12".split("-") if len(text) == 4 else text.split("-")
    return text if day else f"{year}-{month}-{calendar.monthrange(int(year), int(month))[1]}"


def _existing(text: str) -> str | None:
    try:
        parse_dating(text)
    except ValueError:
        return None
    return text
