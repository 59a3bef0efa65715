"""Programmes: what a tag that a list prints stands for, by `programmes.csv`, the one place where that is said."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ledger.feeds.slugs import slug


@dataclass(frozen=True, slots=True)
class Programme:
    """A sanctions programme, as one feed prints it."""

    slug: str
    label: str
    instruments: tuple[str, ...] = ()
    instruments_persons: tuple[str, ...] = ()
    """What reaches persons beyond `instruments`."""
    grounds: tuple[str, ...] = ()
    legal_basis: tuple[str, ...] = ()


class Programmes:
    """The programmes of one feed; `unknown` collects the tags that `programmes.csv` lacks."""

    def __init__(self, feed: str) -> None:
        self._printed = _by_feed().get(feed, {})
        self.unknown: set[str] = set()

    def of(self, printed: str) -> Programme:
        """The programme of a tag; of one that nobody knows it has the tag's slug, and no instruments."""
        tag = printed.strip()
        if (known := self._printed.get(tag)) is not None:
            return known
        self.unknown.add(tag)
        return Programme(slug(tag), tag)


@cache
def _by_feed() -> dict[str, dict[str, Programme]]:
    found: dict[str, dict[str, Programme]] = {}
    text = files("ledger.feeds").joinpath("programmes.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        programme = Programme(
            row["programme"],
            row["label"],
            tuple(row["instruments"].split()),
            tuple(row["instruments_persons"].split()),
            tuple(row["grounds"].split()),
            tuple(part.strip() for part in row["legal_basis"].split(";") if part.strip()),
        )
        found.setdefault(row["feed"], {})[row["printed"].strip()] = programme
    return found


@cache
def programme_labels() -> dict[str, str]:
    """What each programme is called, by its slug."""
    return {each.slug: each.label for printed in _by_feed().values() for each in printed.values()}
