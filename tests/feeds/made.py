"""Lists that are made up: a feed whose readings are given, and not read from anywhere."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger.feeds.programmes import Programme
from ledger.feeds.reading import Authority, Feed, File, Listing, Reading, Target

PROGRAMMES = {
    "p": Programme("p", "Programme P", ("asset_freeze",), ("travel_ban",), ("human_rights",), ("Act P",)),
    "q": Programme("q", "Programme Q", ("asset_freeze", "export_control"), (), ("corruption",), ("Act Q",)),
}
SAYS_NOTHING = object()


def feed_of(*readings: Reading, name: str = "made", is_chronicle: bool = False) -> Feed:
    """A feed of which `reading(number)` is the path to each of `readings`."""
    return Feed(
        name=name,
        title="A list that is made up",
        publisher="Somebody",
        imposer="us",
        authorities=(Authority("us-made", "Office of Lists", "us"),),
        read=lambda path: readings[int(path.name)],
        licence="none",
        is_chronicle=is_chronicle,
    )


def entry(
    slug: str,
    *,
    name: str = "",
    category: str = "person",
    aliases: Any = (),
    in_part: bool = False,
    programmes: str = "p",
    listed_on: str | None = None,
    ended_on: str | None = None,
    updated_on: str | None = None,
    group: str = "",
    is_addition: bool = False,
    basis: Any = None,
    **more: Any,
) -> tuple[Target, Listing]:
    """An entry with one measure; `aliases` may be SAYS_NOTHING."""
    terms = {"category": category, "name": name or slug.title(), **more}
    if aliases is not SAYS_NOTHING:
        terms["aliases"] = list(aliases)
    listed = tuple(PROGRAMMES[programme] for programme in programmes)
    given = tuple(each for programme in listed for each in programme.legal_basis) if basis is None else basis
    return (
        Target(slug, terms, updated_on, frozenset({"aliases"}) if in_part else frozenset()),
        Listing(
            slug,
            slug,
            listed,
            "us-made",
            None if basis is SAYS_NOTHING else given,
            listed_on=listed_on,
            ended_on=ended_on,
            updated_on=updated_on,
            group=group,
            is_addition=is_addition,
        ),
    )


def reading(*entries: tuple[Target, Listing], whole: Any = ("",), on: str | None = None) -> Reading:
    """A reading with those entries."""
    content = json.dumps([repr(each) for each in entries] + sorted(whole))
    return Reading(
        [File("made.csv", sha256(content.encode()).hexdigest())],
        on,
        {target.slug: target for target, _ in entries},
        {listing.slug: listing for _, listing in entries},
        frozenset(whole),
    )


def imported(ledger: Any, feed: Feed, number: int, on: str | None = None, **options: Any) -> Any:
    """Import one of the feed's readings."""
    ledger.archive.keep_reading = lambda _path, _reading: None  # there is no file
    return ledger.import_reading(feed, Path(str(number)), by="tests", published_on=on, **options)
