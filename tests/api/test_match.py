"""POST /v1/match and GET /v1/entities: screening as of a day, as known at a time, in the shape of yente's."""

import json
from hashlib import sha256

import pytest
import requests
import rfc8785

from ledger.audit.checks import CheckFailed
from ledger.audit.sealed import sealed
from ledger.feeds.lists import feeds
from ledger.screening.evidence import ScreeningRefused
from ledger.service import Ledger
from tests.posting import amended, corrected, imposed, lifted, merged, registered, retracted, suspended

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CHEN = "ofac-sdn-29220"
QUERY = {"schema": "Person", "properties": {"name": ["A"]}}


def listed(slug, name, *, on="2020-07-09", category="person", by="us", **terms):
    """An actor, and a measure of the same slug on it."""
    return [
        registered(slug, category=category, name=name, **terms),
        imposed(slug, on, by=by, against=slug, title=f"Sanctions: {name}"),
    ]


@pytest.fixture
def desk(api):
    """A ledger in which some are listed, by feeds and by an analyst."""
    api.append(*listed(CHEN, "CHEN, Quanguo", birth_dates=["1955"], aliases=["CHEN, Quan Guo"]))
    api.append(
        *listed(
            "un-sc-qdi-001",
            "Sayf-al Adl",
            by="un",
            birth_dates=["1963-04-11"],
            countries=["actor:eg"],
            weak_aliases=["Ibrahim al-Madani"],
            identifiers=[{"scheme": "passport", "value": "A 123-456"}],
        )
    )
    api.append(*listed("vessel-star", "NORTHERN STAR", category="vessel", on="2021-01-01"))
    return api


def match(api, name, *, feed="default", schema="Person", properties=None, **query):
    """The results of one query."""
    posted = {"queries": {"q": {"schema": schema, "properties": {"name": [name], **(properties or {})}}}}
    answer = api.post(f"/v1/match/{feed}", json=posted, **query)
    assert answer.status_code == 200, answer.text
    return answer.json["responses"]["q"]["results"]


def ids(results):
    return [each["id"] for each in results]


# ------------------------------------------------------------------------------------------------------------- shape


def test_the_answer_is_as_feeds_md_shows_it(desk):
    query = {"schema": "Person", "properties": {"name": ["Quanguo Chen"], "birthDate": ["1955"], "nationality": ["cn"]}}
    answer = desk.post("/v1/match/default", json={"queries": {"q1": query}}, at="2020-07-10").json
    assert set(answer) == {"responses", "limit", "at", "known_at", "sequence", "feeds"}
    assert (answer["limit"], answer["at"], answer["feeds"]) == (5, "2020-07-10", {})
    newest = desk.get("/v1/events", after=answer["sequence"] - 1).json["items"][0]
    assert (newest["sequence"], newest["recorded_at"]) == (answer["sequence"], answer["known_at"])
    response = answer["responses"]["q1"]
    assert (response["status"], response["query"]) == (200, query)
    assert response["total"] == {"value": 1, "relation": "eq"}
    [result] = response["results"]
    assert result == {
        "id": CHEN,
        "caption": "CHEN, Quanguo",
        "schema": "Person",
        "properties": {"name": ["CHEN, Quanguo"], "alias": ["CHEN, Quan Guo"], "birthDate": ["1955"]},
        "datasets": ["ofac-sdn"],
        "referents": [],
        "target": True,
        "first_seen": result["first_seen"],
        "last_seen": result["last_seen"],
        "last_change": result["last_change"],
        "score": 0.967,
        "match": True,
        "explanations": {
            "name_match": {
                "score": 1.0,
                "detail": "Quanguo Chen is compared with CHEN, Quanguo: quanguo = quanguo, chen = chen",
            },
            "birth_date": {"score": 0.6, "detail": "born 1955, listed as born 1955"},
        },
        "measures": [f"measure:{CHEN}"],
    }


