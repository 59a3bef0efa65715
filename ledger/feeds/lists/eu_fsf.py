"""The European Union's consolidated list of financial sanctions (FSF), `xmlFullSanctionsList_1_1.xml`.

A `sanctionEntity` is one person or entity, by its `euReferenceNumber`, under one programme, by its `regulation`: who is
under two programmes has two of them, and what each says of the person adds up. Each pair is listed and leaves alone.

The list states no day of listing: `regulation` is the act that changed the entry last, `designationDate` often the
UN's day. The earliest act that an entry or any of its names, dates and documents quotes is the nearest to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ledger.domain.values import URL
from ledger.feeds import edtf, xml
from ledger.feeds.cells import numbered, positions
from ledger.feeds.countries import common_country_of, countries_of
from ledger.feeds.names import named
from ledger.feeds.programmes import Programmes
from ledger.feeds.reading import Authority, BrokenList, Feed, Listing, Reading, Target, file_at, unknown_tags
from ledger.feeds.slugs import joined, slug

_NAME = "eu-fsf"
_ROOT = "{http://eu.europa.ec/fpi/fsd/export}export"
_AUTHORITY = Authority("eu-council", "Council of the European Union", "eu")
_UNKNOWN_COUNTRY = "00"
_LOW_QUALITY = "low quality"
_SCHEMES = {
    "passport": "passport",
    "id": "national_id",
    "ssn": "national_id",
    "regnumber": "registration",
    "fiscalcode": "tax",
    "swiftbic": "swift",
    "imo": "imo",
    "lei": "lei",
}
"""Of identificationTypeCode. Not taken: driving licences, travel documents, and what is only an "other" number."""


@dataclass(slots=True)
class _Entity:
    """What the list says of one person or entity, under all its programmes."""

    is_person: bool
    names: list[str] = field(default_factory=list)
    weak_names: list[str] = field(default_factory=list)
    citizenships: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    positions: list[str] = field(default_factory=list)
    birth_dates: list[str] = field(default_factory=list)
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, entry: xml.Element) -> None:
        """Add what a sanctionEntity says; the name that comes first is the name."""
        for alias in filter(_whole_name, entry.each("nameAlias")):
            (self.weak_names if _is_weak(alias) and self.names else self.names).append(_whole_name(alias))
            self.positions += numbered(alias.attribute("function"))
        self.citizenships += _countries(entry.each("citizenship"))
        self.addresses += _countries(entry.each("address"))
        self.birth_dates += filter(None, map(_birth_date, entry.each("birthdate")))
        self.identifiers.append(("un", entry.attribute("unitedNationId")))
        self.identifiers += map(_identifier, entry.each("identification"))
        self.remarks += entry.texts("remark")

    def target(self, key: str) -> Target:
        terms = {
            "category": "person" if self.is_person else "organisation",
            **named(self.names[0], self.names, self.weak_names),
            "countries": countries_of(self.citizenships) if self.is_person else common_country_of(self.addresses),
            "positions": positions(dict.fromkeys(self.positions)),
            "birth_dates": list(dict.fromkeys(self.birth_dates)),
            "identifiers": [
                {"scheme": scheme, "value": value}
                for scheme, value in dict.fromkeys(self.identifiers)
                if scheme and value
            ],
            "description": "\n".join(dict.fromkeys(self.remarks)) or None,
        }
        return Target(key, terms)


def read(path: Path) -> Reading:
    """What the file at `path` says. Raises BrokenList."""
    reading = Reading([file_at(path)])
    programmes = Programmes(_NAME)
    entities: dict[str, _Entity] = {}
    entries = xml.elements(path, [_ROOT], "sanctionEntity")
    reading.published_on = edtf.of_timestamp(next(entries).attribute("generationDate"))
    for number, entry in enumerate(entries, 1):
        reference, tag = entry.attribute("euReferenceNumber"), _programme(entry)
        if not (slug(reference) and slug(tag) and any(map(_whole_name, entry.each("nameAlias")))):
            raise BrokenList(
                f"{path}: entry {number} ({reference or 'unnamed'}) has no euReferenceNumber, programme or name:"
                " the list is damaged, fetch it again"
            )
        target = f"{_NAME}-{slug(reference.removeprefix('EU.'))}"
        if target not in entities:
            is_person = any(kind.attribute("code") == "person" for kind in entry.each("subjectType"))
            entities[target] = _Entity(is_person, identifiers=[("eu", reference)])
        entities[target].add(entry)
        programme = programmes.of(tag)
        listed_on, url = _earliest_act(entry)
        listing = Listing(
            joined(target, programme.slug.removeprefix("eu-")),
            target,
            (programme,),
            _AUTHORITY.slug,
            description=entry.attribute("designationDetails") or None,
            listed_on=f"{listed_on}~" if listed_on else None,
            url=url,
        )
        reading.listings[listing.slug] = _earlier(reading.listings.get(listing.slug), listing)
    if not entities:
        raise BrokenList(f"{path} has no entry: fetch it again")
    reading.targets = {key: entity.target(key) for key, entity in entities.items()}
    reading.warnings += unknown_tags(programmes.unknown)
    return reading


def _programme(entry: xml.Element) -> str:
    return next((act.attribute("programme") for act in entry.each("regulation")), "")


def _earliest_act(entry: xml.Element) -> tuple[str | None, str | None]:
    """The day on which the earliest act that the entry quotes was published, and where."""
    acts = [(day, act) for act in entry.below() if (day := edtf.of_timestamp(act.attribute("publicationDate")))]
    if not acts:
        return None, None
    day, act = min(acts, key=lambda dated: dated[0])
    url = act.attribute("publicationUrl") or act.text("publicationUrl")
    return day, url if URL.accepts(url) else None


def _earlier(first: Listing | None, second: Listing) -> Listing:
    """One listing of two: two tags of one programme (TAQA, EUAQ) are one programme."""
    if first is None:
        return second
    earlier = min(first, second, key=lambda listing: listing.listed_on or "~")
    return replace(earlier, description=first.description or second.description)


def _whole_name(alias: xml.Element) -> str:
    parts = (alias.attribute(part) for part in ("firstName", "middleName", "lastName"))
    return alias.attribute("wholeName") or " ".join(filter(None, parts))


def _is_weak(alias: xml.Element) -> bool:
    remarks = alias.texts("remark")
    return alias.attribute("strong") == "false" or any(_LOW_QUALITY in remark.lower() for remark in remarks)


def _countries(elements: Iterable[xml.Element]) -> list[str]:
    codes = (element.attribute("countryIso2Code") for element in elements)
    return [code for code in codes if code != _UNKNOWN_COUNTRY]


def _birth_date(born: xml.Element) -> str | None:
    """Of `birthdate`, which is Gregorian always, else of the parts, which need not be, else of the range of years."""
    about = born.attribute("circa") == "true"
    if day := edtf.of_timestamp(born.attribute("birthdate")):
        return f"{day}~" if about else day
    if born.attribute("calendarType") not in ("", "GREGORIAN"):
        return None
    parts = (born.attribute(part) for part in ("year", "monthOfYear", "dayOfMonth"))
    return edtf.of_numbers(*parts, about=about) or edtf.between(
        born.attribute("yearRangeFrom"), born.attribute("yearRangeTo")
    )


def _identifier(document: xml.Element) -> tuple[str, str]:
    """Scheme and value; the scheme is empty where there is none for it, or the document is known to be false."""
    if document.attribute("knownFalse") == "true":
        return "", ""
    scheme = _SCHEMES.get(document.attribute("identificationTypeCode"), "")
    return scheme, document.attribute("number") or document.attribute("latinNumber")


FEED = Feed(
    name=_NAME,
    title="Consolidated list of persons, groups and entities subject to EU financial sanctions",
    publisher="European Commission",
    imposer="eu",
    authorities=(_AUTHORITY,),
    read=read,
    licence="Reuse permitted with acknowledgement of the source: © European Union",
    addresses={
        "xmlFullSanctionsList_1_1.xml": (
            "https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content"
        )
    },
)
