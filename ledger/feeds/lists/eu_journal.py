"""Designations by acts of the European Union, as its Official Journal prints them and OpenSanctions transcribes them.

**The files.** A folder of one `{CELEX}.csv` for each framework act, `32014R0269.csv`, with all who are listed in its
annexes. A file that begins with `amendedCelex` has what an amending act adds to an act, or changes in it, and says
nothing of the others who are listed there. No file states a day: whoever imports has to say of which day the folder is.
Folders within it are not read.

**An entry** is a record of an annex: its `recordId` is stable within act and annex; where there is none its name has to
do. One with several rows or measures is one entry still.

**The day** on which it was listed is `startDate`, d.m.y, sometimes with the month as a word.

**What it means** follows from act and measure: `programmes.csv` has a row for `EU-BLR|Asset freeze`. The legal basis is
the act, by its CELEX number.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ledger.feeds.cells import document_numbers, identifiers, one_line, positions, separated
from ledger.feeds.countries import common_country_of, countries_of, country_of
from ledger.feeds.edtf import between, of_numbers, of_words
from ledger.feeds.names import named
from ledger.feeds.programmes import Programme, Programmes
from ledger.feeds.reading import Authority, BrokenList, Feed, Listing, Reading, Target, file_at, unknown_tags
from ledger.feeds.slugs import joined, slug
from ledger.feeds.tables import Row, Table, table

COUNCIL = Authority("eu-council", "Council of the European Union", "eu")

_COMMON = (
    "recordId", "programKey", "annex", "measure", "startDate", "reason", "schema", "name", "alias", "weakAlias",
    "previousName", "country", "nationality", "jurisdiction", "birthDate", "birthPlace", "position", "passportNumber",
    "gender", "appearance", "ethnicity", "fatherName", "motherName", "incorporationDate", "legalForm", "sector",
    "registrationNumber", "taxNumber", "idNumber", "innCode", "ogrnCode", "kppCode", "okpoCode", "leiCode", "swiftBic",
    "ticker", "imoNumber", "mmsi", "flag", "address", "phone", "email", "website", "notes",
)  # fmt: skip
COLUMNS = ("celex", *_COMMON)
COLUMNS_OF_AMENDMENTS = ("amendedCelex", "amendmentCelex", *_COMMON)

_CATEGORIES = {
    "Person": "person",
    "Company": "company",
    "Vessel": "vessel",
    "Airplane": "aircraft",
    "LegalEntity": "organisation",
    "Organization": "organisation",
    "PublicBody": "government_body",
    "Asset": "organisation",
}
"""By `schema`. An asset is a port, an airport, a refinery or a currency."""

_NUMBERS = {
    "passportNumber": "passport",
    "idNumber": "national_id",
    "registrationNumber": "registration",
    "ogrnCode": "registration",
    "okpoCode": "registration",
    "taxNumber": "tax",
    "innCode": "tax",
}
_CODES = {"leiCode": "lei", "swiftBic": "swift", "imoNumber": "imo"}
"""The schemes of identifiers, by their columns: numbers with remarks to them, and codes."""
_BESIDE = re.compile(r"^\s*(?:INN|TIN|ИНН)\b:?\s*(?=[0-9])|(?<=[0-9])\s+(?:INN|OKPO)\b.*|\bKPP\b.*|\s*/ ?[0-9]{9}$")
"""What stands beside a number: its kind, or a second one. A Russian KPP is no one's own: all taxpayers of one office
and kind have the same."""
_TAX = re.compile(r"\b(?:INN|TIN|ИНН|tax)\b", re.IGNORECASE)

_DAY = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})[. ] ?([0-9]{4})(?![0-9])")
_EARLIEST_BIRTH = 1850
"""What comes before is a year of another calendar: `1340 (Iranian Hijri calendar), 1961`."""


def read(path: Path) -> Reading:
    """What the folder of acts at `path` says."""
    files = _files(path)
    reading = Reading([file_at(file) for file in files])
    programmes = Programmes("eu-journal")
    tables = [table(file, COLUMNS, COLUMNS_OF_AMENDMENTS) for file in files]
    amending = [act for act in tables if "amendedCelex" in act.columns]
    for act in tables:
        if act not in amending:
            entries = _entries(act, "celex")
            if twice := next((key for key in entries if key in reading.listings), None):
                raise BrokenList(f"{act.name} has {twice}, as {reading.listings[twice].file} has: keep one of the two")
            _read_into(reading, act, entries, programmes)
    reading.whole = frozenset(listing.group for listing in reading.listings.values())
    for act in amending:
        _read_into(reading, act, _entries(act, "amendedCelex"), programmes, amends=True)
    reading.warnings += unknown_tags(programmes.unknown)
    return reading


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        raise BrokenList(f"{path} is no folder: give the one that the files of the acts, {{CELEX}}.csv, are in")
    files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv")
    if not files:
        raise BrokenList(f"{path} has no {{CELEX}}.csv in it: give the folder that the files of the acts are in")
    return files


Entries = dict[str, tuple[str, list[Row]]]
"""The act and the rows of each entry, by its key."""


def _entries(act: Table, of: str) -> Entries:
    """The entries of a file whose column `of` names the act."""
    entries: Entries = {}
    for row in act.rows:
        celex, record = row[of], slug(row["recordId"]) or slug(row["name"], 60)
        if not (slug(celex) and record and one_line(row["name"])):
            raise act.broken(row, "the row names no act, or has no name, or none in Latin letters and no recordId")
        key = joined("eu-journal", slug(celex), slug(row["annex"]), record)
        entries.setdefault(key, (celex, []))[1].append(row)
    return entries


def _read_into(reading: Reading, act: Table, entries: Entries, programmes: Programmes, *, amends: bool = False) -> None:
    for key, (celex, rows) in entries.items():
        one = rows[0]
        reading.targets[key] = Target(key, _terms(one))
        reading.listings[key] = Listing(
            key,
            key,
            tuple(dict.fromkeys(_programmes(rows, programmes))),
            COUNCIL.slug,
            legal_basis=(celex,),
            description=one["reason"] or None,
            listed_on=_listed_on(reading, act, one),
            group=celex,
            is_addition=amends and key not in reading.listings,
            file=act.name,
        )
    reading.warnings += act.warnings


def _programmes(rows: list[Row], programmes: Programmes) -> Iterator[Programme]:
    for row in rows:
        for measure in separated(row["measure"]) or [""]:
            yield programmes.of(f"{row['programKey']}|{measure}")


def _listed_on(reading: Reading, act: Table, row: Row) -> str | None:
    printed = row["startDate"]
    found = _DAY.fullmatch(printed)
    day = of_numbers(found[3], found[2], found[1]) if found else of_words(printed)
    if day and len(day) == len("2014-03-17"):
        return day
    if printed:
        reading.warnings.append(f"{act.name}, line {row.line}: the startDate {printed!r} is no day: taken as none")
    return None


def _terms(row: Row) -> dict[str, Any]:
    good = separated(f"{row['alias']};{row['previousName']}")
    return {
        "category": _CATEGORIES.get(row["schema"], "organisation"),
        **named(one_line(row["name"]), good, separated(row["weakAlias"])),
        "countries": _countries(row),
        "positions": positions(separated(row["position"].strip('"'))),
        "birth_dates": list(dict.fromkeys(_birth_dates(row["birthDate"]))),
        "identifiers": list(_identifiers(row)),
        "description": row["notes"].strip('"') or None,
    }


def _identifiers(row: Row) -> Iterator[dict[str, str]]:
    for column, scheme in _NUMBERS.items():
        for part in separated(row[column], ";,"):
            of_tax = scheme == "registration" and _TAX.search(part)
            yield from identifiers("tax" if of_tax else scheme, document_numbers(_BESIDE.sub("", part)))
    for column, scheme in _CODES.items():
        yield from identifiers(scheme, separated(row[column]))


def _countries(row: Row) -> list[str]:
    match _CATEGORIES.get(row["schema"]):
        case "person":
            return countries_of(_nationalities(row["nationality"]))
        case "vessel" | "aircraft":
            return countries_of([row["flag"]])
        case _:
            return common_country_of(separated(row["country"], ";,") or map(_country_in, separated(row["address"])))


def _nationalities(cell: str) -> Iterator[str]:
    """`Russian, Cypriot`, `Russian and Belarusian`, and `Bosnia and Herzegovina`."""
    for part in [cell] if country_of(cell) else separated(re.sub(r"\([^)]*\)", "", cell), ";,/"):
        yield from [part] if country_of(part) else re.split(r"\band\b|\bor\b", part)


def _country_in(address: str) -> str:
    """`Sudan` of `Plot 134, Khartoum, 11111 Sudan` and of `Khartoum (Sudan)`; nothing of `San Diego, CA 92101`."""
    parts = [part.strip(" .0123456789") for part in re.split(r"[,()]", address)]
    last = next((part for part in reversed(parts) if part), "")
    return last if len(last) > len("CA") else address


def _birth_dates(cell: str) -> Iterator[str]:
    """`12.4.1960 or 1961`, `1961/1962`, `circa 1956`, `March 1962`: each of them."""
    if span := re.fullmatch(rf"between {_DAY.pattern} and {_DAY.pattern}", cell):
        first, last = of_numbers(span[3], span[2], span[1]), of_numbers(span[6], span[5], span[4])
        dates = [between(first, last)]
    else:
        about = re.match(r"(on or )?around|possibly|probably", cell) is not None
        dates = [of_numbers(year, month, day, about=about) for day, month, year in _DAY.findall(cell)]
        words = re.sub(r"\([^)]*\)", "", _DAY.sub("", cell)).replace("around", "circa")
        dates += map(of_words, re.split(r"\bor\b|[,;]|/(?=\s*\d)", words))
    yield from (date for date in dates if date and int(date.strip("[")[:4]) >= _EARLIEST_BIRTH)


FEED = Feed(
    name="eu-journal",
    title="Designations in the Official Journal of the European Union",
    publisher="Publications Office of the European Union, as transcribed by OpenSanctions",
    imposer="eu",
    authorities=(COUNCIL,),
    read=read,
    licence="Transcription: OpenSanctions, CC BY-NC 4.0. Acts: © European Union, https://eur-lex.europa.eu, 1998-2026",
)