def test_the_entity_of_a_result_is_at_an_address_of_its_own(desk):
    result = match(desk, "Quanguo Chen")[0]
    entity = desk.get(f"/v1/entities/{CHEN}")
    assert entity.json == {name: result[name] for name in entity.json}
    assert entity.headers["ETag"]
    assert desk.get(f"/v1/entities/{CHEN}", at="2020-07-08").json["target"] is False
    desk.problem(desk.get("/v1/entities/nobody"), 404, "not-found")
    desk.problem(desk.get("/v1/entities/No slug"), 404, "not-found")
    desk.problem(desk.get(f"/v1/entities/{CHEN}", known_at_sequence=1), 404, "not-found")


@on_sqlite
def test_a_client_of_yente_works_by_another_address(serve, database_url):
    """As yente's own examples/match_api.py asks, with the parameters that yente's clients send."""
    ledger = Ledger.open(database_url)
    ledger.append(listed(CHEN, "CHEN, Quanguo", birth_dates=["1955"]), by="tests")
    with serve(workers=2) as served, requests.Session() as session:
        address = f"{served.url}/v1"
        session.headers["Authorization"] = "ApiKey abc"
        batch = {
            "queries": {
                "q1": {"schema": "Person", "properties": {"name": ["Chen Quanguo"], "birthDate": "1955"}},
                "q2": {"schema": "Company", "properties": {"name": ["Nobody Ltd."], "jurisdiction": ["gb"]}},
            },
            "weights": {},
            "config": {},
        }
        parameters = {
            "algorithm": "logic-v2", "fuzzy": "false", "limit": 5, "threshold": 0.7, "topics": ["sanction", "role.pep"],
            "include_dataset": ["us_ofac_sdn", "un_sc"], "exclude_dataset": ["x"], "exclude_schema": ["Vessel"],
            "changed_since": "2020-01-01",
        }  # fmt: skip
        for _ in range(4):  # whichever process answers
            response = session.post(f"{address}/match/default", json=batch, params=parameters)
            response.raise_for_status()
            responses = response.json()["responses"]
            assert [each["id"] for each in responses["q1"]["results"]] == [CHEN]
            assert responses["q1"]["results"][0]["match"] is True
            assert responses["q2"]["results"] == []
        assert session.get(f"{address}/entities/{CHEN}").json()["caption"] == "CHEN, Quanguo"
        ledger.append(listed("ofac-sdn-1", "Brand New Somebody"), by="tests")
        for _ in range(4):
            posted = {"queries": {"a": {"schema": "Person", "properties": {"name": "Somebody Brand New"}}}}
            answer = session.post(f"{address}/match/ofac-sdn", json=posted).json()
            assert [each["id"] for each in answer["responses"]["a"]["results"]] == ["ofac-sdn-1"]
    ledger.close()


# ---------------------------------------------------------------------------------------------------------- who counts


def test_only_targets_of_measures_that_are_live_on_that_day_count(desk):
    desk.append(lifted(CHEN, "2022-01-01"))
    for at, found in {"2020-07-08": [], "2020-07-09": [CHEN], "2021-12-31": [CHEN], "2022-01-01": []}.items():
        assert ids(match(desk, "Quanguo Chen", at=at)) == found, at


@pytest.mark.parametrize("change", [suspended(CHEN, "2021-01-01"), amended(CHEN, "2021-01-01", set={"title": "T"})])
def test_a_suspended_measure_is_live(desk, change):
    desk.append(change)
    assert ids(match(desk, "Quanguo Chen", at="2021-06-01")) == [CHEN]


