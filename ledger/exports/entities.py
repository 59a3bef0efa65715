"""Actors and described groups as entities of the FollowTheMoney model, as yente answers and its readers expect them.

The model: https://followthemoney.tech, 4.11. A property has a list of texts, and only what is known has one.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from ledger.domain.terms import Terms
from ledger.domain.vocabulary import VOCABULARY
from ledger.exports.dates import prefixes
from ledger.feeds.lists import feeds
from ledger.times import time_text

Entity = dict[str, Any]

DEFAULT = "default"
"""The dataset of what comes from no feed."""

_IN_THE_MODEL = {"Country": "Territory"}
"""The model has no Country: what vocabulary.json calls so is its Territory, "a country, subnational division or other
administrative area"."""
SCHEMAS: dict[str, str] = {
    entry["code"]: _IN_THE_MODEL.get(entry["ftm"], entry["ftm"]) for entry in VOCABULARY["actor_categories"]
}
"""The schema of an actor, by its category."""
LEGAL_ENTITIES = frozenset({"LegalEntity", "Person", "Organization", "PublicBody", "Company"})
_ORGANISATIONS = frozenset({"Organization", "PublicBody", "Company"})

_IDENTIFIERS: dict[str, tuple[str, frozenset[str]]] = {
    "imo": ("imoNumber", _ORGANISATIONS | {"Vessel"}),
    "passport": ("passportNumber", frozenset({"Person"})),
    "national_id": ("idNumber", LEGAL_ENTITIES),
    "tax": ("taxNumber", LEGAL_ENTITIES),
    "registration": ("registrationNumber", LEGAL_ENTITIES | {"Vessel", "Airplane"}),
    "lei": ("leiCode", LEGAL_ENTITIES),
    "swift": ("swiftBic", LEGAL_ENTITIES),
}
"""The property that an identifier is, by its scheme, and the schemas that have it."""
LISTED_AS = {"un": "un", "ofac": "us", "ofsi": "gb", "eu": "eu"}
"""The schemes by which lists number their entries, each with who imposes by that list: they identify the listing, not
the one who is listed, and are in its `Sanction`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """When the ledger learned of an entity, first and last: recorded times, in microseconds."""

    first: int
    last: int

    def with_others(self, others: Iterable["Seen"]) -> "Seen":
        """Of several records that are one entity."""
        together = [self, *others]
        return Seen(min(each.first for each in together), max(each.last for each in together))


@cache
def countries() -> frozenset[str]:
    """The slugs of the actors that the model knows as countries, all by the same code: ISO 3166-1, `xk` and `eu`."""
    text = files("ledger").joinpath("builtin_actors.csv").read_text("utf-8")
    return frozenset(row["slug"] for row in csv.DictReader(text.splitlines())) - {"un"}


def country_codes(actors: Iterable[str]) -> list[str]:
    """The codes of those of `actors` that are countries."""
    return [slug for slug in map(slug_of, actors) if slug in countries()]


def slug_of(subject: str) -> str:
    """What follows the kind: of an actor, the id of its entity."""
    return subject.partition(":")[2]


def dataset_of(slug: str) -> str:
    """The feed from which an actor or a measure of that name comes."""
    return next((feed for feed in feeds() if slug.startswith(f"{feed}-")), DEFAULT)


def actor_entity(
    actor: str, terms: Terms, seen: Seen, *, merged: Mapping[str, Terms] | None = None, is_target: bool = True
) -> Entity:
    """An actor with those `terms` as an entity.

    `merged` are the actors that were merged into it, with the terms they had: what they were called, and their other
    properties, are its own. `is_target` says whether a live measure is on it.
    """
    merged = merged or {}
    schema = SCHEMAS[terms["category"]]
    properties = _gathered(
        pair
        for number, (name, each) in enumerate({actor: terms, **merged}.items())
        for pair in _actor_properties(schema, slug_of(name), each, as_alias=number > 0)
    )
    slugs = [slug_of(name) for name in (actor, *merged)]
    return entity(slugs[0], terms["name"], schema, properties, seen, slugs, is_target=is_target)


def group_entity(measure: str, target: Mapping[str, Any], seen: Seen, *, is_target: bool = True) -> Entity:
    """The group that a measure describes, as an entity."""
    described = target["description"]
    properties = _gathered(
        [("name", described), *(("country", code) for code in country_codes(target.get("related_to") or ()))]
    )
    slug = slug_of(measure)
    return entity(group_id(slug, described), described, SCHEMAS["group"], properties, seen, [slug], is_target=is_target)


def group_id(slug: str, description: str) -> str:
    """The id of a group that the measure with that slug describes. No slug has two hyphens in a row."""
    return f"group--{sha256(f'{slug} {description}'.encode()).hexdigest()[:16]}"


def entity(
    id_: str,
    caption: str,
    schema: str,
    properties: Mapping[str, Sequence[str]],
    seen: Seen,
    slugs: Sequence[str],
    *,
    is_target: bool,
) -> Entity:
    """An entity, in the shape in which yente answers. `slugs` say from which feeds it comes, the first one its own."""
    last = time_text(seen.last)
    return {
        "id": id_,
        "caption": caption,
        "schema": schema,
        "properties": properties,
        "datasets": list(dict.fromkeys(map(dataset_of, slugs))),
        "referents": list(slugs[1:]),
        "target": is_target,
        "first_seen": time_text(seen.first),
        "last_seen": last,
        "last_change": last,
    }


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The values of each property, none twice, and no alias that is the name."""
    found: dict[str, dict[str, None]] = {}
    for name, value in pairs:
        found.setdefault(name, {})[value] = None
    named = found.get("name", {})
    for other in ("alias", "weakAlias"):
        found[other] = {value: None for value in found.get(other, ()) if value not in named}
    return {name: list(values) for name, values in found.items() if values}


def _actor_properties(schema: str, slug: str, terms: Terms, *, as_alias: bool) -> Iterator[tuple[str, str]]:
    yield "alias" if as_alias else "name", terms["name"]
    yield from (("alias", name) for name in terms["aliases"])
    yield from (("weakAlias", name) for name in terms["weak_aliases"])
    yield from _country_properties(schema, slug, terms)
    if schema == "Person":
        yield from (("position", position["title"]) for position in terms["positions"])
        yield from (("birthDate", day) for dating in terms["birth_dates"] for day in prefixes(dating))
    for identifier in terms["identifiers"]:
        if name := _identifier_property(schema, identifier["scheme"]):
            yield name, identifier["value"]
    if terms["description"]:
        yield "notes", terms["description"]


def _country_properties(schema: str, slug: str, terms: Terms) -> Iterator[tuple[str, str]]:
    property_ = {"Person": "nationality", "Vessel": "flag"}.get(schema, "country")
    yield from ((property_, code) for code in country_codes(terms["countries"]))
    yield from (("country", code) for code in country_codes(terms["part_of"]))
    if schema == "Territory" and slug in countries():
        yield from (("country", slug), ("territoryCode", slug))


def _identifier_property(schema: str, scheme: str) -> str | None:
    """The property for an identifier of that scheme; None where the schema has none for it."""
    if scheme in LISTED_AS or schema == "Territory":
        return None
    name, having = _IDENTIFIERS.get(scheme, ("", frozenset()))
    if schema in having:
        return name
    return "idNumber" if schema in LEGAL_ENTITIES else "registrationNumber"
