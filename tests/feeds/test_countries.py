"""Countries as lists print them: the right state, or none."""

import csv
from importlib.resources import files

import pycountry
import pytest

from ledger.feeds.countries import common_country_of, countries_of, country_of
from ledger.feeds.slugs import slug


@pytest.mark.parametrize(
    ("printed", "country"),
    [
        ("Iran (Islamic Republic of)", "ir"),
        ("Korea, North", "kp"),
        ("Democratic People’s Republic of Korea", "kp"),
        ("Democratic People's Republic of Korea", "kp"),
        ("Congo (Democratic Republic)", "cd"),
        ("DRC", "cd"),
        ("Congo", "cg"),
        ("the Netherlands", "nl"),
        ("The Gambia", "gm"),
        ("United Kingdom of Great Britain and Northern\n                    Ireland", "gb"),
        ("IRAQ", "iq"),
        ("Côte d'Ivoire", "ci"),
        ("Côte d’Ivoire", "ci"),
        ("Cote d Ivoire", "ci"),
        ("Türkiye", "tr"),
        ("Turkey", "tr"),
        ("Palestinian", "ps"),
        ("Hong Kong", "hk"),
        ("Kosovo", "xk"),
        ("Nigerien", "ne"),
        ("Nigerian", "ng"),
        ("GB", "gb"),
        ("Guinea-Bissau", "gw"),
    ],
)
def test_a_country_is_found_by_the_names_that_lists_print(printed: str, country: str) -> None:
    assert country_of(printed) == country


@pytest.mark.parametrize(
    "printed",
    [
        "", "na", "00", "-0-", "UNKNOWN", "undetermined", "None Identified", "gb", "EU", "UN", "European Union",
        "Congolese", "Dominican", "Korea", "Korean", "USSR", "former Soviet Union", "Netherlands Antilles",
        "Region: Crimea", "Sudan/South Sudan", "Possibly Ethiopian", "Bahrain (citizenship revoked in Jan. 2015)",
        "Kuwaiti citizenship withdrawn in 2002", "United States. Also believed to hold Syrian nationality",
    ],
)  # fmt: skip
def test_what_is_not_certain_is_no_country(printed: str) -> None:
    assert country_of(printed) is None


def test_nationalities_are_actors_each_once_and_without_what_is_not_certain() -> None:
    assert countries_of(["Iraqi", "USSR", "Iraq", "", "Syria"]) == ["actor:iq", "actor:sy"]


@pytest.mark.parametrize(
    ("printed", "country"),
    [
        (["Iran", "Iran (Islamic Republic of)"], ["actor:ir"]),
        (["Iran", ""], ["actor:ir"]),
        (["Iran", "Iraq"], []),
        (["Sudan", "Sudan/South Sudan"], []),
        ([""], []),
        ([], []),
    ],
)
def test_addresses_are_in_one_country_or_in_none(printed: list[str], country: list[str]) -> None:
    assert common_country_of(printed) == country


def test_the_names_of_the_iso_standard_are_known() -> None:
    wrong = {
        (name, country_of(name))
        for country in pycountry.countries
        for name in (country.name, getattr(country, "common_name", country.name))
        if country_of(name) != country.alpha_2.lower()
    }
    assert {name for name, _ in wrong} == {"Saint Martin (French part)", "Sint Maarten (Dutch part)"}
    assert {found for _, found in wrong} == {None}


def test_each_spelling_is_there_once_and_of_a_state_or_territory_that_the_ledger_knows() -> None:
    builtin = list(csv.DictReader(files("ledger").joinpath("builtin_actors.csv").read_text("utf-8").splitlines()))
    spelled = list(csv.DictReader(files("ledger.feeds").joinpath("countries.csv").read_text("utf-8").splitlines()))
    known = {row["slug"] for row in builtin if row["category"] in ("state", "territory")}
    names = [slug(row["printed"]) for row in spelled] + [slug(row["name"]) for row in builtin if row["slug"] in known]

    assert len(names) == len(set(names))
    assert all(row["code"] in known for row in spelled)
    assert all(country_of(row["printed"]) == row["code"] for row in spelled)
    assert all(country_of(row["name"]) == row["slug"] for row in builtin if row["slug"] in known)
