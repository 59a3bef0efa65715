"""OFAC's Specially Designated Nationals and Blocked Persons List: whose property is blocked in the United States.

An entry is one person, entity, vessel or aircraft, with a number that is never used again. It stands under one or more
programmes, comes and goes as a whole, and states no day of listing: a measure is known to hold from about the day of
the reading that first had it. The files state no day of publication either.
"""

from pathlib import Path

from ledger.feeds.ofac import OFAC, Parts, read_folder
from ledger.feeds.reading import Feed, Reading

_PARTS = Parts("sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv")


def read(folder: Path) -> Reading:
    """What the files in `folder` say."""
    return read_folder(folder, FEED.name, _PARTS)


FEED = Feed(
    name="ofac-sdn",
    title="Specially Designated Nationals and Blocked Persons List",
    publisher="US Department of the Treasury, Office of Foreign Assets Control",
    imposer="us",
    authorities=(OFAC,),
    read=read,
    licence="A work of the United States Government, in no copyright there (17 U.S.C. 105); name OFAC as the source.",
    addresses={
        name: f"https://www.treasury.gov/ofac/downloads/{name}"
        for name in (_PARTS.entries, _PARTS.aliases, _PARTS.addresses, _PARTS.comments)
    },
)
