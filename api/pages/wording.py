"""What the pages say, in one place: `english.toml` beside this module. A translation is another such file."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup, escape

from api.pages.markup import joined, tag
from ledger.domain.dates import EVER, FOREVER, day_text, parse_day
from ledger.times import time_text

WORDS: dict[str, Any] = tomllib.loads(files(__package__).joinpath("english.toml").read_text("utf-8"))


_VALUE = re.compile(r"\{(\w+)\}")


def say(name: str, /, **values: Any) -> Markup:
    """The text of that name, `section.name`, with `values` put in; escaped, but for what is markup already.

    A text with `one` and `other` goes by `count`. Raises KeyError for a name that there is not.
    """
    parts = _parts(name, one=values.get("count") == 1)
    if len(parts) == 1:
        return parts[0]
    return joined([part if index % 2 == 0 else _shown(values[part]) for index, part in enumerate(parts)])


@cache
def _parts(name: str, *, one: bool) -> list[Markup]:
    """A text, cut where values are put in: text, name of a value, text …"""
    text = _text(name)
    if isinstance(text, dict):
        text = text["one" if one else "other"]
    return [escape(part) for part in _VALUE.split(text)]


@cache
def words(name: str) -> dict[str, str]:
    """A whole section: what codes and statuses are called, by code."""
    section: dict[str, str] = _text(name)
    return section


def listed(name: str) -> list[str]:
    """A list of words."""
    found: list[str] = _text(name)
    return found


def _text(name: str) -> Any:
    found: Any = WORDS
    for part in name.split("."):
        found = found[part]
    return found


def _shown(value: Any) -> Any:
    """A number as it is read: 4,020."""
    return f"{value:,}" if type(value) is int else value


@lru_cache(maxsize=4096)
def day_in_words(day: int) -> str:
    """An ordinal as `9 July 2020`."""
    on = date.fromordinal(day)
    return f"{on.day} {WORDS['months'][on.month - 1]} {on.year}"


def short_day(day: int) -> str:
    """An ordinal as `9 Jul 2020`, where there is little room."""
    on = date.fromordinal(day)
    return f"{on.day} {WORDS['months'][on.month - 1][:3]} {on.year}"


def weekday(day: int) -> str:
    """The day of the week of an ordinal."""
    name: str = WORDS["weekdays"][date.fromordinal(day).weekday()]
    return name


@lru_cache(maxsize=4096)
def a_time(microseconds: int) -> Markup:
    """A time as `<time>` in words: 24 November 2026, 22:13:11 UTC."""
    text = time_text(microseconds)
    said = say("when.time", day=day_in_words(parse_day(text[:10])), clock=text[11:19])
    return tag("time", said, datetime=text)


@lru_cache(maxsize=4096)
def a_day(day: int) -> Markup:
    """An ordinal as `<time>` in words. Nothing for the ends of time."""
    if not EVER < day < FOREVER:
        return Markup("")
    return tag("time", day_in_words(day), datetime=day_text(day))
