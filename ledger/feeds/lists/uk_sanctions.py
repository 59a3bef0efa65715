"""OFSI's Consolidated List of financial sanctions targets in the UK: `ConList.csv`, until it ended in January 2026.

**The file.** Its first line states the day, `Last Updated,04/05/2022`; the second is the header; all dates are d/m/y.
It had 29 columns in the Windows alphabet cp1252, and from some day between 2018 and 2022 on 36 in UTF-8.

**An entry** is a group: all rows with one `Group ID`. There is a row for each name, with each birth date and each
address of the group, and all else is repeated in each. A group that stands under several regimes is listed under each
by itself, with a day of its own, and leaves each alone: so a measure is a group under a regime.

**The day** on which it was listed is `Listed On`. `UK Sanctions List Date Designated` is the day of the list of another
office, which began anew at the end of 2020. `Last Updated` is the day of the group's last change.

**Regimes** were renamed over the years: `programmes.csv` knows them by each of their names.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ledger.feeds.cells import document_numbers, identifiers, numbered, one_line, positions
from ledger.feeds.countries import common_country_of, countries_of
from ledger.feeds.edtf import of_numbers
from ledger.feeds.names import named
from ledger.feeds.programmes import Programme, Programmes
from ledger.feeds.reading import Authority, BrokenList, Feed, Listing, Reading, Target, file_at, unknown_tags
from ledger.feeds.slugs import slug
from ledger.feeds.tables import Row, Table, table

OFSI = Authority("gb-ofsi", "Office of Financial Sanctions Implementation", "gb")

_NAMES = ("Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6")
"""Given names first; 6 is the family name, or the whole name of an entity or ship."""
_COMMON = (
    *_NAMES, "Title", "DOB", "Town of Birth", "Country of Birth", "Nationality", "Passport Details", "Position",
    *(f"Address {number}" for number in range(1, 7)), "Post/Zip Code", "Country",
    "Other Information", "Group Type", "Alias Type", "Regime", "Listed On", "Last Updated", "Group ID",
)  # fmt: skip
COLUMNS_29 = (*_COMMON, "NI Number")
"""The passport's number stands among its details; NI is the national identity card."""
COLUMNS_36 = (
    *_COMMON, "Name Non-Latin Script", "Non-Latin Script Type", "Non-Latin Script Language", "Passport Number",
    "National Identification Number", "National Identification Details", "Alias Quality",
    "UK Sanctions List Date Designated",
)  # fmt: skip

_REPEATED = ("Group Type", "Last Updated")

_CATEGORIES = {"Individual": "person", "Entity": "organisation", "Ship": "vessel"}
_PRIMARY = ("Primary name", "Prime Alias")
"""The `Alias Type` of the name by which the group goes, now and formerly. AKA, FKA and variations are aliases."""
_WEAK = "Low quality"

_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})")
_OF_ANOTHER = re.compile(r"\(OFSI ID[^)]*")
"""Of a ship: who its owner is, with the owner's references."""
_UN_REFERENCE = re.compile(
    r"\bUN ref(?:erence)?(?: no\b| number)?[\s.:)]*([A-Z]{1,3}[ei1]?\.[A-Z0-9.]*\d)", re.IGNORECASE
)
_IMO_NUMBER = re.compile(r"\bIMO(?: number)?\)?: ?(\d{7})\b", re.IGNORECASE)
"""The lists before 2018 print `IMO no` too, but of the ships that a company owns."""
_FLAG = re.compile(r"\((?:Current believed )?Flag of ship\):([^()]*)", re.IGNORECASE)


def read(path: Path) -> Reading:
    """What the `ConList.csv` at `path` says."""
    rows = table(path, COLUMNS_36, COLUMNS_29, encodings=("utf-8-sig", "cp1252"), above=1, ends=False)
    reading = Reading([file_at(path)], _last_updated(rows), warnings=rows.warnings)
    programmes = Programmes("uk-sanctions")
    for group, of_group in _groups(rows).items():
        target = f"uk-sanctions-{group}"
        updated_on = _day(rows, of_group[0], "Last Updated")
        reading.targets[target] = Target(target, _terms(rows, group, of_group), updated_on)
        for row in of_group:
            programme = programmes.of(row["Regime"])
            listing = f"{target}-{programme.slug.removeprefix('uk-')}"
            if listing not in reading.listings:
                reading.listings[listing] = _listing(rows, row, listing, target, programme)
    reading.warnings += unknown_tags(programmes.unknown)
    return reading


def _listing(rows: Table, row: Row, listing: str, target: str, programme: Programme) -> Listing:
    listed_on, updated_on = (_day(rows, row, column) for column in ("Listed On", "Last Updated"))
    return Listing(listing, target, (programme,), OFSI.slug, listed_on=listed_on, updated_on=updated_on)


