"""OFAC's lists beside the SDN list, published as one: the Consolidated (Non-SDN) Sanctions List.

In it are who may not be lent to (SSI), invested in (CMIC), given an account (CAPTA), or dealt with for other reasons
(NS-PLC, FSE). An entry is as one of the SDN list, and has its number from the same row. It comes as `consolidated.xml`,
which states a day of publication and how many entries it has, or as a folder of CSV files, which states neither.
"""

from collections.abc import Iterator
from pathlib import Path

from ledger.feeds import edtf, xml
from ledger.feeds.ofac import NOTHING, OFAC, Entry, Parts, add, read_folder
from ledger.feeds.ofac_remarks import read_remarks, statements_in
from ledger.feeds.programmes import Programmes
from ledger.feeds.reading import BrokenList, Feed, Reading, file_at, unknown_tags

_NAME = "ofac-cons"
_PARTS = Parts("cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv")
_ROOTS = (
    "{http://tempuri.org/sdnList.xsd}sdnList",
    "{https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML}sdnList",
)
"""Until 2024, and since."""
_COLUMNS = (
    "title", "vesselInfo/callSign", "vesselInfo/vesselType", "vesselInfo/tonnage", "vesselInfo/grossRegisteredTonnage",
    "vesselInfo/vesselFlag", "vesselInfo/vesselOwner",
)  # fmt: skip
"""Where the XML has what the files have in their columns, from the fifth on."""

_IN_REMARKS = (
    "SWIFT/BIC", "Website", "Email Address", "Equity Ticker", "Issuer Name", "ISIN", "BIK (RU)",
    "CAATSA Section 235 Information:", "Executive Order 13662 Directive Determination -", "Gender",
    "Nationality of Registration", "Secondary sanctions risk:", "Organization Established Date", "Organization Type:",
    "Target Type", "Effective Date (CMIC)", "Purchase/Sales For Divestment Date (CMIC)", "Listing Date (CMIC)",
    "Executive Order 14014 Directive Information:", "Listing Date (EO 14014 Directive 1):",
    "Effective Date (EO 14014 Directive 1):", "Executive Order 14024 Directive Information -",
    "Executive Order 14024 Directive Information", "Listing Date (EO 14024 Directive 1a):",
    "Effective Date (EO 14024 Directive 1a):", "Listing Date (EO 14024 Directive 2):",
    "Effective Date (EO 14024 Directive 2):", "Listing Date (EO 14024 Directive 3):",
    "Effective Date (EO 14024 Directive 3):", "V.A.T. Number", "Public Registration Number", "Registration ID",
    "Company Number", "C.R. No.", "Business Registration Number", "Tax ID No.", "Government Gazette Number", "License",
    "Legal Entity Number", "Registration Number", "Unified Social Credit Code (USCC)",
)  # fmt: skip
"""The types of identifiers in the order in which the remarks of the files have them: then both forms say the same."""
_PLACES = {kind: place for place, kind in enumerate(_IN_REMARKS)}


def read(path: Path) -> Reading:
    """What the file, or the files of the folder, at `path` say. Raises BrokenList."""
    return read_folder(path, _NAME, _PARTS) if path.is_dir() else _read_xml(path)


def _read_xml(path: Path) -> Reading:
    reading = Reading([file_at(path)])
    programmes = Programmes(_NAME)
    elements = xml.elements(path, _ROOTS, "publshInformation", "sdnEntry")
    next(elements)
    count = ""
    for number, element in enumerate(elements):
        if element.name == "publshInformation":
            month, day, year = [*element.text("Publish_Date").split("/"), "", ""][:3]
            reading.published_on = edtf.of_numbers(year, month, day)
            count = element.text("Record_Count")
        elif not (element.text("uid").isdecimal() and element.text("lastName")):
            raise BrokenList(f"{path}: entry {number} has no uid or no lastName: the list is damaged, fetch it again")
        else:
            add(reading, _entry(element), _NAME, programmes)
    if not reading.targets:
        raise BrokenList(f"{path} has no entry: fetch it again")
    if count != str(len(reading.targets)):
        raise BrokenList(
            f"{path} has {len(reading.targets)} entries and says that it has {count or 'none'}: fetch it again"
        )
    reading.warnings += unknown_tags(programmes.unknown)
    return reading


def _entry(entry: xml.Element) -> Entry:
    """An `sdnEntry`, as the files would say it."""
    aliases = list(entry.each("akaList/aka"))
    remarks = read_remarks(_statements(entry))
    remarks.weak_aliases += [_name(alias) for alias in aliases if alias.text("category") == "weak"]
    return Entry(
        [
            entry.text("uid"),
            _name(entry),
            entry.text("sdnType").lower(),
            "] [".join(entry.texts("programList/program")) or NOTHING,
            *(entry.text(column) or NOTHING for column in _COLUMNS),
        ],
        remarks,
        [_name(alias) for alias in aliases if alias.text("category") != "weak"],
        [address.text("country") or NOTHING for address in entry.each("addressList/address")],
    )


def _name(named: xml.Element) -> str:
    """`CHEN, Quanguo`; who has one name alone has it as the last."""
    return ", ".join(filter(None, (named.text("lastName"), named.text("firstName"))))


def _statements(entry: xml.Element) -> Iterator[str]:
    """What the files have in their remarks, but for weak aliases, and in the order in which they have it."""
    yield from (f"DOB {day}" for day in entry.texts("dateOfBirthList/dateOfBirthItem/dateOfBirth"))
    yield from (f"POB {place}" for place in entry.texts("placeOfBirthList/placeOfBirthItem/placeOfBirth"))
    yield from (f"nationality {country}" for country in entry.texts("nationalityList/nationality/country"))
    yield from (f"citizen {country}" for country in entry.texts("citizenshipList/citizenship/country"))
    before = None
    for known in sorted(entry.each("idList/id"), key=_place):
        kind, number, country = (known.text(part) for part in ("idType", "idNumber", "idCountry"))
        alternative = "alt. " if kind == before else ""
        yield f"{alternative}{kind} {number}" + (f" ({country})" if country else "")
        before = kind
    for remark in statements_in(entry.text("remarks")):
        yield remark[1:-1] if remark.startswith("(") and remark.endswith(")") else remark


def _place(known: xml.Element) -> tuple[int, str, int]:
    """Where an `id` stands in the remarks of the files. The XML has them in an order that means nothing."""
    kind, uid = known.text("idType"), known.text("uid")
    return _PLACES.get(kind, len(_PLACES)), kind, int(uid) if uid.isdecimal() else 0


FEED = Feed(
    name=_NAME,
    title="Consolidated Sanctions List (Non-SDN Lists)",
    publisher="US Department of the Treasury, Office of Foreign Assets Control",
    imposer="us",
    authorities=(OFAC,),
    read=read,
    licence="A work of the United States Government, in no copyright there (17 U.S.C. 105); name OFAC as the source.",
    addresses={"consolidated.xml": "https://www.treasury.gov/ofac/downloads/consolidated/consolidated.xml"},
)
