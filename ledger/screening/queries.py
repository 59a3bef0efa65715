"""What is asked for: names, and what else is known of whom they mean, as properties of FollowTheMoney."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from ledger.domain.values import Problem, step, text_problem
from ledger.exports.entities import countries
from ledger.feeds.countries import country_of
from ledger.screening.identifiers import comparable
from ledger.screening.schemas import ASKED, categories

MOST_QUERIES = 100
MOST_NAMES = 50
"""Of one query."""
_MOST_VALUES = 100
_LONGEST_VALUE = 1000
_NAMES = ("name", "alias", "previousName")
_WEAK_NAMES = ("weakAlias", "abbreviation")
_PARTS = ("firstName", "secondName", "middleName", "fatherName", "lastName")
_BIRTH_DATES = ("birthDate",)
_COUNTRIES = ("nationality", "citizenship", "country", "jurisdiction", "mainCountry", "flag", "territoryCode")
_IDENTIFIERS = (
    "idNumber", "passportNumber", "taxNumber", "vatCode", "registrationNumber", "imoNumber", "mmsi", "callSign",
    "leiCode", "swiftBic", "innCode", "ogrnCode", "okpoCode", "dunsCode", "uniqueEntityId", "npiCode", "serialNumber",
    "socialSecurityNumber", "uscCode", "bikCode", "isinCode",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """Somebody, or something, that may be listed."""

    schema: str
    properties: Mapping[str, list[str]]
    id: str | None = None
    """The caller's own, which is repeated in the answer."""

    @property
    def categories(self) -> frozenset[str]:
        """The categories of the actors that it is compared with."""
        return categories(self.schema)

    def names(self) -> Iterable[tuple[str, bool]]:
        """Its names, each with whether it is a weak one; put together from their parts where it has none that is
        whole."""
        whole = self._values(_NAMES)
        if not whole:
            parts = [self.properties.get(part) or [""] for part in _PARTS]
            whole = list(dict.fromkeys(" ".join(filter(None, each)) for each in product(*(part[:3] for part in parts))))
        yield from ((name, False) for name in whole if name)
        yield from ((name, True) for name in self._values(_WEAK_NAMES))

    def birth_dates(self) -> list[str]:
        """Its dates of birth, as they were given."""
        return self._values(_BIRTH_DATES)

    def countries(self) -> list[str]:
        """Its countries, as actors; what is no country that the ledger knows is left out."""
        return list(filter(None, map(_country, self._values(_COUNTRIES))))

    def identifiers(self) -> list[str]:
        """Its identifiers, in the form in which they are compared."""
        return list(filter(None, map(comparable, self._values(_IDENTIFIERS))))

    def _values(self, names: Iterable[str]) -> list[str]:
        return [value for name in names for value in self.properties.get(name, ())]

    def json(self) -> dict[str, Any]:
        """As an answer repeats it."""
        mine = {} if self.id is None else {"id": self.id}
        return {**mine, "schema": self.schema, "properties": dict(self.properties)}


def _country(text: str) -> str | None:
    """The actor that is meant by a code or a name."""
    code = text.strip().lower()
    found = code if code in countries() else country_of(text)
    return f"actor:{found}" if found else None


def queries_of(posted: Any) -> dict[str, Query] | list[Problem]:
    """The queries of a body as yente takes it, by their names; or all that is wrong with them."""
    given = posted.get("queries") if isinstance(posted, dict) else None
    if not isinstance(given, dict):
        return [Problem("/queries" if isinstance(posted, dict) else "", 'must be {"queries": {NAME: {"schema", …}}}')]
    if not 1 <= len(given) <= MOST_QUERIES:
        return [Problem("/queries", f"must have 1 to {MOST_QUERIES} queries, and this has {len(given) or 'none'}")]
    problems = [
        Problem(f"/queries{step(name)}", f"the name of a query {problem}")
        for name in given
        if (problem := text_problem(name))
    ]
    found = {name: _query(value, f"/queries{step(name)}", problems) for name, value in given.items()}
    return problems or found


def _query(given: Any, at: str, problems: list[Problem]) -> Query:
    if not isinstance(given, dict):
        problems.append(Problem(at, 'must be an object: {"schema": "Person", "properties": {"name": […]}}'))
        return Query("Thing", {})
    schema = given.get("schema")
    if schema not in ASKED:
        problems.append(Problem(f"{at}/schema", f"must be one of {', '.join(ASKED)}"))
        schema = "Thing"
    id_ = given.get("id")
    if id_ is not None and (not isinstance(id_, str) or text_problem(id_)):
        problems.append(Problem(f"{at}/id", "must be text"))
        id_ = None
    properties = given.get("properties")
    if not isinstance(properties, dict):
        problems.append(Problem(f"{at}/properties", 'must be an object: {"name": ["Quanguo Chen"]}'))
        properties = {}
    query = Query(schema, _read(properties, f"{at}/properties", problems), id_)
    if len(list(query.names())) > MOST_NAMES:
        problems.append(Problem(f"{at}/properties", f"must have {MOST_NAMES} names at the most"))
    return query


def _read(properties: dict[str, Any], at: str, problems: list[Problem]) -> dict[str, list[str]]:
    found = {}
    for name, value in properties.items():
        if problem := text_problem(name):
            problems.append(Problem(at + step(name), f"the name of a property {problem}"))
        else:
            found[name] = _texts(value, at + step(name), problems)
    return found


def _texts(given: Any, at: str, problems: list[Problem]) -> list[str]:
    """One text or several; a number is read as what is written."""
    values = given if isinstance(given, list) else [given]
    if len(values) > _MOST_VALUES:
        problems.append(Problem(at, f"must have {_MOST_VALUES} values at the most"))
        return []
    texts = [str(value) if type(value) in {int, float} else value for value in values if value is not None]
    for text in texts:
        if not isinstance(text, str):
            problems.append(Problem(at, "must be a text or a list of texts"))
        elif len(text) > _LONGEST_VALUE:
            problems.append(Problem(at, f"must have {_LONGEST_VALUE} characters at the most"))
        elif problem := text_problem(text):
            problems.append(Problem(at, problem))
        else:
            continue
        return []
    return texts