def _groups(rows: Table) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows.rows:
        group = row["Group ID"]
        if not group.isdecimal() or slug(group) != group:
            raise rows.broken(row, f"the Group ID {group!r} is no number")
        if row["Group Type"] not in _CATEGORIES:
            raise rows.broken(row, f"the Group Type {row['Group Type']!r} is none of {', '.join(_CATEGORIES)}")
        if not row["Regime"] or not _name(row):
            raise rows.broken(row, "the row has no regime, or no name")
        of_group = groups.setdefault(group, [])
        of_group.append(row)
        if any(row[column] != of_group[0][column] for column in _REPEATED):
            raise rows.broken(row, f"is not of the group {group} that line {of_group[0].line} begins")
    if len(of_group) == 1 and not rows.ends:
        raise rows.broken(row, "has no end, so its Group ID may be cut off; fetch the list again")
    return groups


def _terms(rows: Table, group: str, of_group: list[Row]) -> dict[str, Any]:
    one = of_group[0]
    name = _name(next((row for row in of_group if row["Alias Type"] in _PRIMARY), one))
    good = [row for row in of_group if row.get("Alias Quality") != _WEAK]
    terms = {
        "category": _CATEGORIES[one["Group Type"]],
        **named(name, _names(good), _names(of_group)),
        "countries": _countries(of_group),
        "positions": positions(numbered(one["Position"])),
        "birth_dates": list(dict.fromkeys(_birth_dates(rows, of_group))),
        "identifiers": list(_identifiers(group, of_group)),
        "description": one["Other Information"] or None,
    }
    if "Alias Quality" not in one:
        del terms["weak_aliases"]
    return terms


def _name(row: Row) -> str:
    return one_line(" ".join(row[column] for column in _NAMES))


def _names(rows: Iterable[Row]) -> Iterator[str]:
    """The names of the rows, in any script."""
    for row in rows:
        yield _name(row)
        yield one_line(row.get("Name Non-Latin Script", ""))


def _countries(of_group: list[Row]) -> list[str]:
    one = of_group[0]
    match one["Group Type"]:
        case "Individual":
            return countries_of(numbered(one["Nationality"]))
        case "Ship":
            return countries_of(_FLAG.findall(one["Other Information"]))
        case _:
            return common_country_of(row["Country"].partition("(")[0] for row in of_group)


def _birth_dates(rows: Table, of_group: Iterable[Row]) -> Iterator[str]:
    """`00/00/1980` is 1980; the later form of the list also prints `1980` and `01/1980`, and `00/00/0` for none."""
    for row in of_group:
        day, month, year = ["", "", *row["DOB"].split("/")][-3:]
        if born := of_numbers(year, month, day):
            yield born
        elif year.strip("0"):
            rows.warnings.append(f"{rows.name}, line {row.line}: the DOB {row['DOB']!r} is no date")


def _identifiers(group: str, of_group: Iterable[Row]) -> Iterator[dict[str, str]]:
    row = next(iter(of_group))
    yield from identifiers("ofsi", [group])
    information = _OF_ANOTHER.sub("", row["Other Information"])
    if reference := _UN_REFERENCE.search(information):
        yield from identifiers("un", [reference[1]])
    yield from identifiers("imo", _IMO_NUMBER.findall(information))
    yield from identifiers("passport", document_numbers(row.get("Passport Number", row["Passport Details"])))
    national = row["National Identification Number" if "National Identification Number" in row else "NI Number"]
    yield from identifiers("national_id", document_numbers(national))


def _last_updated(rows: Table) -> str:
    said, day, *_ = [*rows.above[0], "", ""]
    found = _DAY.fullmatch(day.strip())
    if said.strip() != "Last Updated" or not found or not (stated := of_numbers(found[3], found[2], found[1])):
        raise BrokenList(
            f"{rows.name}: its first line has to say 'Last Updated' and a day, as d/m/y, not {said!r}, {day!r}"
        )
    return stated


def _day(rows: Table, row: Row, column: str) -> str:
    if (found := _DAY.fullmatch(row[column])) and (day := of_numbers(found[3], found[2], found[1])) and len(day) == 10:
        return day
    raise rows.broken(row, f"{column!r} is no day as d/m/y: {row[column]!r}")


FEED = Feed(
    name="uk-sanctions",
    title="Consolidated List of Financial Sanctions Targets in the UK",
    publisher="Office of Financial Sanctions Implementation, HM Treasury",
    imposer="gb",
    authorities=(OFSI,),
    read=read,
    licence="Contains public sector information licensed under the Open Government Licence v3.0",
)
