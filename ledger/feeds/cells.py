"""What lists put into one cell: several things that are numbered or separated, a number with remarks to it."""

import re
from collections.abc import Iterable
from typing import Any

_NUMBERING = re.compile(r"(?:^|(?<=[\s,;.]))\(?(?:[0-9]{1,2}|[a-z])\)\s*")
_LABEL = re.compile(r"\D*?\bn(?:o|os|umber)\b[.:]*\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\b(?:[A-Z]{1,3} )*[^\s:]*\d.*")
_FORMER = re.compile(r"\W*former", re.IGNORECASE)
_ASIDE = re.compile(r"^\s*\([^)]*\)\s*")
_ISSUE = re.compile(r"(?:issued?|expir\w*|valid)\b", re.IGNORECASE)
_BARE = re.compile(r"(?=.*\d)[A-Z0-9]{6,}|\d{1,2}/[A-Z]+ ?\([A-Z]+\) ?\d{6}")
"""A number and nothing else, though it has few digits; or brackets, as those of Myanmar's identity cards."""
_BETWEEN = re.compile(r"(?<=\d{5})\.\s+(?=\d{5})")
_SERIES = re.compile(r"(?<=\b\d{4}) No\. ?(?=\d{6}\b)")
"""Between the series and the number of a Russian passport."""
_REMARK = re.compile(rf"[();,]|\bunder\b|\.(?:\s|$)|\b{_ISSUE.pattern}", re.IGNORECASE)


def one_line(text: str) -> str:
    """A name, with a space for whatever blanks and line ends it was printed with."""
    return " ".join(text.split())


def numbered(text: str) -> list[str]:
    """`Germany` and `Morocco` of `(1) Germany. (2) Morocco`, `1) Germany 2) Morocco` and `a) Germany, b) Morocco`; what
    is not numbered is one thing."""
    return _without_blanks(part.strip(" \t\r\n.,;") for part in _NUMBERING.split(text))


def separated(text: str, marks: str = ";") -> list[str]:
    """The parts of `text` between any of the `marks`, none twice."""
    return _without_blanks(map(one_line, re.split(f"[{re.escape(marks)}]", text)))


def document_numbers(text: str) -> list[str]:
    """The numbers of passports and the like, without who issued them and when: `D 000952` of `D 000952 (Afghan). Issued
    on 7 Jan 1999`. What has not three digits is none, unless it stands alone."""
    parts = [part for each in numbered(_SERIES.sub("", text)) for part in _BETWEEN.split(each)]
    return _without_blanks(part if _BARE.fullmatch(part) else _number_in(part) for part in parts)


def _number_in(text: str) -> str:
    """The number in `text`; empty where there is none."""
    if _ISSUE.match(text):
        return ""
    number = _NUMBER.search(one_line(_head(_LABEL.sub("", _ASIDE.sub("", text), count=1))))
    return number[0] if number and sum(map(str.isdigit, number[0])) >= 3 else ""


def _head(text: str) -> str:
    """What stands before any remark."""
    return _REMARK.split(text, maxsplit=1)[0]


def positions(titles: Iterable[str]) -> list[dict[str, Any]]:
    """Titles as positions of an actor (domain.md, The terms): what is called `Former` is held no longer."""
    return [{"title": title, "former": True} if _FORMER.match(title) else {"title": title} for title in titles]


def identifiers(scheme: str, values: Iterable[str]) -> list[dict[str, str]]:
    """`values` as identifiers of an actor (domain.md, The terms), none twice."""
    return [{"scheme": scheme, "value": value} for value in dict.fromkeys(values)]


def _without_blanks(parts: Iterable[str]) -> list[str]:
    return [part for part in dict.fromkeys(parts) if part]
