"""FollowTheMoney: what measures and those whom they are on become."""

from __future__ import annotations

import pytest
from hypothesis import given, note

from ledger.domain.terms import given_terms
from ledger.domain.vocabulary import VOCABULARY
from ledger.exports.dates import prefixes
from ledger.exports.entities import SCHEMAS, Seen, actor_entity
from tests.exports.ftm_model import SCHEMAS as MODEL
from tests.exports.ftm_model import assert_sound, faults
from tests.exports.reading import entities, examples, lines, sanction
from tests.exports.test_ndjson import posted
from tests.posting import (
    amended,
    announced,
    corrected,
    event,
    imposed,
    lifted,
    merged,
    registered,
    retracted,
    suspended,
)
from tests.property.histories import histories
from tests.property.product import as_json

DAYS = ("2020-01-01", "2020-07-09", "2024-02-29", "2026-11-30")


# -------------------------------------------------------------------------------------------------------- the model


@pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)
@examples(15)
@given(history=histories())
def test_whatever_the_history_the_model_takes_every_entity(fresh, history):
    note(as_json(history))
    with fresh() as product:
        posted(product, history)
        for day in DAYS:
            assert_sound(entities(product.api, at=day))


def test_every_category_has_a_schema_of_the_model():
    """vocabulary.json names a schema Country, which the model has not; its Territory is that."""
    assert set(SCHEMAS.values()) <= MODEL.keys()
    differing = {
        entry["ftm"]: SCHEMAS[entry["code"]]
        for entry in VOCABULARY["actor_categories"]
        if entry["ftm"] != SCHEMAS[entry["code"]]
    }
    assert differing == {"Country": "Territory"}


@pytest.mark.parametrize("category", SCHEMAS)
def test_an_actor_of_any_category_with_all_that_it_can_have_is_as_the_model_has_it(category):
    schemes = ("imo", "passport", "national_id", "tax", "registration", "lei", "swift", "un", "ofac", "ofsi", "eu", "x")
    terms = {
        "category": category,
        "name": "A name",
        "aliases": ["Another", "A name"],
        "weak_aliases": ["Weak"],
        "countries": ["actor:cn", "actor:un", "actor:un-body"],
        "part_of": ["actor:hk"],
        "positions": [{"title": "Chair"}, {"title": "Chair", "former": True}],
        "birth_dates": ["1955~", "[1960-01-01..1961-01-01]"],
        "identifiers": [{"scheme": scheme, "value": f"{scheme}-1"} for scheme in schemes],
        "description": "Said of it.",
    }
    entity = actor_entity("actor:a", terms, Seen(1, 2), merged={"actor:b": {**terms, "name": "B"}})
    assert faults(entity) == []
    assert entity["properties"]["alias"] == ["Another", "B"]


def test_the_model_itself_takes_what_we_write(api):
    """Where the library is installed, which needs ICU."""
    model = pytest.importorskip("followthemoney", reason="followthemoney is not installed").model
    api.append(registered("p", category="person", countries=["actor:cn"], birth_dates=["1955~"]))
    api.append(imposed("m", "2020-07-09~", against=["p", "cn"], instruments=["asset_freeze"]))
    for written in lines(api, "ftm"):
        proxy = model.get_proxy(written)
        proxy.schema.validate({"properties": written["properties"]})
        assert proxy.to_dict()["properties"].keys() == written["properties"].keys()


# ---------------------------------------------------------------------------------------------------------- targets


def test_a_person_has_each_thing_in_its_property(api):
    api.append(
        registered(
            "p",
            category="person",
            name="CHEN, Quanguo",
            aliases=["Chen Quanguo", "陈全国"],
            weak_aliases=["Chen"],
            countries=["actor:cn"],
            positions=[{"title": "Party secretary", "at": "actor:cn"}],
            birth_dates=["1955-11~", "[1956-01-01..1956-12-31]"],
            identifiers=[{"scheme": "passport", "value": "E1"}, {"scheme": "tax", "value": "7"}],
            description="An official.",
        )
    )
    api.append(imposed("m", "2020-07-09", against="p"))
    found = entities(api)["p"]
    assert (found["schema"], found["caption"], found["target"]) == ("Person", "CHEN, Quanguo", True)
    assert found["properties"] == {
        "name": ["CHEN, Quanguo"],
        "alias": ["Chen Quanguo", "陈全国"],
        "weakAlias": ["Chen"],
        "nationality": ["cn"],
        "position": ["Party secretary"],
        "birthDate": ["1955-11", "1956"],
        "passportNumber": ["E1"],
        "taxNumber": ["7"],
        "notes": ["An official."],
    }
    assert (found["datasets"], found["referents"]) == (["default"], [])