def test_what_was_known_then_is_answered_as_it_was(desk):
    before = desk.get("/v1/events", limit=1000).json["items"][-1]["sequence"]
    then = match(desk, "Quanguo Chen", at="2020-08-01", known_at_sequence=before)
    [imposition] = [each["sequence"] for each in desk.history(f"measure:{CHEN}")]
    desk.append(retracted(f"measure:{CHEN}", imposition))
    desk.append(*listed("ofac-sdn-2", "CHEN, Quanguo"))
    assert ids(match(desk, "Quanguo Chen", at="2020-08-01")) == ["ofac-sdn-2"]
    assert match(desk, "Quanguo Chen", at="2020-08-01", known_at_sequence=before) == then
    assert match(desk, "Quanguo Chen", at="2020-08-01", known_at_sequence=1) == []


def test_names_are_those_of_the_day_as_known_then(desk):
    [registration] = [each["sequence"] for each in desk.history(f"actor:{CHEN}")]
    desk.append({"type": "updated", "subject": f"actor:{CHEN}", "effective_on": "2021-01-01",
                 "data": {"set": {"name": "WANG, Xiaoming", "aliases": []}}})  # fmt: skip
    assert ids(match(desk, "Quanguo Chen", at="2020-12-31")) == [CHEN]
    assert ids(match(desk, "Quanguo Chen", at="2021-01-01")) == []
    assert ids(match(desk, "Xiaoming Wang", at="2021-01-01")) == [CHEN]
    data = {"category": "person", "name": "LI, Somebody"}
    desk.append(corrected(f"actor:{CHEN}", registration, data=data))
    assert ids(match(desk, "Somebody Li", at="2020-12-31")) == [CHEN]
    assert ids(match(desk, "Quanguo Chen", at="2020-12-31")) == []


def test_a_feed_has_its_own_targets(desk):
    assert ids(match(desk, "Quanguo Chen", feed="ofac-sdn")) == [CHEN]
    assert ids(match(desk, "Quanguo Chen", feed="un-sc")) == []
    assert ids(match(desk, "Sayf al-Adl", feed="un-sc")) == ["un-sc-qdi-001"]
    found = match(desk, "Northern Star", schema="Vessel")
    assert (ids(found), found[0]["datasets"]) == (["vessel-star"], ["default"])


def test_one_that_is_merged_reads_as_the_other_and_is_found_by_both_their_names(desk):
    desk.append(registered("quanguo", category="person", name="Party Secretary Chen"), merged(CHEN, "quanguo", "2021"))
    [result] = match(desk, "CHEN, Quanguo", at="2021-06-01")
    assert (result["id"], result["referents"], result["caption"]) == ("quanguo", [CHEN], "Party Secretary Chen")
    assert result["datasets"] == ["default", "ofac-sdn"]
    assert result["measures"] == [f"measure:{CHEN}"]
    assert ids(match(desk, "Party Secretary Chen", at="2021-06-01")) == ["quanguo"]
    assert ids(match(desk, "CHEN, Quanguo", at="2020-12-31")) == [CHEN]
    assert desk.get(f"/v1/entities/{CHEN}", at="2021-06-01").json == {
        name: result[name] for name in result if name not in {"score", "match", "explanations", "measures"}
    }


def test_the_schema_says_with_whom_a_name_is_compared(desk):
    assert ids(match(desk, "Northern Star", schema="Vessel")) == ["vessel-star"]
    assert ids(match(desk, "Northern Star", schema="Thing")) == ["vessel-star"]
    assert ids(match(desk, "Northern Star", schema="Person")) == []
    assert ids(match(desk, "Quanguo Chen", schema="LegalEntity")) == [CHEN]
    assert ids(match(desk, "Quanguo Chen", schema="Company")) == []


# --------------------------------------------------------------------------------------------------------- what counts


@pytest.mark.parametrize(
    "name",
    ["chen quanguo", "Quangou Chen", "CHEN QUAN-GUO", "陈全国", "Chen, Quanguo", "Quanguo Q. Chen", "Chén Quánguó"],
)
def test_names_are_found_in_other_orders_scripts_and_spellings(desk, name):
    result = match(desk, name)[0]
    assert (result["id"], result["match"]) == (CHEN, True)


