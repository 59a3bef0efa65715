"""The United Nations Security Council Consolidated List, `consolidated.xml`.

An entry is an INDIVIDUAL or an ENTITY under one regime, and has a REFERENCE_NUMBER (`QDi.001`: regime, individual or
entity, number) that stays; who is under two regimes has two entries. `DATAID` does not stay, and is not read.
LISTED_ON is the day of the listing, the newest LAST_DAY_UPDATED that of the last change. Names, comments and
nationalities are prose here and there: a line break within them is a space.
"""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from ledger.feeds import edtf, xml
from ledger.feeds.cells import document_numbers, numbered, positions
from ledger.feeds.countries import common_country_of, countries_of
from ledger.feeds.names import named
from ledger.feeds.programmes import Programmes
from ledger.feeds.reading import Authority, BrokenList, Feed, Listing, Reading, Target, file_at, unknown_tags
from ledger.feeds.slugs import slug

_NAME = "un-sc"
_AUTHORITY = Authority("un-sc", "United Nations Security Council", "un")
_NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_NOT_AVAILABLE = "na"
_PASSPORT = re.compile("passport|passeport|pasaporte", re.IGNORECASE)
_PROSE = re.compile(r"[a-z]{2}|\(")
_REMARK = " (original script)"


def read(path: Path) -> Reading:
    """What the file at `path` says. Raises BrokenList."""
    reading = Reading([file_at(path)])
    programmes = Programmes(_NAME)
    entries = xml.elements(path, ["CONSOLIDATED_LIST"], "INDIVIDUAL", "ENTITY")
    reading.published_on = edtf.of_timestamp(next(entries).attribute("dateGenerated"))
    for number, entry in enumerate(entries, 1):
        reference, regime, name = entry.text("REFERENCE_NUMBER"), entry.text("UN_LIST_TYPE"), _name(entry)
        if not (slug(reference) and slug(regime) and name):
            raise BrokenList(
                f"{path}: entry {number} ({reference or name or 'unnamed'}) has no REFERENCE_NUMBER, UN_LIST_TYPE or"
                " name: the list is damaged, fetch it again"
            )
        key = f"{_NAME}-{slug(reference)}"
        if key in reading.targets:
            raise BrokenList(f"{path} has {reference} twice: the list is damaged, fetch it again")
        updated_on = max(filter(None, map(edtf.of_timestamp, entry.texts("LAST_DAY_UPDATED/VALUE"))), default=None)
        reading.targets[key] = Target(key, _terms(entry, reference, name), updated_on)
        reading.listings[key] = Listing(
            key,
            key,
            (programmes.of(regime),),
            _AUTHORITY.slug,
            listed_on=edtf.of_timestamp(entry.text("LISTED_ON")),
            updated_on=updated_on,
        )
    if not reading.targets:
        raise BrokenList(f"{path} has no entry: fetch it again")
    reading.warnings += unknown_tags(programmes.unknown)
    return reading


def _name(entry: xml.Element) -> str:
    """First to fourth name; "na" in one of them is none."""
    return " ".join(part for part in map(entry.text, _NAME_PARTS) if part and part.lower() != _NOT_AVAILABLE)


def _terms(entry: xml.Element, reference: str, name: str) -> dict[str, Any]:
    is_person = entry.name == "INDIVIDUAL"
    aliases = list(entry.each("INDIVIDUAL_ALIAS" if is_person else "ENTITY_ALIAS"))
    good = [alias for alias in aliases if alias.text("QUALITY").lower() != "low"]
    weak = [alias for alias in aliases if alias.text("QUALITY").lower() == "low"]
    if is_person:
        countries = countries_of([*entry.texts("NATIONALITY/VALUE"), *entry.texts("NATIONALITY2")])
    else:
        countries = common_country_of(entry.texts("ENTITY_ADDRESS/COUNTRY"))
    titles = chain.from_iterable(map(numbered, entry.texts("DESIGNATION/VALUE")))
    births = map(_birth_date, entry.each("INDIVIDUAL_DATE_OF_BIRTH"))
    documents = chain.from_iterable(map(_document, entry.each("INDIVIDUAL_DOCUMENT")))
    identifiers = dict.fromkeys([("un", reference), *documents])
    return {
        "category": "person" if is_person else "organisation",
        **named(name, [*entry.texts("NAME_ORIGINAL_SCRIPT"), *_alias_names(good)], _alias_names(weak)),
        "countries": countries,
        "positions": positions(dict.fromkeys(titles)),
        "birth_dates": list(dict.fromkeys(filter(None, births))),
        "identifiers": [{"scheme": scheme, "value": value} for scheme, value in identifiers],
        "description": entry.text("COMMENTS1") or None,
    }


def _alias_names(aliases: list[xml.Element]) -> Iterator[str]:
    """The names in ALIAS_NAME, of which some cells hold several: "A; B", or "A (B; C)" where A is in another script."""
    for alias in aliases:
        first, *others = alias.text("ALIAS_NAME").replace(_REMARK, "").split("; ")
        if others and first.count("(") > first.count(")"):
            first, _, inner = first.rpartition(" (")
            others = [inner, *others[:-1], others[-1].removesuffix(")")]
        yield from (first, *others)


def _birth_date(born: xml.Element) -> str | None:
    """Of DATE, else YEAR ("1970", "1970-1973", "Sep. 1958"), else FROM_YEAR and TO_YEAR, else what the NOTE says."""
    about = "approximately" in (born.text("TYPE_OF_DATE").lower(), born.text("NOTE").lower())
    date = (
        edtf.of_timestamp(born.text("DATE"))
        or edtf.of_words(born.text("YEAR"))
        or edtf.between(born.text("FROM_YEAR"), born.text("TO_YEAR"))
        or edtf.of_words(born.text("NOTE"))
    )
    return f"{date}~" if date and about and not date.startswith("[") else date


def _document(document: xml.Element) -> Iterator[tuple[str, str]]:
    """Scheme and number. NUMBER may have prose around it, as "Libyan passport No. 513519"."""
    number = document.text("NUMBER")
    kind = f"{document.text('TYPE_OF_DOCUMENT')} {document.text('TYPE_OF_DOCUMENT2')}"
    scheme = "passport" if _PASSPORT.search(kind) else "national_id"
    numbers = document_numbers(number) if _PROSE.search(number) else []
    return ((scheme, value) for value in numbers or [number] if value)


FEED = Feed(
    name=_NAME,
    title="United Nations Security Council Consolidated List",
    publisher="United Nations",
    imposer="un",
    authorities=(_AUTHORITY,),
    read=read,
    licence="Free to copy with its source: United Nations Security Council Consolidated List",
    addresses={"consolidated.xml": "https://scsanctions.un.org/resources/xml/en/consolidated.xml"},
)