def test_a_vessel_has_a_flag_and_its_imo_number(api):
    api.append(
        registered("v", category="vessel", countries=["actor:ir"], identifiers=[{"scheme": "imo", "value": "IMO 9"}])
    )
    api.append(imposed("m", "2020-07-09", against="v"))
    assert entities(api)["v"]["properties"] == {"name": ["V"], "flag": ["ir"], "imoNumber": ["IMO 9"]}


def test_only_targets_are_there_and_only_of_measures_that_have_begun(api):
    api.append(registered("p"), registered("q"), registered("r"))
    api.append(imposed("m", "2020-07-09", against="p"), imposed("later", "2030-01-01", against="q"))
    assert entities(api, at="2020-07-09").keys() == {"p", "sanction--m"}
    assert entities(api, at="2020-07-08") == {}


def test_the_target_of_measures_that_have_all_ended_is_no_target(api):
    api.append(registered("p"), imposed("m", "2020-07-09", against="p"), lifted("m", "2021-01-01"))
    assert entities(api, at="2020-12-31")["p"]["target"] is True
    found = entities(api, at="2021-01-01")
    assert found["p"]["target"] is False
    assert found["sanction--m"]["properties"]["status"] == ["inactive"]


def test_seen_are_times_of_recording(api):
    first = api.append(registered("p"))[0]
    newest = api.append(event("updated", "actor:p", "2001-01-01", data={"set": {"name": "Other"}}))[0]
    measure = api.append(imposed("m", "2020-07-09", against="p"))[0]
    found = entities(api)
    assert (found["p"]["first_seen"], found["p"]["last_seen"], found["p"]["last_change"]) == (
        first["recorded_at"],
        newest["recorded_at"],
        newest["recorded_at"],
    )
    assert found["sanction--m"]["first_seen"] == measure["recorded_at"]
    assert entities(api, known_at_sequence=measure["sequence"] - 1) == {}


def test_an_actor_merged_into_another_is_that_one(api):
    api.append(registered("p", aliases=["Pi"]), registered("q", name="Qu", countries=["actor:ru"]))
    api.append(imposed("m", "2020-07-09", against="q"))
    merging = api.append(merged("q", "p", "2020-08-01"))[0]
    before, after = entities(api, at="2020-07-31"), entities(api, at="2020-08-01")
    assert before.keys() == {"q", "sanction--m"}
    assert after.keys() == {"p", "sanction--m"}
    assert after["p"]["referents"] == ["q"]
    assert after["p"]["properties"] == {"name": ["P"], "alias": ["Pi", "Qu"], "country": ["ru"]}
    assert after["p"]["last_change"] == merging["recorded_at"]
    assert after["sanction--m"]["properties"]["entity"] == ["p"]


def test_a_described_group_is_an_entity_of_its_measure(api):
    group = {"description": "officials of a bureau", "related_to": ["actor:cn"]}
    api.append(imposed("m", "2020-07-09", against=[group]), imposed("n", "2020-07-09", against=[group]))
    found = entities(api)
    groups = [each for each in found.values() if each["schema"] == "LegalEntity"]
    assert len(groups) == 2
    assert groups[0]["properties"] == {"name": ["officials of a bureau"], "country": ["cn"]}
    assert sanction(api, "m")["entity"] != sanction(api, "n")["entity"]
    assert_sound(found)


def test_an_actor_that_is_registered_as_of_a_later_day_is_there_all_the_same(api):
    api.append(registered("p", "2021-01-01"), imposed("m", "2020-07-09", against="p"))
    assert_sound(entities(api, at="2020-08-01"))
    assert "p" in entities(api, at="2020-08-01")


def test_without_anybody_on_whom_it_is_a_measure_is_left_out(api):
    api.append(announced("threat", "2020-07-09", against=[]))
    first = api.append(registered("p"))[0]
    api.append(imposed("m", "2020-07-09", against="p"))
    api.append(retracted("actor:p", first["sequence"]))
    assert entities(api) == {}


def test_what_comes_from_a_feed_is_of_its_dataset(monkeypatch):
    from ledger.exports import entities as module

    monkeypatch.setattr(module, "feeds", lambda: {"ofac-sdn": None, "un-sc": None})
    assert module.dataset_of("ofac-sdn-29220") == "ofac-sdn"
    assert module.dataset_of("ofac-sdnx") == "default"
    terms = given_terms("actor", {"category": "person", "name": "N"})
    merged_one = actor_entity("actor:un-sc-qdi-1", terms, Seen(1, 1), merged={"actor:ofac-sdn-1": terms})
    assert merged_one["datasets"] == ["un-sc", "ofac-sdn"]


# --------------------------------------------------------------------------------------------------------- measures