def test_a_name_is_put_together_from_its_parts(desk):
    posted = {"schema": "Person", "properties": {"firstName": ["Quanguo"], "lastName": "Chen"}}
    answer = desk.post("/v1/match/default", json={"queries": {"q": posted}}).json
    assert ids(answer["responses"]["q"]["results"]) == [CHEN]
    assert answer["responses"]["q"]["query"]["properties"] == {"firstName": ["Quanguo"], "lastName": ["Chen"]}


def test_dates_of_birth_and_countries_raise_or_lower_and_missing_ones_do_neither(desk):
    def score(**properties):
        return match(desk, "Sayf al-Adl", properties=properties)[0]["score"]

    alone = score()
    assert score(birthDate=["1963-04-11"]) > score(birthDate=["1963"]) > alone > score(birthDate=["1990"]) >= 0.5
    assert score(nationality=["eg"]) > alone > score(nationality=["no"]) >= 0.5
    assert score(country="Egypt") == score(citizenship="EG") == score(nationality=["eg"])
    assert score(birthDate=["unknown"], country=["nowhere"]) == alone
    chen = match(desk, "Quanguo Chen")[0]["score"]
    assert match(desk, "Quanguo Chen", properties={"nationality": ["cn"]})[0]["score"] == chen


def test_a_weak_alias_alone_is_no_match_but_is_shown(desk):
    [result] = match(desk, "Ibrahim al-Madani")
    assert (result["id"], result["match"]) == ("un-sc-qdi-001", False)
    assert "weak alias" in result["explanations"]["name_match"]["detail"]
    assert match(desk, "Ibrahim al-Madani", properties={"birthDate": ["1963-04-11"]})[0]["match"] is True


def test_an_identifier_is_enough_by_itself(desk):
    [result] = match(desk, "Somebody Else", properties={"passportNumber": ["a123456"]})
    assert (result["id"], result["match"]) == ("un-sc-qdi-001", True)
    assert result["explanations"] == {"identifier": {"score": 1.0, "detail": "A123456 on both sides"}}


def test_limit_threshold_and_cutoff(desk):
    desk.append(*listed("ofac-sdn-3", "CHEN, Quanguo"), *listed("ofac-sdn-4", "CHEN, Guoqiang"))
    assert len(match(desk, "Quanguo Chen")) == 3
    assert ids(match(desk, "Quanguo Chen", limit=1)) == [CHEN]
    posted = {"queries": {"q": {"schema": "Person", "properties": {"name": "Quanguo Chen"}}}}
    assert desk.post("/v1/match/default", json=posted, limit=1).json["responses"]["q"]["total"]["value"] == 3
    assert ids(match(desk, "Quanguo Chen", cutoff=0.9)) == [CHEN, "ofac-sdn-3"]
    assert [each["match"] for each in match(desk, "Quanguo Chen", threshold=0.96)] == [False] * 3
    scores = [each["score"] for each in match(desk, "Quanguo Chen", cutoff=0)]
    assert scores == sorted(scores, reverse=True)


# ----------------------------------------------------------------------------------------------------------- freshness


FIRST = """1,"CHEN, Quanguo","individual","GLOMAG",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 1955."
2,"STAR BANK",-0- ,"GLOMAG",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0-
"""
SECOND = (
    FIRST
    + """3,"MOON BANK",-0- ,"GLOMAG",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0-
"""
)


def test_each_answer_says_how_old_each_feed_is(api, app, tmp_path):
    ledger = app.extensions["retorsion"]
    posted = {"queries": {"q": QUERY}}

    def ages(feed="default", **query):
        return api.post(f"/v1/match/{feed}", json=posted, **query).json["feeds"]

    def read(content, day):
        (tmp_path / "sdn.csv").write_bytes(content.replace("\n", "\r\n").encode())
        return ledger.import_reading(feeds()["ofac-sdn"], tmp_path, by="tests", published_on=day)

    assert (ages(), ages("un-sc")) == ({}, {"un-sc": None})
    read(FIRST, "2020-07-09")
    first = ages()
    assert {feed: age["published_on"] for feed, age in first.items()} == {"ofac-sdn": "2020-07-09"}
    sequence = ledger.head().sequence
    read(SECOND, "2020-07-10")
    assert ages("ofac-sdn")["ofac-sdn"]["published_on"] == "2020-07-10"
    assert ages(known_at_sequence=sequence) == first
    assert ages(known_at=first["ofac-sdn"]["read_at"]) == first
    assert ages(known_at_sequence=1) == {}


