"""Canada's Consolidated Autonomous Sanctions List: `sema-lmes.xml`.

**The file** states no day: whoever imports has to say of which day it is. Some of its elements had other names until
some day between 2020 and 2025; ships, and the days of listings, came with the new ones.

**An entry** is a `record`: an item of a schedule to the regulations that `Country` names. That is the programme, and
not where somebody is from: the list does not say this. Schedules were divided into parts meanwhile, so most entries
have another key since then; who is on both is one gone and one new.

**The day** on which it was listed is `DateOfListing`. Of a ship, the other date is when it was built.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ledger.feeds import xml
from ledger.feeds.cells import identifiers, separated
from ledger.feeds.edtf import of_timestamp, of_words
from ledger.feeds.names import named
from ledger.feeds.programmes import Programmes
from ledger.feeds.reading import Authority, BrokenList, Feed, Listing, Reading, Target, file_at, unknown_tags
from ledger.feeds.slugs import joined, slug

GLOBAL_AFFAIRS = Authority("ca-gac", "Global Affairs Canada", "ca")

_RENAMED = {"Entity": "EntityOrShip", "Title": "TitleOrShip", "DateOfBirth": "DateOfBirthOrShipBuildDate"}
"""Elements until some day between 2020 and 2025, and what they are called since."""
_ELEMENTS = {
    "Country", "LastName", "GivenName", "EntityOrShip", "TitleOrShip", "ShipIMONumber", "Aliases",
    "DateOfBirthOrShipBuildDate", "Schedule", "Item", "DateOfListing",
}  # fmt: skip
_LANGUAGE = re.compile(r"^(?:Arabic|Belaruss?ian|Russian|Ukrainian) ?: ?")
_LEGAL_FORM = re.compile(r", *(?=(?:LLC|Ltd\b|Inc\b|JSC|АО|ЗАО|ОАО|ПАО|ООО|ФГУП|FSUE)\.?(?:[,;]|$))")


def read(path: Path) -> Reading:
    """What the file at `path` says. Raises BrokenList."""
    reading = Reading([file_at(path)])
    programmes = Programmes("ca-sema")
    records = xml.elements(path, ["data-set"], "record")
    next(records)  # the root has nothing to say
    for number, record in enumerate(records, 1):
        said = _said(record, f"{path.name}, record {number}")
        key = joined("ca-sema", slug(said["Country"], 30), slug(said["Schedule"]), slug(said["Item"]))
        if key in reading.listings:
            raise BrokenList(f"{path.name}, record {number}: another record has its Country, Schedule and Item")
        reading.targets[key] = Target(key, _terms(said))
        programme = programmes.of(said["Country"])
        listed_on = of_timestamp(said["DateOfListing"])
        reading.listings[key] = Listing(key, key, (programme,), GLOBAL_AFFAIRS.slug, listed_on=listed_on)
    reading.warnings += unknown_tags(programmes.unknown)
    return reading


def _said(record: xml.Element, where: str) -> dict[str, str]:
    """What each element says, by its name of today; empty where it is not there."""
    names = {element.name for element in record.below()}
    if unknown := names - _ELEMENTS - _RENAMED.keys():
        raise BrokenList(f"{where}: has {', '.join(sorted(unknown))}, which no record had: the list changed its form")
    said = dict.fromkeys(_ELEMENTS, "") | {_RENAMED.get(name, name): record.text(name) for name in sorted(names)}
    if not (slug(said["Country"]) and slug(said["Item"]) and _name(said)):
        raise BrokenList(f"{where}: has no Country, no Item or no name: fetch the list again")
    return said


def _name(said: dict[str, str]) -> str:
    return said["EntityOrShip"] or f"{said['GivenName']} {said['LastName']}".strip()


def _terms(said: dict[str, str]) -> dict[str, Any]:
    is_person = not said["EntityOrShip"]
    other = "vessel" if said["ShipIMONumber"] else "organisation"
    return {
        "category": "person" if is_person else other,
        **named(_name(said), _aliases(said["Aliases"])),
        "birth_dates": list(_birth_dates(said["DateOfBirthOrShipBuildDate"])) if is_person else [],
        "identifiers": identifiers("imo", filter(None, [said["ShipIMONumber"]])),
        "description": said["TitleOrShip"] or None,
    }


def _aliases(cell: str) -> Iterator[str]:
    """`Иван Иванов` and `Ivan Ivanow` of `Russian: Иван Иванов, Ivan Ivanow`; but `Sails, LLC` is one."""
    for alias in separated(_LEGAL_FORM.sub("\0", cell), ";,"):
        yield _LANGUAGE.sub("", alias).replace("\0", ", ")


def _birth_dates(cell: str) -> Iterator[str]:
    """`1970-01-31`, `1970-01`, `1970`, `1970-1972`, or several of them with `or` between."""
    for date in re.split(r"\s+or\s+", cell, flags=re.IGNORECASE):
        if born := of_timestamp(date) or of_words(date):
            yield born


FEED = Feed(
    name="ca-sema",
    title="Consolidated Canadian Autonomous Sanctions List",
    publisher="Global Affairs Canada",
    imposer="ca",
    authorities=(GLOBAL_AFFAIRS,),
    read=read,
    licence="Contains information licensed under the Open Government Licence – Canada",
    addresses={
        "sema-lmes.xml": "https://www.international.gc.ca/world-monde/assets/office_docs/international_relations"
        "-relations_internationales/sanctions/sema-lmes.xml"
    },
)
