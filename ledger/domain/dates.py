"""Days in valid time, and the forms of EDTF in which an event may give one.

A day is an `int`, the proleptic Gregorian ordinal (1 is 0001-01-01). Spans of days are half-open: what
starts on D holds on D, what ends on D does not (domain.md, folding, 5).
"""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

EVER = 0
"""Before every day: the start of a span that has held since ever."""
FOREVER = date.max.toordinal() + 1
"""After every day: the end of a span that holds for good."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DATED = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?([~?%])?\Z")
_ONE_OF = re.compile(r"\[([0-9]{4}-[0-9]{2}-[0-9]{2})?\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})\]\Z")

FORMS = (
    "a day 2020-07-09, a month 2020-07 or a year 2020, each with ~, ? or % behind it,"
    " [2020-07-06..2020-07-12] or [..2020-07-02]"
)


class Dating(NamedTuple):
    """When something takes effect: on `first_day`, and whether that day is stated exactly."""

    first_day: int
    exact: bool


UNDATED = Dating(EVER, exact=True)
"""Of what takes effect on no day of its own: since ever."""


@lru_cache(maxsize=65536)
def parse_day(text: str) -> int:
    """The ordinal of a plain day `YYYY-MM-DD`. Raises ValueError for anything else."""
    if not _DAY.match(text):
        raise ValueError("must be a day, as 2020-07-09")
    try:
        return date(int(text[:4]), int(text[5:7]), int(text[8:])).toordinal()
    except ValueError:
        raise ValueError(f"{text} does not exist; give a day from 0001-01-01 to 9999-12-31") from None


@lru_cache(maxsize=65536)
def parse_dating(text: str) -> Dating:
    """The first day that `text` names, in one of the forms of domain.md's `effective_on`.

    Raises ValueError for any other form, and for days that do not exist.
    """
    if dated := _DATED.match(text):
        year, month, day, qualifier = dated.groups()
        return Dating(parse_day(f"{year}-{month or '01'}-{day or '01'}"), bool(day) and not qualifier)
    if one_of := _ONE_OF.match(text):
        first, last = one_of.groups()
        last_day = parse_day(last)
        first_day = parse_day(first) if first else last_day
        if first_day > last_day:
            raise ValueError("the first day must not be later than the last")
        return Dating(first_day, exact=False)
    raise ValueError(f"must be {FORMS}")


def day_text(day: int) -> str | None:
    """`day` as `YYYY-MM-DD`; None for EVER and FOREVER."""
    if EVER < day < FOREVER:
        return date.fromordinal(day).isoformat()
    return None