# ------------------------------------------------------------------------------------------------------------ evidence


def evidence(api, name, **query):
    posted = {"queries": {"q": {"schema": "Person", "properties": {"name": [name]}}}}
    answer = api.post("/v1/match/default", json=posted, evidence=True, **query)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/vnd.retorsion.screening"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="screening-default-')
    return answer.data, api.post("/v1/match/default", json=posted, **query).json


@pytest.fixture
def key(app):
    return app.extensions["retorsion"].log.custody.vkey()


def test_evidence_is_the_answer_with_a_checkpoint_that_covers_it(desk, app, key):
    given, answer = evidence(desk, "Quangou Chen", at="2020-08-01", threshold=0.5)
    line, digest = given.splitlines()
    said = json.loads(line)
    assert rfc8785.dumps(said) == line
    assert sha256(line + b"\n").hexdigest().encode() == digest
    assert said["answer"] == answer
    assert said["asked"] == {"feed": None, "limit": 5, "threshold": 0.5, "cutoff": 0.5}
    size = int(said["checkpoint"].splitlines()[1])
    assert size >= answer["sequence"]
    assert app.extensions["retorsion"].check_screened(given, key).answer == answer


def test_evidence_holds_whatever_is_recorded_later(desk, app, key):
    given, _ = evidence(desk, "Quanguo Chen")
    desk.append(lifted(CHEN, "2021-01-01"), registered("ofac-sdn-5", category="person", name="CHEN, Quanguo"))
    desk.append(imposed("ofac-sdn-5", "2020-07-09", against="ofac-sdn-5"))
    assert app.extensions["retorsion"].check_screened(given, key).answer["responses"]["q"]["results"]


def test_evidence_that_was_changed_does_not_hold(desk, app, key):
    ledger = app.extensions["retorsion"]
    given, _ = evidence(desk, "Quanguo Chen", at="2020-08-01")
    said = json.loads(given.splitlines()[0])

    def changed(**members):
        return sealed({**said, **members})

    with pytest.raises(ScreeningRefused, match="digest"):
        ledger.check_screened(given.replace(b"CHEN", b"CHAN"), key)
    answer = json.loads(json.dumps(said["answer"]))
    answer["responses"]["q"]["results"] = []
    with pytest.raises(ScreeningRefused, match="another one to the query 'q'"):
        ledger.check_screened(changed(answer=answer), key)
    with pytest.raises(ScreeningRefused, match="another one to the query 'q'"):
        ledger.check_screened(changed(asked={**said["asked"], "threshold": 1}), key)
    later = {**said["answer"], "sequence": said["answer"]["sequence"] + 1}
    with pytest.raises(ScreeningRefused, match="events"):
        ledger.check_screened(changed(answer=later), key)
    read = {**said["answer"], "feeds": {"ofac-sdn": {"published_on": "2020-01-01", "read_at": "x"}}}
    with pytest.raises(ScreeningRefused, match="no such reading"):
        ledger.check_screened(changed(answer=read), key)
    with pytest.raises(CheckFailed):
        ledger.check_screened(changed(checkpoint=said["checkpoint"].replace("\n2", "\n1", 1)), key)
    for wrong in ({"format": "other"}, {"answer": 1}, {"answer": {}}, {"asked": {}}, {"checkpoint": 1}, {"more": 1}):
        with pytest.raises(ScreeningRefused):
            ledger.check_screened(changed(**wrong), key)


