"""The terms of each kind of subject, and what `set`, `add` and `remove` do to them (domain.md, The terms).

Terms are a dict with every member, `[]` or None where nothing is known. They are never changed in place: what
changes them returns new ones.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ledger.domain.conflicts import Conflict
from ledger.domain.values import (
    ACT_CATEGORY,
    ACTOR,
    ACTOR_CATEGORY,
    AGREEMENT_CATEGORY,
    ANSWERABLE,
    ATTRIBUTION,
    DATING,
    DAY,
    FLAG,
    GROUND,
    INSTRUMENT,
    SLUG,
    TEXT,
    TITLE,
    ListOf,
    Record,
    Value,
    in_order,
)

Terms = dict[str, Any]


def _one_target(given: Mapping[str, Any]) -> str | None:
    if ("actor" in given) == ("description" in given):
        return "must name an actor, or describe a group: one of actor and description"
    if "actor" in given and "related_to" in given:
        return "related_to is for a described group; an actor's own relations are in its countries and part_of"
    return None


TARGET = Record(
    {
        "actor": ACTOR,
        "description": TITLE,
        "related_to": ListOf(ACTOR),
        "instruments": ListOf(INSTRUMENT, least=1),
    },
    rule=_one_target,
)
TARGET_NAME = Record({"actor": ACTOR, "description": TITLE}, rule=_one_target)
"""A target as `remove` and a scope name it."""
POSITION = Record({"title": TITLE, "at": ACTOR, "from": DATING, "to": DATING, "former": FLAG}, required=("title",))
IDENTIFIER = Record({"scheme": TITLE, "value": TITLE}, required=("scheme", "value"))

TERMS: dict[str, dict[str, Value]] = {
    "measure": {
        "title": TITLE,
        "description": TEXT,
        "imposed_by": ListOf(ACTOR),
        "authorities": ListOf(ACTOR),
        "targets": ListOf(TARGET),
        "instruments": ListOf(INSTRUMENT),
        "grounds": ListOf(GROUND),
        "topics": ListOf(SLUG),
        "legal_basis": ListOf(TITLE),
        "programmes": ListOf(SLUG),
        "exemptions": ListOf(TITLE),
        "expires_on": DAY,
        "in_response_to": ListOf(ANSWERABLE),
    },
    "agreement": {
        "title": TITLE,
        "description": TEXT,
        "parties": ListOf(ACTOR),
        "category": AGREEMENT_CATEGORY,
        "text_reference": TEXT,
        "topics": ListOf(SLUG),
    },
    "act": {
        "category": ACT_CATEGORY,
        "title": TITLE,
        "description": TEXT,
        "by": ListOf(ACTOR),
        "affects": ListOf(ACTOR),
        "attribution": ATTRIBUTION,
        "attributed_to": ListOf(ACTOR),
        "topics": ListOf(SLUG),
        "in_response_to": ListOf(ANSWERABLE),
    },
    "actor": {
        "category": ACTOR_CATEGORY,
        "name": TITLE,
        "aliases": ListOf(TITLE),
        "weak_aliases": ListOf(TITLE),
        "countries": ListOf(ACTOR),
        "part_of": ListOf(ACTOR),
        "positions": ListOf(POSITION),
        "birth_dates": ListOf(DATING),
        "identifiers": ListOf(IDENTIFIER),
        "description": TEXT,
    },
}
"""What the terms of each kind of subject may hold, in the order in which a state shows it."""

_EMPTY: dict[str, Terms] = {
    kind: {name: [] if isinstance(value, ListOf) else None for name, value in members.items()}
    for kind, members in TERMS.items()
}


def identity(element: Any) -> Any:
    """By what an element of a list is told apart: a target by actor or description, all else as a whole."""
    if not isinstance(element, dict):
        return element
    if "actor" in element or "description" in element:
        return element.get("actor"), element.get("description")
    return tuple(sorted((name, str(value)) for name, value in element.items()))


def _element(element: Any) -> Any:
    return in_order(element) if isinstance(element, dict) else element


def _stated(value: Any) -> Any:
    """`value` as a state shows it: in a list nothing twice, in an element no nulls."""
    if not isinstance(value, list) or not value:
        return value
    if len(value) == 1:
        return value if type(value[0]) is str else [_element(value[0])]
    if type(value[0]) is str:
        return list(dict.fromkeys(value))
    once: dict[Any, Any] = {}
    for element in map(_element, value):
        once.setdefault(identity(element), element)
    return list(once.values())


def given_terms(kind: str, data: Mapping[str, Any], before: Terms | None = None) -> Terms:
    """The terms that `data` gives, over `before` or from nothing."""
    terms = dict(before or _EMPTY[kind])
    for name, value in data.items():
        if value is not None and name in terms:
            terms[name] = _stated(value)
    return terms


def amended_terms(kind: str, terms: Terms, data: Mapping[str, Any]) -> Terms:
    """`terms` after `set`, then `remove`, then `add`.

    Raises Conflict for adding what is there and for removing what is not.
    """
    amended = dict(terms)
    for name, value in (data.get("set") or {}).items():
        amended[name] = _stated(value) if value is not None else _EMPTY[kind][name]
    for change, changed in (("remove", _removed), ("add", _added)):
        for name, elements in (data.get(change) or {}).items():
            if elements is not None:
                amended[name] = changed(name, amended[name], elements)
    return amended


def _removed(name: str, there: list[Any], elements: Iterable[Any]) -> list[Any]:
    left = {identity(element): element for element in there}
    for element in map(_element, elements):
        if left.pop(identity(element), None) is None:
            raise Conflict(f"{_shown(element)} is to be removed from {name}, but is not among them")
    return list(left.values())


def _added(name: str, there: list[Any], elements: Iterable[Any]) -> list[Any]:
    together = {identity(element): element for element in there}
    for element in map(_element, elements):
        if identity(element) in together:
            raise Conflict(f"{_shown(element)} is to be added to {name}, but is among them already")
        together[identity(element)] = element
    return list(together.values())


def _shown(element: Any) -> str:
    if isinstance(element, dict):
        return str(element.get("actor") or element.get("description") or element.get("title") or element.get("value"))
    return str(element)
