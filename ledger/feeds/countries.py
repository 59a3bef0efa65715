"""Countries as lists print them, in many spellings and as adjectives, and the actors that they are."""

import csv
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from ledger.feeds.slugs import slug

_NUMBERED = re.compile(r"\(?(?<![A-Za-z0-9])[0-9a-z]\)")
_NOTE = re.compile(r"\s*\([^()]*\)")
_NO_MORE = re.compile(r"revoked|withdrawn|renounced|until", re.IGNORECASE)


@lru_cache(maxsize=4096)
def country_of(printed: str) -> str | None:
    """The actor that is meant by a country's name, or by the adjective; None where it is none, or not one for sure.

    A note in brackets is passed over, as `Iran (Tehran branch)`, unless it says that a nationality was lost.
    """
    text = printed.strip().rstrip(".")
    found = _spelt().get(slug(text))
    if found is None and not _NO_MORE.search(text):
        found = _spelt().get(slug(_NOTE.sub("", text)))
    return f"actor:{found}" if found else None


def countries_of(printed: str) -> list[str]:
    """Those of a text that may number several, as `(1) Somalia. (2) Sweden`; what is none is left out."""
    return known_countries(part for part in _NUMBERED.split(printed) if part.strip())


def known_countries(printed: Iterable[str]) -> list[str]:
    """Those of some texts with one each; what is none is left out, and none is there twice."""
    return list(dict.fromkeys(found for each in printed if (found := country_of(each))))


@cache
def _spelt() -> dict[str, str]:
    spelt = {}
    for row in _rows("ledger", "builtin_actors.csv"):
        if len(row["slug"]) == 2 and row["slug"] not in {"eu", "un"}:
            spelt[slug(row["name"])] = row["slug"]
    for row in _rows("ledger.feeds", "country_names.csv"):
        spelt |= {slug(name): row["slug"] for name in row["names"].split(";")}
    return spelt


def _rows(package: str, name: str) -> Iterable[dict[str, str]]:
    return csv.DictReader(files(package).joinpath(name).read_text("utf-8").splitlines())
