"""The built-in actors: every ISO 3166-1 code, Kosovo, the EU and the UN, as domain.md ("Subjects") has them."""

from __future__ import annotations

import csv
from collections import Counter
from importlib.resources import files
from typing import NamedTuple

import pycountry
import pytest

DISPUTED = {"tw", "xk", "ps", "eh", "aq", "fk", "gs", "gi", "io"}
"""Those for which domain.md names no state, because a member of the UN disputes the sovereignty."""
OBSERVERS = {"va", "ps"}

DEPENDENT = {
    "au": "cc cx hm nf",
    "cn": "hk mo",
    "dk": "fo gl",
    "fi": "ax",
    "fr": "bl gf gp mf mq nc pf pm re tf wf yt",
    "gb": "ai bm gg im je ky ms pn sh tc vg",
    "nl": "aw bq cw sx",
    "no": "bv sj",
    "nz": "ck nu tk",
    "us": "as gu mp pr um vi",
}


class Row(NamedTuple):
    slug: str
    name: str
    category: str
    part_of: str


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    text = files("ledger").joinpath("builtin_actors.csv").read_text("utf-8")
    header, *rows = csv.reader(text.splitlines())
    assert header == list(Row._fields)
    return [Row(*row) for row in rows]


@pytest.fixture(scope="module")
def by_slug(rows: list[Row]) -> dict[str, Row]:
    return {row.slug: row for row in rows}


def test_every_code_of_iso_3166_1_is_there_and_no_other_but_three(rows: list[Row]) -> None:
    iso = {country.alpha_2.lower() for country in pycountry.countries}
    assert len(iso) == 249
    assert sorted(row.slug for row in rows) == sorted(iso | {"xk", "eu", "un"})


def test_members_and_observers_of_the_un_are_states_and_all_others_territories(by_slug: dict[str, Row]) -> None:
    assert Counter(row.category for row in by_slug.values()) == {
        "state": 193 + len(OBSERVERS),
        "territory": 55,
        "international_organisation": 2,
    }
    assert {by_slug[slug].category for slug in OBSERVERS} == {"state"}
    assert {by_slug[slug].category for slug in DISPUTED - OBSERVERS} == {"territory"}
    assert {by_slug[slug].category for slug in ("eu", "un")} == {"international_organisation"}


def test_a_territory_is_part_of_the_state_that_iso_names_unless_it_is_disputed(rows: list[Row]) -> None:
    dependent = {slug: state for state, slugs in DEPENDENT.items() for slug in slugs.split()}
    assert {row.slug: row.part_of for row in rows if row.part_of} == dependent
    assert {row.slug for row in rows if row.category == "territory" and not row.part_of} == DISPUTED - OBSERVERS


def test_a_state_is_part_of_none(rows: list[Row]) -> None:
    assert not [row for row in rows if row.category != "territory" and row.part_of]


def test_what_a_row_is_part_of_stands_above_it_and_is_a_state(rows: list[Row]) -> None:
    above: dict[str, Row] = {}
    for row in rows:
        if row.part_of:
            assert above[row.part_of].category == "state", row
        above[row.slug] = row


def test_no_slug_and_no_name_is_there_twice(rows: list[Row]) -> None:
    assert len({row.slug for row in rows}) == len({row.name.casefold() for row in rows}) == len(rows)


def test_names_are_short_and_without_qualifier(rows: list[Row]) -> None:
    qualified = [row.name for row in rows if set(row.name) & set("()[]") or row.name != row.name.strip()]
    assert qualified == []
    with_comma = {row.slug for row in rows if "," in row.name}
    assert with_comma == {"bq", "sh"}, "these two name their islands; no other name has a part behind a comma"


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("bo", "Bolivia"),
        ("cd", "Democratic Republic of the Congo"),
        ("cg", "Congo"),
        ("ci", "Côte d'Ivoire"),
        ("cz", "Czechia"),
        ("eu", "European Union"),
        ("fm", "Micronesia"),
        ("gb", "United Kingdom"),
        ("hk", "Hong Kong"),
        ("ir", "Iran"),
        ("kp", "North Korea"),
        ("kr", "South Korea"),
        ("la", "Laos"),
        ("md", "Moldova"),
        ("mo", "Macao"),
        ("ps", "Palestine"),
        ("ru", "Russia"),
        ("sy", "Syria"),
        ("sz", "Eswatini"),
        ("tr", "Türkiye"),
        ("tw", "Taiwan"),
        ("tz", "Tanzania"),
        ("un", "United Nations"),
        ("us", "United States"),
        ("va", "Holy See"),
        ("ve", "Venezuela"),
        ("vg", "British Virgin Islands"),
        ("vi", "United States Virgin Islands"),
        ("vn", "Vietnam"),
        ("xk", "Kosovo"),
    ],
)
def test_the_name_is_the_short_english_one(by_slug: dict[str, Row], slug: str, name: str) -> None:
    assert by_slug[slug].name == name


def test_all_other_names_are_those_of_iso(rows: list[Row]) -> None:
    iso = {country.alpha_2.lower(): country for country in pycountry.countries}
    own = {
        row.slug
        for row in rows
        if (country := iso.get(row.slug)) and row.name not in (country.name, getattr(country, "common_name", None))
    }
    assert own == {"bn", "cc", "cd", "fk", "fm", "mf", "ps", "ru", "sx", "va", "vg", "vi"}
