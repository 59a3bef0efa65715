"""OFAC's remarks: what stands behind an entry's columns, separated by semicolons, and which member of terms it is.

What is of no member is prose, and stays: of the measure where it says how it works, else of who is listed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ledger.feeds import edtf
from ledger.feeds.countries import countries_of

Identifier = dict[str, str]

_SEPARATED = re.compile(r";\s*")
_ALTERNATIVE = re.compile(r"^alt\.\s+", re.IGNORECASE)
_ABBREVIATED = re.compile(r"\.[A-Za-z]\.$")
_WEAK = re.compile(r"^[afn]\.k\.a\.,? '(.+)'$")
_BORN = re.compile(r"^DOB:? (.+)$")
_NATIONAL = re.compile(r"^(?:nationality|citizen) (.+)$", re.IGNORECASE)
_IMO = re.compile(r"^(?:Vessel Registration Identification|Identification Number) IMO (\d{7})\b")
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}\Z")
_VALUE = r"(?P<value>[^()]+?)(?=,? \(|,? (?:issued|expires|expired)\b|$)"
_LABELS = {
    "passport": r"(?:\S+ )?(?:British National Overseas |Stateless Person )?Passport(?: No\.| Number| #| Booklet:?)?",
    "tax": r"Tax ID No\.|NIT #|R\.F\.C\.|RUC #|V\.A\.T\. Number|RIF #|(?:Italian )?Fiscal Code|C\.U\.I\.T\.|RTN",
    "national_id": (
        r"(?:\w+ )?National (?:Foreign )?ID (?:No\.|Number|Card)|Cedula(?: de \w+)? (?:No\.|Number)|C\.U\.R\.P\."
        r"|D\.N\.I\.|(?:\w+ )?Identifici?ation Number|SSN|(?:\w+ )?Personal ID (?:No\.|Card)|Citizen's Card Number"
        r"|Electoral Registry No\.|\w+ ID No\.|Stateless Person ID Card"
    ),
    "registration": (
        r"(?:\w+ )?(?:Registration|Company|Business|Enterprise|Branch Unit|Permit|File) Number|Registration ID"
        r"|(?:Commercial Registry|Business Registration|Public Registration|Government Gazette|Chamber of Commerce"
        r"|Central Registration System|Certificate of Incorporation) Number|Business Registration Document #"
        r"|Folio Mercantil No\.|Matricula Mercantil No\.?|Trade License No\.|C\.R\. No\.|Registered Charity No\."
        r"|Unified Social Credit Code \(USCC\)|Economic Register Number \(CBLS\)|Istanbul Chamber of Comm\. No\."
        r"|Aircraft Tail Number"
    ),
    "lei": r"Legal Entity Number",
    "swift": r"SWIFT/BIC",
}
_IDENTIFIERS = {scheme: re.compile(rf"^(?:{labels}) {_VALUE}") for scheme, labels in _LABELS.items()}
_OF_THE_MEASURE = re.compile(
    r"^(?:Additional Sanctions Information|Secondary sanctions risk|Transactions Prohibited For|Executive Order \d+"
    r"|CAATSA Section|(?:Listing|Effective) Date \(|IFCA Determination|For more information on directives)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Remarks:
    """What an entry's remarks say."""

    weak_aliases: list[str] = field(default_factory=list)
    birth_dates: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    """A person's nationalities, as actors."""
    identifiers: list[Identifier] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    """What is said beyond that, of who is listed."""
    of_the_measure: list[str] = field(default_factory=list)
    """What is said of the measure."""


def read_remarks(statements: Iterable[str]) -> Remarks:
    """What they say: `DOB 12 Nov 1955`, `nationality China`, `Passport K000 (China)`, `a.k.a. 'LAO CHEN'`."""
    found = Remarks()
    for statement in statements:
        _take(statement, found)
    return found


def _take(statement: str, found: Remarks) -> None:
    said = _ALTERNATIVE.sub("", statement)
    if weak := _WEAK.match(said):
        found.weak_aliases.append(weak[1].strip())
    elif (born := _BORN.match(said)) and (dating := edtf.of_words(born[1])):
        found.birth_dates.append(dating)
    elif (national := _NATIONAL.match(said)) and (countries := countries_of([national[1]])):
        found.countries += countries
    elif identifier := _identifier(said):
        found.identifiers.append(identifier)
    elif _OF_THE_MEASURE.match(said):
        found.of_the_measure.append(statement)
    else:
        found.prose.append(statement)


def _identifier(said: str) -> Identifier | None:
    if ship := _IMO.match(said):
        return {"scheme": "imo", "value": ship[1]}
    for scheme, form in _IDENTIFIERS.items():
        if (found := form.match(said)) and any(each.isdigit() or scheme == "swift" for each in found["value"]):
            value = found["value"].strip(" :#")
            is_of_a_register = scheme == "lei" and not _LEI.match(value)  # some call their own numbers so
            return {"scheme": "registration" if is_of_a_register else scheme, "value": value}
    return None


def statements_in(text: str) -> Iterator[str]:
    """The parts of `DOB 12 Nov 1955; a.k.a. 'LAO CHEN'.`; what stands in brackets is not taken apart."""
    text = text.strip()
    if text.endswith(".") and not _ABBREVIATED.search(text):
        text = text[:-1]
    held: list[str] = []
    for part in _SEPARATED.split(text):
        held.append(part)
        together = "; ".join(held)
        if together.count("(") <= together.count(")"):
            if together.strip():
                yield together.strip()
            held = []
    yield from (part.strip() for part in held if part.strip())
