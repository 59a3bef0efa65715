"""What speaks for or against a name: dates of birth, countries, identifiers. What is missing says nothing."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.domain.dates import parse_dating

_YEAR = re.compile(r"[0-9]{4}(?=-)")


class Agreement(NamedTuple):
    """How far two statements agree, and what they are: 1 is wholly, 0 not at all."""

    score: float
    detail: str


class _Born(NamedTuple):
    """A date of birth: from which year to which; month and day where they are stated."""

    first_year: int
    last_year: int
    month: int | None
    day: int | None
    is_about: bool


def birth_dates(asked: Sequence[str], listed: Sequence[str]) -> Agreement | None:
    """How far a date of birth agrees with one of those listed; None where one side states none that can be read."""
    found = [
        (_birth_agreement(one, other), text, there)
        for text in asked
        if (one := _born(text))
        for there in listed
        if (other := _born(there))
    ]
    if not found:
        return None
    score, text, there = max(found, key=lambda each: each[0])
    return Agreement(score, f"born {text}, listed as born {there}")


def _born(text: str) -> _Born | None:
    """The date in any of the forms of domain.md's `effective_on`; None for anything else."""
    text = text.strip()
    try:
        parse_dating(text)
    except ValueError:
        return None
    if text.startswith("["):
        years = [int(year) for year in _YEAR.findall(text)]
        return _Born(years[0], years[-1], None, None, is_about=True)
    year, month, day, *_ = [*map(int, text.rstrip("~?%").split("-")), None, None]
    assert year, "it begins with the year"
    return _Born(year, year, month, day, is_about=not text[-1].isdigit())


def _birth_agreement(one: _Born, other: _Born) -> float:
    """1 the same day; 0.8 the same month; 0.7 day and month swapped; 0.6 the same year; less where it is about then."""
    apart = max(one.first_year - other.last_year, other.first_year - one.last_year, 0)
    if apart:
        return 0.3 if apart <= 2 and (one.is_about or other.is_about) else 0.15 if apart == 1 else 0.0
    if one.month is None or other.month is None:
        return 0.6
    if one.day is None or other.day is None:
        return 0.8 if one.month == other.month else 0.3
    if (one.month, one.day) == (other.month, other.day):
        return 1.0
    return 0.7 if (one.month, one.day) == (other.day, other.month) else 0.3


def countries(asked: Iterable[str], listed: Iterable[str]) -> Agreement | None:
    """Whether a country is among those listed; None where one side states none."""
    here, there = list(dict.fromkeys(asked)), list(dict.fromkeys(listed))
    if not here or not there:
        return None
    common = [country for country in here if country in there]
    if common:
        return Agreement(1.0, f"{', '.join(common)} on both sides")
    return Agreement(0.0, f"{', '.join(here)}, listed as {', '.join(there)}")


def identifiers(asked: Iterable[str], listed: Iterable[str]) -> Agreement | None:
    """Whether an identifier is the same; None where none is, which says nothing: there are many kinds."""
    common = sorted(set(asked).intersection(listed))
    return Agreement(1.0, f"{', '.join(common)} on both sides") if common else None


_RAISED_BY_BIRTH, _RAISED_BY_COUNTRY, _RAISED_BY_IDENTIFIER = 0.9, 0.2, 0.9
_LOWERED_BY_BIRTH, _LOWERED_BY_COUNTRY = 0.75, 0.93
_NEITHER = 0.3
"""An agreement that neither raises nor lowers: the same year, another day."""


def raised_or_lowered(
    score: float, birth: Agreement | None, country: Agreement | None, identifier: Agreement | None
) -> float:
    """The score of a name with what speaks for and against it.

    What agrees takes away a part of what is missing to 1, the more the better the name; what contradicts takes away a
    part of the score.
    """
    if birth and birth.score >= _NEITHER:
        score += (1 - score) * score**2 * _RAISED_BY_BIRTH * (birth.score - _NEITHER) / (1 - _NEITHER)
    elif birth:
        score *= _LOWERED_BY_BIRTH + (1 - _LOWERED_BY_BIRTH) * birth.score / _NEITHER
    if country:
        score = score + (1 - score) * score**2 * _RAISED_BY_COUNTRY if country.score else score * _LOWERED_BY_COUNTRY
    return score + (1 - score) * _RAISED_BY_IDENTIFIER if identifier else score
