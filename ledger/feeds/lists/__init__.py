"""The lists, a file each: what an entry is, which day counts, what its columns mean. Each has a `FEED`."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ledger.feeds.reading import Feed


@cache
def feeds() -> dict[str, Feed]:
    """Every feed by its name: one for each file here."""
    found = [import_module(f"{__name__}.{module.name}").FEED for module in iter_modules(__path__)]
    return {feed.name: feed for feed in sorted(found, key=lambda feed: feed.name)}
