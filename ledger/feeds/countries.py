"""Countries as lists print them: "Iran (Islamic Republic of)", "Korea, North", "Afghan".

The names that the ledger itself gives to states and territories are in `builtin_actors.csv`; every other spelling is in
`countries.csv`, the one place for that. What is in neither is nobody: "Congolese" is of two states, "USSR" of none.
"""

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from ledger.feeds.slugs import slug


def country_of(printed: str) -> str | None:
    """The slug of the state or territory that a list means by `printed`, a name, the adjective of one or an ISO 3166-1
    code in capitals; None where that is not certain, as for all that has a remark to it ("Bahrain (revoked)")."""
    text = printed.strip()
    return _codes().get(text) or _names().get(_key(text))


def countries_of(printed: Iterable[str]) -> list[str]:
    """The actors that a list means, each once, without those that are not certain: a person's nationalities."""
    return list(dict.fromkeys(f"actor:{country}" for text in printed if (country := country_of(text))))


def common_country_of(printed: Iterable[str]) -> list[str]:
    """The actor in which all addresses are; none where they are in several countries, or it is not certain of one.

    An address that states no country ("") is passed over.
    """
    found = {country_of(text) for text in printed if text.strip()}
    return [f"actor:{country}" for country in found] if len(found) == 1 and None not in found else []


def _key(printed: str) -> str:
    return slug(printed).removeprefix("the-")


@cache
def _codes() -> dict[str, str]:
    return {code.upper(): code for code, _ in _builtin()}


@cache
def _names() -> dict[str, str]:
    text = files("ledger.feeds").joinpath("countries.csv").read_text("utf-8")
    spelled = ((row["code"], row["printed"]) for row in csv.DictReader(text.splitlines()))
    return {_key(name): code for code, name in [*_builtin(), *spelled]}


@cache
def _builtin() -> list[tuple[str, str]]:
    text = files("ledger").joinpath("builtin_actors.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return [(row["slug"], row["name"]) for row in rows if row["category"] in ("state", "territory")]
