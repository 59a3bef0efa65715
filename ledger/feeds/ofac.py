"""OFAC's lists in the form that it has published longest: a folder of CSV files, Latin-1, without headers.

The first has an entry on each line; the others, where they are there, its aliases, its addresses, and remarks that are
longer than the 1,000 characters of their column. `-0-` stands for nothing; the last line may be one control character.
Of what a file says that is not there, nothing is said.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ledger.feeds.countries import common_country_of, countries_of
from ledger.feeds.ofac_remarks import Remarks, read_remarks, statements_in
from ledger.feeds.programmes import Programmes
from ledger.feeds.reading import Authority, BrokenList, File, Listing, Reading, Target, file_at, unknown_tags
from ledger.feeds.slugs import slug

OFAC = Authority("us-ofac", "Office of Foreign Assets Control", "us")
NOTHING = "-0-"
_END = "\x1a"
_LONGEST_REMARK = 1000
_CATEGORIES = {"individual": "person", "vessel": "vessel", "aircraft": "aircraft"}

_NUMBER, _NAME, _TYPE, _TAGS, _TITLE, _CALL_SIGN, _VESSEL_TYPE, _TONNAGE, _GROSS, _FLAG, _OWNER, _REMARKS = range(12)


@dataclass(frozen=True, slots=True)
class Parts:
    """The names of the files of one list."""

    entries: str
    aliases: str
    addresses: str
    comments: str


Row = list[str]
ByNumber = dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list says of one entry, in whatever form it does."""

    columns: Row
    """As in the first of the files, trimmed, `-0-` for nothing."""
    remarks: Remarks
    aliases: list[str] | None
    """None where a reading says nothing of them."""
    addresses: list[str] | None
    """The countries in which they are, `-0-` for one that states none; None where a reading says nothing of them."""
    has_all_remarks: bool = True


def read_folder(folder: Path, feed: str, parts: Parts) -> Reading:
    """What the files in `folder` say. Raises BrokenList."""
    if not folder.is_dir():
        raise BrokenList(f"{folder} is no folder: {feed} is read from one, with {parts.entries} in it")
    files: list[File] = []
    entries = _rows(folder / parts.entries, 12, files)
    if entries is None:
        raise BrokenList(f"{folder} has no {parts.entries}: name the folder that {feed} was downloaded to")
    _require_whole(entries, parts.entries)
    aliases = _by_number(_rows(folder / parts.aliases, 5, files))
    addresses = _by_number(_rows(folder / parts.addresses, 6, files))
    comments = _by_number(_rows(folder / parts.comments, 2, files))
    programmes = Programmes(feed)
    reading = Reading(files)
    for row in entries:
        remarks, is_whole = _remarks(row, None if comments is None else comments.get(row[_NUMBER], []))
        entry = Entry(
            row,
            remarks,
            None if aliases is None else [alias[3] for alias in aliases.get(row[_NUMBER], [])],
            None if addresses is None else [address[4] for address in addresses.get(row[_NUMBER], [])],
            is_whole,
        )
        add(reading, entry, feed, programmes)
    reading.warnings += unknown_tags(programmes.unknown)
    return reading


def add(reading: Reading, entry: Entry, feed: str, programmes: Programmes) -> None:
    """Add to `reading` what `entry` says. Raises BrokenList where its number is there already."""
    row, remarks = entry.columns, entry.remarks
    key = f"{feed}-{int(row[_NUMBER])}"
    if key in reading.listings:
        raise BrokenList(f"{reading.files[0].name} has the entry {row[_NUMBER]} twice: download it again")
    reading.targets[key] = Target(
        key,
        {
            **_terms(row, remarks),
            **_names(row, entry.aliases),
            **_countries(row, remarks, entry.addresses),
        },
        in_part=frozenset() if entry.has_all_remarks else _of_remarks(row),
    )
    tags = [programmes.of(tag) for tag in row[_TAGS].split("] [") if tag != NOTHING and slug(tag)]
    reading.listings[key] = Listing(
        key,
        key,
        tuple({programme.slug: programme for programme in tags}.values()),
        OFAC.slug,
        tuple(_once(basis for programme in tags for basis in programme.legal_basis)),
        "; ".join(remarks.of_the_measure) or None,
        in_part=frozenset() if entry.has_all_remarks else frozenset({"description"}),
    )


