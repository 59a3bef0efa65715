"""Days and times as people type them, and as an address spells them."""

from __future__ import annotations

import re
from datetime import date

from api.pages.wording import WORDS, day_in_words, say
from ledger.domain.dates import parse_day
from ledger.times import moment

_MONTHS = {name.lower()[:length]: number for number, name in enumerate(WORDS["months"], 1) for length in (3, len(name))}
_MONTHS["sept"] = 9
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(?:[a-z]+,? +)?(\d{1,2})(?:st|nd|rd|th)?\.? +([a-z]+)\.?,? +(\d{4})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})")
_EVENT = re.compile(r"(?:event|#)? *#?([0-9][0-9,]*)")


class Unreadable(ValueError):
    """What was typed is no day, or no time. The message says so to whoever typed it."""


def typed_day(text: str) -> str:
    """`2020-07-09`, from `2020-07-09`, `20200709`, `9 July 2020`, `July 9, 2020` and the like. Raises Unreadable."""
    year, month, day = _parts(" ".join(text.lower().split()), text)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        pass
    if not 1 <= month <= 12:
        raise Unreadable(say("when.no_such_day", day=text))
    raise Unreadable(say("when.no_such_day", day=f"{day} {WORDS['months'][month - 1]} {year}"))


def _parts(text: str, typed: str) -> tuple[int, int, int]:
    """Year, month and day, of which the month is the one that cannot be mistaken."""
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = found.groups()
        return int(year), int(month), int(day)
    if found := _DAY_FIRST.fullmatch(text):
        day, name, year = found.groups()
    elif found := _MONTH_FIRST.fullmatch(text):
        name, day, year = found.groups()
    else:
        raise Unreadable(say("when.unreadable_day", typed=typed))
    if name not in _MONTHS:
        raise Unreadable(say("when.unreadable_day", typed=typed))
    return int(year), _MONTHS[name], int(day)


def typed_knowledge(text: str) -> tuple[str, str]:
    """The parameter and its value: `known_at` with a day or a time, or `known_at_sequence`. Raises Unreadable.

    From a day as above, a time of RFC 3339, or `event 57`.
    """
    if found := _EVENT.fullmatch(text.strip().lower()):
        digits = found[1].replace(",", "")
        if not (len(digits) == 8 and text.strip() == digits):  # which is a day: 20200709
            return "known_at_sequence", digits.lstrip("0") or "0"
    time = text.strip().replace(" ", "T", 1) if re.match(r"\s*\d{4}-\d\d-\d\d ", text) else text.strip()
    if re.match(r"\d{4}-\d\d-\d\d[Tt]", time):
        try:
            moment(time)
        except ValueError:
            raise Unreadable(say("when.unreadable_time", typed=text)) from None
        return "known_at", time
    try:
        return "known_at", typed_day(text)
    except Unreadable as problem:
        if "does not exist" in str(problem):
            raise
        raise Unreadable(say("when.unreadable_time", typed=text)) from None


_DATED = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?([~?%])?")
_ONE_OF = re.compile(r"\[(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)\]")


def dating_in_words(text: str) -> str:
    """A day in one of the forms that an event has, in words: `about 6 July 2020`, `July 2020, day not given`."""
    if found := _ONE_OF.fullmatch(text):
        first, last = found.groups()
        if first is None:
            return say("dating.or_earlier", day=day_in_words(parse_day(last)))
        return say("dating.one_of", first=day_in_words(parse_day(first)), last=day_in_words(parse_day(last)))
    found = _DATED.fullmatch(text)
    if not found:
        return text
    year, month, day, qualifier = found.groups()
    said: str = year
    if day:
        said = day_in_words(parse_day(f"{year}-{month}-{day}"))
    elif month:
        said = f"{WORDS['months'][int(month) - 1]} {year}"
    said = (
        say({"~": "dating.about", "?": "dating.uncertain", "%": "dating.both"}[qualifier], day=said)
        if qualifier
        else said
    )
    return said if day else say("dating.no_day", when=said)
