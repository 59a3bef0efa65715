"""Spells: the runs of days on which measures were in force, and how many by country dyad and year."""

from __future__ import annotations

from collections import Counter
from itertools import product as product_of

import pytest
from hypothesis import given, note

from tests.exports.reading import examples, exported, rows
from tests.exports.test_ndjson import posted
from tests.posting import amended, announced, event, imposed, lifted, merged, registered, suspended
from tests.property.histories import STATES, histories
from tests.property.product import as_json

HEADER = "measure,sender,target,target_country,begin,end,begin_approximate,type,objective,programme,status"
DYAD_HEADER = "sender_country,target_country,year,measures"
IN_FORCE = {"in_force", "partly_suspended"}
ALONE = STATES[:2]
"""Those that histories never update or merge."""


def spells(api, **query):
    """(measure, begin, end, status) of each spell."""
    return [(row["measure"], row["begin"], row["end"], row["status"]) for row in rows(api, "spells", **query)]


def spells_in(measure, intervals, day):
    """The same, reckoned from a timeline."""
    found = []
    for interval in (each for each in intervals if each["valid_from"] <= day):
        if found and found[-1][2] == interval["valid_from"] and found[-1][3] in IN_FORCE:
            found[-1][3] = interval["status"]
            if interval["status"] in IN_FORCE:
                found[-1][2] = interval["valid_to"]
        elif interval["status"] in IN_FORCE:
            found.append([measure, interval["valid_from"], interval["valid_to"], interval["status"]])
    for interval in intervals:  # a spell that lasts on the day goes on as far as is known
        if found and interval["status"] in IN_FORCE and interval["valid_from"] == found[-1][2]:
            found[-1][2] = interval["valid_to"]
    return [tuple(part or "" for part in spell) for spell in found]


@pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)
@examples(15)
@given(history=histories())
def test_spells_are_what_the_timelines_say(fresh, history):
    note(as_json(history))
    with fresh() as product:
        measures = sorted(subject for subject in posted(product, history) if subject.startswith("measure:"))
        for day in ("2020-07-01", "2021-01-01", "2024-02-29"):
            expected = [
                spell for each in measures for spell in spells_in(each, product.timeline(each, None) or (), day)
            ]
            assert spells(product.api, at=day) == expected


def test_a_spell_ends_where_the_measure_is_suspended_as_a_whole_lifted_or_expires(api):
    api.append(announced("m", "2020-01-01"), imposed("m", "2020-02-01", expires_on="2022-01-01"))
    api.append(
        suspended("m", "2020-03-01", scope={"instruments": ["tariff"]}),
        amended("m", "2020-02-15", set={"instruments": ["tariff", "recall"]}),
        suspended("m", "2020-04-01", until="2020-05-01"),
    )
    assert spells(api, at="2020-01-15") == []
    assert spells(api, at="2020-02-10") == [("measure:m", "2020-02-01", "2020-04-01", "in_force")]
    assert spells(api, at="2020-04-15") == [("measure:m", "2020-02-01", "2020-04-01", "suspended")]
    assert spells(api, at="2026-01-01") == [
        ("measure:m", "2020-02-01", "2020-04-01", "suspended"),
        ("measure:m", "2020-05-01", "2022-01-01", "expired"),
    ]


def test_a_row_has_all_that_a_study_needs(api):
    api.append(registered("p", countries=["actor:hk"]), registered("ministry", part_of=["actor:us"]))
    api.append(
        imposed(
            "m",
            "2020-07~",
            by=["ministry", "ca"],
            against=["p", {"description": "some officials", "related_to": ["actor:cn"]}],
            instruments=["asset_freeze", "transaction_ban", "travel_ban"],
            grounds=["human_rights", "autonomy_erosion"],
            programmes=["hk-autonomy"],
        )
    )
    (found,) = rows(api, "spells")
    assert list(found) == HEADER.split(",")
    assert found == {
        "measure": "measure:m",
        "sender": "actor:ministry;actor:ca",
        "target": "actor:p;some officials",
        "target_country": "hk;cn",
        "begin": "2020-07-01",
        "end": "",
        "begin_approximate": "true",
        "type": "financial;travel",
        "objective": "human rights;democracy",
        "programme": "hk-autonomy",
        "status": "in_force",
    }
    assert [tuple(row.values()) for row in rows(api, "spells", by="dyad-year", at="2020-12-31")] == [
        ("ca", "cn", "2020", "1"),
        ("ca", "hk", "2020", "1"),
        ("us", "cn", "2020", "1"),
        ("us", "hk", "2020", "1"),
    ]


def test_countries_are_reached_over_any_number_of_steps_and_through_mergers(api):
    api.append(registered("c", part_of=["actor:eu"]), registered("b", countries=["actor:c"]))
    api.append(registered("a", part_of=["actor:b"]), registered("d", countries=["actor:ru"]))
    api.append(event("updated", "actor:b", "2000-01-01", data={"add": {"countries": ["actor:a"]}}))
    api.append(merged("d", "a", "2020-01-01"))
    api.append(imposed("m", "2019-01-01", against="d"))
    assert [row["target_country"] for row in rows(api, "spells", at="2019-12-31")] == ["ru"]
    assert [row["target_country"] for row in rows(api, "spells", at="2020-01-01")] == ["eu"]


def test_a_year_counts_each_measure_that_was_in_force_on_any_of_its_days_once(api):
    api.append(imposed("m", "2019-12-31"), lifted("m", "2021-01-01"))
    api.append(imposed("m", "2021-06-01"), lifted("m", "2021-07-01"), imposed("n", "2021-07-01"))
    found = [(row["year"], row["measures"]) for row in rows(api, "spells", by="dyad-year", at="2022-03-01")]
    assert found == [("2019", "1"), ("2020", "1"), ("2021", "2"), ("2022", "1")]


@pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)
@examples(15)
@given(history=histories())
def test_the_counts_are_what_the_timelines_say(fresh, history):
    """Between states that nobody touches; others that come to count as them may add to it."""
    note(as_json(history))
    with fresh() as product:
        measures = [subject for subject in posted(product, history) if subject.startswith("measure:")]
        found = set()
        for measure in measures:
            for held in (each for each in product.timeline(measure, None) or () if each["status"] in IN_FORCE):
                days = held["valid_from"], min(held["valid_to"] or "9999", "2024-03-01")
                years = range(int(days[0][:4]), int(days[1][:4]) + (not days[1].endswith("-01-01")))
                targets = [target.get("actor") for target in held["terms"]["targets"]]
                dyads = product_of({*held["terms"]["imposed_by"]} & {*ALONE}, {*targets} & {*ALONE})
                found.update((measure, sender[6:], target[6:], str(year)) for sender, target in dyads for year in years)
        expected = Counter(each[1:] for each in found)
        counted = rows(product.api, "spells", by="dyad-year", at="2024-02-29")
        counts = Counter({tuple(row.values())[:3]: int(row["measures"]) for row in counted})
        assert counts >= expected


def test_the_headers_are_there_whatever_was_known(api):
    assert exported(api, "spells", known_at_sequence=0) == f"{HEADER}\n".encode()
    assert exported(api, "spells", known_at_sequence=0, by="dyad-year") == f"{DYAD_HEADER}\n".encode()