def _terms(row: Row, remarks: Remarks) -> dict[str, object]:
    ofac = {"scheme": "ofac", "value": str(int(row[_NUMBER]))}
    is_person = row[_TYPE] == "individual"
    prose = [
        *(f"{what}: {row[column]}" for what, column in _OF_SHIPS.items() if row[column] != NOTHING),
        *([] if is_person or row[_TITLE] == NOTHING else [f"Title: {row[_TITLE]}"]),
        *remarks.prose,
    ]
    titles = row[_TITLE].split(";") if is_person and row[_TITLE] != NOTHING else []
    return {
        "category": _CATEGORIES.get(row[_TYPE], "organisation"),
        "name": row[_NAME],
        "weak_aliases": _once(remarks.weak_aliases),
        "positions": [{"title": title} for title in _once(title.strip() for title in titles)],
        "birth_dates": _once(remarks.birth_dates),
        "identifiers": [ofac, *({tuple(each.values()): each for each in remarks.identifiers}.values())],
        "description": "; ".join(prose) or None,
    }


_OF_SHIPS = {
    "Vessel type": _VESSEL_TYPE,
    "Call sign": _CALL_SIGN,
    "Tonnage": _TONNAGE,
    "Gross registered tonnage": _GROSS,
    "Owner": _OWNER,
}


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def _names(row: Row, aliases: list[str] | None) -> dict[str, object]:
    if aliases is None:
        return {}
    return {"aliases": [name for name in _once(aliases) if name not in {row[_NAME], NOTHING}]}


def _countries(row: Row, remarks: Remarks, addresses: list[str] | None) -> dict[str, object]:
    """A person's nationalities; a vessel's flag; of others the country in which all their addresses are."""
    if row[_TYPE] == "individual":
        return {"countries": _once(remarks.countries)}
    if row[_TYPE] == "vessel":
        return {"countries": countries_of([row[_FLAG]])}
    if row[_TYPE] == "aircraft":
        return {"countries": []}
    if addresses is None:
        return {}
    return {"countries": common_country_of(country for country in addresses if country != NOTHING)}


def _remarks(row: Row, comments: list[Row] | None) -> tuple[Remarks, bool]:
    """The remarks, with what overflowed; and whether that is all of them."""
    text = "" if row[_REMARKS] == NOTHING else row[_REMARKS]
    text += "".join(each[1] for each in comments or [])
    if comments is not None or len(text) < _LONGEST_REMARK:
        return read_remarks(statements_in(text)), True
    whole, _, _ = text.rpartition(";")  # the statement behind it is broken off
    return read_remarks(statements_in(whole)), False


def _of_remarks(row: Row) -> frozenset[str]:
    """The members of a target that follow from the remarks."""
    found = {"weak_aliases", "birth_dates", "identifiers", "description"}
    return frozenset(found | {"countries"} if row[_TYPE] == "individual" else found)


def _by_number(rows: list[Row] | None) -> ByNumber | None:
    if rows is None:
        return None
    found: ByNumber = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def _rows(path: Path, fields: int, files: list[File]) -> list[Row] | None:
    """The records of a file, or None where it is not there; trimmed, but for the last field: it may go on elsewhere."""
    if not path.is_file():
        return None
    files.append(file_at(path))
    text = path.read_bytes().decode("latin-1").rstrip(_END)
    rows: list[Row] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            if not row:
                continue
            if len(row) != fields or not row[0].strip().isdecimal():
                advice = "it is another list's, or was broken off: download it again"
                raise BrokenList(f"record {len(rows) + 1} of {path.name} has not {fields} fields of OFAC's: {advice}")
            rows.append([cell.strip() for cell in row[:-1]] + [NOTHING if row[-1].strip() == NOTHING else row[-1]])
    except csv.Error as error:
        raise BrokenList(
            f"record {len(rows) + 1} of {path.name} cannot be read ({error}): it was broken off: download it again"
        ) from None
    return rows


def _require_whole(entries: list[Row], name: str) -> None:
    """That there are entries, and that the last is whole: a remark, if only `-0-`, ends each."""
    if not entries:
        raise BrokenList(f"{name} has no entry: download it again")
    if entries[-1][_REMARKS].strip() in {"", "-", "-0"}:
        raise BrokenList(f"{name} breaks off within its last record: download it again")