def test_a_measure_has_each_thing_in_its_property(api):
    numbers = [
        {"scheme": "ofac", "value": "29220"},
        {"scheme": "un", "value": "QDi.001"},
        {"scheme": "eu", "value": "1"},
    ]
    api.append(registered("p", category="person", identifiers=numbers))
    api.append(registered("us-ofac", name="Office of Foreign Assets Control", category="government_body"))
    api.append(
        announced(
            "m",
            "2020-07-01",
            against="p",
            title="Freeze",
            description="In a description",
            authorities=["actor:us-ofac"],
            instruments=["asset_freeze", "travel_ban"],
            grounds=["human_rights"],
            programmes=["glomag", "a-round"],
            expires_on="2027-01-01",
        )
    )
    source = {"title": "Notice", "url": "https://example.org/notice"}
    api.append(event("imposed", "measure:m", "2020-07-09", sources=[source, source]))
    found = sanction(api, "m", at="2026-11-30")
    assert found == {
        "entity": ["p"],
        "country": ["us"],
        "authority": ["Office of Foreign Assets Control"],
        "program": found["program"],
        "programId": ["glomag", "a-round"],
        "provisions": ["Asset freeze", "Entry or transit ban"],
        "reason": ["Human rights abuses"],
        "status": ["active"],
        "summary": ["Freeze"],
        "description": ["In a description"],
        "startDate": ["2020-07-09"],
        "listingDate": ["2020-07-01"],
        "endDate": ["2027-01-01"],
        "authorityId": ["29220"],
        "unscId": ["QDi.001"],
        "sourceUrl": ["https://example.org/notice"],
    }
    assert found["program"][1] == "a-round"


def test_who_imposes_is_the_authority_where_no_body_is_named(api):
    api.append(imposed("m", "2020-07-09", by=["us", "un"]))
    assert sanction(api, "m")["authority"] == ["United States", "United Nations"]
    assert sanction(api, "m")["country"] == ["us"]


@pytest.mark.parametrize(
    ("dating", "written"),
    [
        ("2020-07-09", ("2020-07-09",)),
        ("2020-07-09~", ("2020-07-09",)),
        ("2020-07?", ("2020-07",)),
        ("2020%", ("2020",)),
        ("[2020-07-06..2020-07-12]", ("2020-07",)),
        ("[2020-02-06..2020-07-12]", ("2020",)),
        ("[2019-12-30..2020-01-02]", ("2019-12-30", "2020-01-02")),
        ("[2020-07-06..2020-07-06]", ("2020-07-06",)),
        ("[..2020-07-02]", ("2020-07-02",)),
    ],
)
def test_a_day_is_written_at_its_precision(dating, written):
    assert prefixes(dating) == written


def test_approximate_days_are_written_at_their_precision_as_they_were_corrected(api):
    first = api.append(imposed("m", "2020-07~"))[0]
    api.append(lifted("m", "2021?"))
    assert sanction(api, "m")["startDate"] == ["2020-07"]
    assert sanction(api, "m")["endDate"] == ["2021"]
    api.append(corrected("measure:m", first["sequence"], effective_on="2019~"))
    assert sanction(api, "m")["startDate"] == ["2019"]
    assert sanction(api, "m", known_at_sequence=first["sequence"])["startDate"] == ["2020-07"]


def test_of_a_measure_that_came_back_the_days_are_of_its_last_run(api):
    api.append(announced("m", "2010-01-01"), imposed("m", "2010-02-01", title="A"), lifted("m", "2012-01-01"))
    api.append(imposed("m", "2015-01-01"))
    days = ("startDate", "listingDate", "endDate")
    assert [sanction(api, "m").get(name) for name in days] == [["2015-01-01"], None, None]
    between = sanction(api, "m", at="2013-01-01")
    assert [between.get(name) for name in days] == [["2010-02-01"], ["2010-01-01"], ["2012-01-01"]]


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([announced("m", "2020-01-01")], "inactive"),
        ([imposed("m", "2020-01-01")], "active"),
        ([imposed("m", "2020-01-01"), suspended("m", "2020-02-01")], "inactive"),
        ([imposed("m", "2020-01-01"), lifted("m", "2020-02-01")], "inactive"),
        (
            [
                imposed("m", "2020-01-01", against=["cn", "hk"]),
                suspended("m", "2020-02-01", scope={"targets": [{"actor": "actor:hk"}]}),
            ],
            "active",
        ),
    ],
    ids=["announced", "in force", "suspended", "lifted", "suspended in part"],
)
def test_active_is_what_is_in_force_wholly_or_in_part(api, events, status):
    api.append(*events)
    assert sanction(api, "m")["status"] == [status]


def test_targets_that_were_taken_out_are_on_it_no_more(api):
    api.append(imposed("m", "2020-01-01", against=["cn", "hk"]))
    api.append(amended("m", "2020-02-01", remove={"targets": [{"actor": "actor:hk"}]}))
    assert sanction(api, "m", at="2020-01-31")["entity"] == ["cn", "hk"]
    assert sanction(api, "m")["entity"] == ["cn"]