# ------------------------------------------------------------------------------------------------------------ refusals


def person(**properties):
    return {"queries": {"a": {"schema": "Person", "properties": properties}}}


@on_sqlite
@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], [""]),
        ({}, ["/queries"]),
        ({"queries": []}, ["/queries"]),
        ({"queries": {}}, ["/queries"]),
        ({"queries": {str(number): QUERY for number in range(101)}}, ["/queries"]),
        ({"queries": {"a/b": 1}}, ["/queries/a~1b"]),
        ({"queries": {"a": {"schema": "Persn", "properties": {}}}}, ["/queries/a/schema"]),
        ({"queries": {"a": {"schema": ["Person"]}}}, ["/queries/a/schema", "/queries/a/properties"]),
        ({"queries": {"a": {**QUERY, "id": 1}, "b": {"schema": "X"}}},
         ["/queries/a/id", "/queries/b/schema", "/queries/b/properties"]),
        (person(name={"x": 1}, alias=[["y"]], weakAlias=True),
         ["/queries/a/properties/name", "/queries/a/properties/alias", "/queries/a/properties/weakAlias"]),
        (person(name=["x" * 1001]), ["/queries/a/properties/name"]),
        (person(name=[f"x{n}" for n in range(51)]), ["/queries/a/properties"]),
        (person(name=["x"] * 101), ["/queries/a/properties/name"]),
        ({"queries": {"\ud800": QUERY, "a": {"schema": "Person", "properties": {"\ud800": "x", "name": "\ud800"}}}},
         ["/queries/\\ud800", "/queries/a/properties/\\ud800", "/queries/a/properties/name"]),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_pointers(api, body, pointers):
    answer = api.post("/v1/match/default", data=json.dumps(body))
    problem = api.problem(answer, 422, "validation-error")
    assert [each["pointer"] for each in problem["errors"]] == pointers


@on_sqlite
def test_other_refusals(api):
    body = {"queries": {"q": QUERY}}
    assert "ofac-sdn" in api.problem(api.post("/v1/match/nope", json=body), 404, "not-found")["detail"]
    api.problem(api.post("/v1/match/default", data="{"), 400, "bad-request")
    api.problem(api.post("/v1/match/default", data="{}", content_type="application/x-ndjson"), 415,
                "unsupported-media-type")  # fmt: skip
    for wrong in ({"limit": 0}, {"limit": 501}, {"threshold": "1.1"}, {"cutoff": "-1"}, {"cutoff": "nan"},
                  {"threshold": "1e9"}, {"unknown": 1}, {"at": "2020-02-30"}, {"known_at_sequence": 10**9},
                  {"known_at": "2020-01-01", "known_at_sequence": 1}):  # fmt: skip
        api.problem(api.post("/v1/match/default", json=body, **wrong), 422, "validation-error")
    assert api.problem(api.get("/v1/match/default"), 405, "method-not-allowed")


@on_sqlite
def test_names_without_letters_find_nothing(desk):
    for name in ["", " ", "---", "🙂", "'", "­", "x" * 1000, "a " * 500, "١٢٣", "\N{NO-BREAK SPACE}"]:
        assert match(desk, name) == [], name


@on_sqlite
def test_a_ledger_that_is_not_public_wants_a_token(database_url):
    from api.http import create_app
    from ledger.settings import Settings
    from tests.client import Api

    app = create_app(Settings(database_url=database_url, public_reads=False))
    api = Api(app.test_client(), app.extensions["retorsion"].create_token("reader", "read"))
    body = {"queries": {"q": QUERY}}
    assert api.post("/v1/match/default", json=body).status_code == 200
    api.problem(api.with_token(None).post("/v1/match/default", json=body), 401, "unauthorized")
    api.problem(api.with_token(None).get("/v1/entities/us"), 401, "unauthorized")
    app.extensions["retorsion"].close()
